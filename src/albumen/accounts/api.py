"""The routes of accounts: signing in and out, who am I."""

from fastapi import Request, Response
from pydantic import Field

from albumen.accounts import sessions, users
from albumen.accounts.models import User
from albumen.http.attempts import SignInAttempts
from albumen.http.auth import check_same_origin, clear_session, credentials, set_session
from albumen.http.deps import Reading, TheApp
from albumen.http.views import Form, Routes, Time, View
from albumen.kernel.actor import SYSTEM
from albumen.unit import Unit

routes = Routes(tags=["Accounts"])


class SignInForm(Form):
    """E-mail and password."""

    email: str = Field(max_length=255)
    password: str = Field(max_length=1024)


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
    """Sets the session cookie."""
    with attempts.from_client(request), app.reading(SYSTEM) as unit:
        user = sessions.check(unit, form.email, form.password)
    with app.writing(SYSTEM) as unit:
        agent = request.headers.get("user-agent", "")
        token = sessions.start(unit, user, days=app.settings.session.days, agent=agent)
        view = of_user(unit, user)
    set_session(request, response, token, days=app.settings.session.days)
    return SessionView(user=view, csrf_token=sessions.csrf_token(token))


@routes.delete("/session", summary="Sign out", status_code=204)
def sign_out(app: TheApp, request: Request, response: Response) -> None:
    """Ends the session and clears what the browser kept."""
    token = credentials(request).session
    if token is not None:
        check_same_origin(request, sessions.csrf_token(token))
        with app.writing(SYSTEM) as unit:
            sessions.sign_out(unit, token)
    clear_session(request, response)


@routes.get("/users/me", summary="Who is calling")
def get_me(unit: Reading) -> UserView:
    """The user that the credentials stand for."""
    return of_user(unit, users.acting(unit))
