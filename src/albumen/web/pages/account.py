"""Account: who one is, where one is signed in, and what one's quota is used for."""

from contextlib import suppress
from typing import Any

from fastapi import Request, Response

from albumen.accounts import profile, sessions, users
from albumen.accounts.models import SignedIn
from albumen.http.attempts import SignInAttempts
from albumen.http.auth import credentials
from albumen.http.deps import Reading
from albumen.kernel.errors import Conflict, NotFound
from albumen.operations import takeaways, used
from albumen.unit import Unit
from albumen.web import agents, own, render, texts, words
from albumen.web.forms import Signed, SignedForm
from albumen.web.pages.signing import speak
from albumen.web.router import Pages

routes = Pages("/settings")


@routes.get("/profile")
def profile_page(request: Request, unit: Reading) -> Response:
    """Name, e-mail and language."""
    user = users.acting(unit)
    told = {"name": user.name, "email": user.email or "", "language": user.language or ""}
    return own.page(request, unit, "profile", told=told, languages=texts.LANGUAGES)


@routes.post("/profile")
def change_profile(request: Request, form: SignedForm, attempts: SignInAttempts) -> Response:
    """Another e-mail takes the password."""
    told = {name: form.text(name).strip() for name in ("name", "email", "language")}
    try:
        _change(request, form, attempts, told)
    except own.REFUSED as problem:
        with form.reading() as unit:
            values: dict[str, Any] = {"told": told, "languages": texts.LANGUAGES, "wrong": own.wrong(problem, "email")}
            return own.page(request, unit, "profile", status=422, **values)
    return speak(request, render.go("/settings/profile?done=saved"), told["language"])


def _change(request: Request, form: Signed, attempts: SignInAttempts, told: dict[str, str]) -> None:
    wanted = {"user_name": told["name"]}
    with form.reading() as unit:
        is_new = told["email"].casefold() != (users.acting(unit).email or "")
    if is_new:
        own.confirm(request, form, attempts)
        wanted |= {"user_email": told["email"], "current_password": form.text("current")}
    with form.writing() as unit:
        user = profile.change(unit, wanted)
        users.set_language(unit, user, told["language"] if told["language"] in texts.LANGUAGES else "")


@routes.get("/sessions")
def sessions_page(request: Request, unit: Reading) -> Response:
    """The browsers that are signed in."""
    open_now = sessions.of(unit, users.acting(unit))
    mine = sessions.token_hash(credentials(request).session or "")
    listed = [_told(unit, each, is_here=each.token_hash == mine) for each in open_now]
    return own.page(request, unit, "sessions", sessions=sorted(listed, key=lambda each: not each["is_here"]))


def _told(unit: Unit, row: SignedIn, *, is_here: bool) -> dict[str, Any]:
    told = {"mark": row.token_hash.hex(), "device": agents.spoken(row.agent), "is_here": is_here}
    return {**told, "seen": words.ago(row.seen_at, unit.now), "since": row.created_at}


@routes.post("/sessions/end")
def end_session(form: SignedForm) -> Response:
    """Sign one browser out."""
    with form.writing() as unit:
        sessions.end(unit, users.acting(unit), _mark(form.text("mark")))
    return render.go("/settings/sessions?done=ended")


@routes.post("/sessions/end-others")
def end_other_sessions(request: Request, form: SignedForm) -> Response:
    """Sign all other browsers out."""
    with form.writing() as unit:
        sessions.end_others(unit, users.acting(unit), credentials(request).session or "")
    return render.go("/settings/sessions?done=others")


def _mark(told: str) -> bytes:
    try:
        return bytes.fromhex(told)
    except ValueError:
        raise NotFound from None


@routes.get("/storage")
def storage_page(request: Request, unit: Reading) -> Response:
    """What is used, of how much, and for what."""
    made = takeaways.mine(unit)
    told: dict[str, Any] = {"takeaways": [(each, takeaways.progress(unit, each)) for each in made]}
    told["is_taking"] = any(each.state == takeaways.PENDING for each in made)
    return own.page(request, unit, "storage", uses=used.of_user(unit), parts=_parts(used.of_user(unit)), **told)


@routes.post("/takeaways")
def take_everything(form: SignedForm) -> Response:
    """Have everything that is kept of the user packed."""
    with suppress(Conflict):  # it is being made already
        takeaways.begin(form.app, form.actor)
    return render.go("/settings/storage?done=taking")


def _parts(uses: used.Uses) -> list[dict[str, Any]]:
    """Each use with where its bar begins and how long it is, in thousandths."""
    whole = max(uses.quota or 0, uses.used) or 1
    placed, begin = [], 0.0
    for name in ("originals", "renditions", "versions", "trash", "sending", "others"):
        size = getattr(uses, name)
        length = size / whole * 1000
        placed.append({"name": name, "size": size, "begin": f"{begin:.2f}", "length": f"{length:.2f}"})
        begin += length
    return placed
