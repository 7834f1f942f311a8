"""The routes of accounts: signing in and out, who am I."""

from contextlib import nullcontext

from fastapi import Request, Response
from pydantic import Field

from albumen.accounts import factors, profile, sessions, users
from albumen.accounts.models import User
from albumen.app import App
from albumen.http.attempts import SignInAttempts
from albumen.http.auth import check_same_origin, clear_session, credentials, set_session
from albumen.http.deps import Reading, TheApp, Writing, identify
from albumen.http.views import Form, Routes, Time, View
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import SignIn
from albumen.unit import Unit

routes = Routes(tags=["Accounts"])


class SignInForm(Form):
    """E-mail and password; for a user with a second factor, a code of the app or a recovery code as well."""

    email: str = Field(max_length=255)
    password: str = Field(max_length=1024)
    code: str = Field("", max_length=40)


class UserForm(Form):
    """An account to make."""

    user_email: str = Field(max_length=255)
    user_name: str = Field("", max_length=200)
    password: str = Field(max_length=1024)


class UserPatch(Form):
    """What to change of one's account."""

    user_name: str = Field("", max_length=200)
    user_email: str = Field("", max_length=255)
    password: str = Field("", max_length=1024)
    current_password: str = Field("", max_length=1024)


class UserView(View):
    """A user, with what is used of the quota over all libraries."""

    user_id: str
    user_name: str
    user_email: str | None
    is_keeper: bool
    used_bytes: int
    quota_bytes: int | None
    created_on: Time


class SessionView(View):
    """A session that has begun; state-changing requests repeat the token in `X-CSRF-Token`."""

    user: UserView
    csrf_token: str


def of_user(unit: Unit, user: User) -> UserView:
    """A user as the API shows it."""
    return UserView(
        user_id=user.name_key,
        user_name=user.name,
        user_email=user.email,
        is_keeper=user.is_keeper,
        used_bytes=user.used_bytes,
        quota_bytes=users.quota_of(unit, user.quota_bytes),
        created_on=user.created_at,
    )


@routes.post("/session", summary="Sign in")
def sign_in(
    app: TheApp, attempts: SignInAttempts, request: Request, response: Response, form: SignInForm
) -> SessionView:
    """Sets the session cookie.  Where a second factor is on, 401 `second-factor` asks for its `code`."""
    with attempts.from_client(request):
        user = _checked(app, form)
    with app.writing(SYSTEM) as unit:
        agent = request.headers.get("user-agent", "")
        token = sessions.start(unit, user, days=app.settings.session.days, agent=agent)
        view = of_user(unit, user)
    set_session(request, response, token, days=app.settings.session.days)
    return SessionView(user=view, csrf_token=sessions.csrf_token(token))


def _checked(app: App, form: SignInForm) -> User:
    """Who signs in.  Raises SignIn, Busy."""
    with app.reading(SYSTEM) as unit:
        user = sessions.check(unit, form.email, form.password)
        wants_code = factors.is_on(unit, user)
    if wants_code and not form.code:
        raise SignIn("A code of your authenticator app is needed, too.", code="second-factor")
    if wants_code:
        with app.writing(SYSTEM) as unit:
            is_right = factors.check(unit, app.seals, user, form.code)
        if not is_right:
            raise SignIn("The code is not right.", code="second-factor")
    return user


@routes.delete("/session", summary="Sign out", status_code=204)
def sign_out(app: TheApp, request: Request, response: Response) -> None:
    """Ends the session and clears what the browser kept."""
    token = credentials(request).session
    if token is not None:
        check_same_origin(request, sessions.csrf_token(token))
        with app.writing(SYSTEM) as unit:
            sessions.sign_out(unit, token)
    clear_session(request, response)


@routes.post("/users", summary="Make an account")
def add_user(app: TheApp, request: Request, attempts: SignInAttempts, form: UserForm) -> UserView:
    """A keeper does; anybody, a few from one address, where the installation is open (`accounts.signup`)."""
    is_open = app.settings.accounts.signup == "open"
    limit = attempts.from_client(request, counts_all=True) if is_open else nullcontext()
    with limit, app.writing(SYSTEM if is_open else identify(request)) as unit:
        email = users.fold_email(form.user_email, loc="userEmail")
        return of_user(unit, users.add(unit, email, name=form.user_name, password=form.password))


@routes.patch("/users/me", summary="Change one's account")
def change_me(unit: Writing, request: Request, attempts: SignInAttempts, form: UserPatch) -> UserView:
    """A new e-mail or password takes the current password, where there is one."""
    told = form.model_dump(exclude_unset=True)
    if "user_email" in told:
        told["user_email"] = users.fold_email(form.user_email, loc="userEmail")
    limit = attempts.from_client(request) if profile.GUARDED & told.keys() else nullcontext()
    with limit:
        return of_user(unit, profile.change(unit, told))


@routes.get("/users/me", summary="Who is calling")
def get_me(unit: Reading) -> UserView:
    """The user that the credentials stand for."""
    return of_user(unit, users.acting(unit))
