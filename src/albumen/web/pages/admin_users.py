"""Looking after users: who there is, inviting, shutting out, quotas, lost second factors."""

from typing import Any

from fastapi import Request, Response
from sqlalchemy import func, select

from albumen.accounts import factors, invitations, keys, sessions, tickets, users
from albumen.accounts.models import SignedIn, User
from albumen.accounts.tickets import Purpose
from albumen.changes import audit
from albumen.http.deps import public_id
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid, NotFound
from albumen.operations import leaving
from albumen.unit import Unit
from albumen.vault import devices
from albumen.web import keeping, own, render
from albumen.web.forms import Signed
from albumen.web.keeping import KeeperForm, KeeperReading
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/admin/users")
GB = 1_000_000_000
MOST_BYTES = (1 << 63) - 1
"""What a column holds."""


@routes.get("")
def users_page(request: Request, unit: KeeperReading, q: str = "") -> Response:
    """All users, or those whose name or e-mail holds what is sought."""
    return _list(request, unit, q)


def _list(request: Request, unit: Unit, sought: str = "", *, status: int = 200, **values: Any) -> Response:
    plain = sought.strip().casefold()
    everyone = users.everyone(unit)
    found = [each for each in everyone if plain in f"{each.name} {each.email or ''} {each.name_key}".casefold()]
    seen = dict(unit.db.execute(select(SignedIn.user_id, func.max(SignedIn.seen_at)).group_by(SignedIn.user_id)).all())
    rows = [(each, seen.get(each.id), users.quota_of(unit, each.quota_bytes)) for each in found]
    told: dict[str, Any] = {"wrong": {}, "email": "", "name": "", "link": "", **values}
    return keeping.page(request, "users", "users", status=status, rows=rows, sought=sought, all=len(everyone), **told)


@routes.post("/invite")
def invite(request: Request, form: KeeperForm) -> Response:
    """Add a user, and send a letter; where no mail is set up, show the link to pass on."""
    try:
        with form.writing() as unit:
            is_keeper = bool(form.text("keeper"))
            invited = invitations.invite(unit, form.text("email"), name=form.text("name"), is_keeper=is_keeper)
            return _invited(request, form, unit, invited)
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            told = {"email": form.text("email"), "name": form.text("name")}
            return _list(request, unit, status=422, wrong=own.wrong(problem, "email"), **told)


def _invited(request: Request, form: Signed, unit: Unit, user: User) -> Response:
    if form.app.settings.mail.host:
        invitations.send(unit, user)
        return render.go("/admin/users?done=invited")
    link = f"{form.app.settings.address}/invite/{invitations.link(unit, user)}"
    unit.db.flush()
    return _list(request, unit, link=link, name=user.name)


@routes.get("/{user_id}")
def user_page(request: Request, unit: KeeperReading, user_id: str) -> Response:
    """One user."""
    return _page(request, unit, _user(unit, user_id))


def _user(unit: Unit, user_id: str) -> User:
    """The user that an address names.  Raises NotFound."""
    found = unit.db.get(User, public_id(user_id))
    if found is None:
        raise NotFound
    return found


def _page(request: Request, unit: Unit, user: User, *, status: int = 200, **values: Any) -> Response:
    quota = users.quota_of(unit, user.quota_bytes)
    told: dict[str, Any] = {
        "user": user,
        "quota": quota,
        "has_factor": factors.is_on(unit, user),
        "open_sessions": len(sessions.of(unit, user)),
        "open_keys": sum(key.revoked_at is None for key, _ in keys.of(unit, user)),
        "is_invited": tickets.is_pending(unit, user, Purpose.invite),
        "is_self": user.id == unit.actor.user_id,
        "wrong": {},
        "link": "",
        "gigabytes": "" if user.quota_bytes is None or user.quota_bytes < 0 else f"{user.quota_bytes / GB:g}",
    }
    return keeping.page(request, "user", "users", status=status, **{**told, **values})


@routes.post("/{user_id}/change")
def change(request: Request, form: KeeperForm, user_id: str) -> Response:
    """Name, e-mail, quota, and whether the user is a keeper."""
    try:
        with form.writing() as unit:
            _change(unit, _user(unit, user_id), form)
    except (Invalid, Conflict) as problem:
        with form.reading() as unit:
            return _page(request, unit, _user(unit, user_id), status=422, wrong=_wrong(problem))
    return render.go(f"/admin/users/{user_id}?done=saved")


def _wrong(problem: Invalid | Conflict) -> dict[str, str]:
    if problem.specific == "last-keeper":
        return {"keeper": _("This is the last keeper.")}
    if problem.specific == "stranded":
        return {"keeper": _("Others share libraries that nobody else owns. Give these another owner first.")}
    return own.wrong(problem, "email")


def _change(unit: Unit, user: User, form: Signed) -> None:
    users.rename(unit, user, form.text("name"))
    if form.text("email").strip():
        users.set_email(unit, user, form.text("email"))
    users.set_keeper(unit, user, is_keeper=bool(form.text("keeper")))
    users.set_quota(unit, user, _quota(form))
    audit.note(unit, "change user", ("user", user.id))


def _quota(form: Signed) -> int | None:
    """Bytes; -1 for no limit, None for the installation's setting.  Raises Invalid."""
    chosen = form.text("limit")
    if chosen != "own":
        return -1 if chosen == "none" else None
    try:
        wanted = round(float(form.text("gigabytes").replace(",", ".")) * GB)
    except (ValueError, OverflowError):
        raise Invalid(_("This is not a number."), errors=[("gigabytes", "not a number")]) from None
    return min(max(0, wanted), MOST_BYTES)


@routes.post("/{user_id}/{deed}")
def act(request: Request, form: KeeperForm, user_id: str, deed: str) -> Response:
    """Shut out, let in again, sign out everywhere, reset the second factor, or make a link."""
    try:
        with form.writing() as unit:
            user = _user(unit, user_id)
            if deed == "invite":
                return _link(request, form, unit, user)
            done = _done(unit, user, deed)
    except Conflict as problem:
        with form.reading() as unit:
            return _page(request, unit, _user(unit, user_id), status=409, wrong=_wrong(problem))
    return render.go(f"/admin/users/{user_id}?done={done}")


def _done(unit: Unit, user: User, deed: str) -> str:
    """The word of what was done.  Raises Invalid, Conflict."""
    if deed == "remove":
        users.remove(unit, user)
        devices.revoke_all(unit, user.id)
        audit.note(unit, "remove user", ("user", user.id))
        return "removed"
    if deed == "restore":
        users.restore(unit, user)
        devices.revoke_all(unit, user.id)  # those of users who left by themselves still have their tokens
        audit.note(unit, "restore user", ("user", user.id))
        return "restored"
    if deed == "delete":
        leaving.at_once(unit, user)
        return "deleting"
    if deed == "sign-out":
        sessions.end_others(unit, user)
        audit.note(unit, "end sessions", ("user", user.id))
        return "ended"
    if deed == "reset":
        factors.reset(unit, user)
        return "reset"
    raise Invalid(_("This is none of the choices."))


def _link(request: Request, form: Signed, unit: Unit, user: User) -> Response:
    """A new invitation, by which somebody chooses a password who has none, or has lost it."""
    audit.note(unit, "invite", ("user", user.id), again=True)
    if form.app.settings.mail.host and user.email:
        invitations.send(unit, user)
        return render.go(f"/admin/users/{ids.encode(user.id)}?done=invited")
    link = f"{form.app.settings.address}/invite/{invitations.link(unit, user)}"
    unit.db.flush()
    return _page(request, unit, user, link=link)
