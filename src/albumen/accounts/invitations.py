"""Coming in by a letter: an invitation, or a new password.  Tokens stand in letters and nowhere else."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from albumen.accounts import tickets, users
from albumen.accounts.models import User
from albumen.accounts.tickets import Purpose
from albumen.app import App
from albumen.changes import audit
from albumen.jobs.queue import Terms
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Denied, Problem
from albumen.mail import Letter
from albumen.unit import Unit

INVITE: Final = "invite-letter"
RESET: Final = "reset-letter"
_AGAIN = timedelta(minutes=2)
_ENGLISH = {
    Purpose.reset: (
        "A new password",
        "Somebody, most likely you, wants a new password for {email}.\n\nChoose it here within two hours:\n{link}\n\n"
        "If it was not you: nothing has changed, and this letter can be thrown away.",
    ),
    Purpose.invite: (
        "Your invitation",
        "{name}, you are invited to keep and look at photos at {address}.\n\nChoose a password here within a week:\n"
        "{link}",
    ),
}
_GERMAN = {
    Purpose.reset: (
        "Ein neues Passwort",
        "Jemand, wahrscheinlich Sie, möchte ein neues Passwort für {email}.\n\nWählen Sie es hier innerhalb von zwei "
        "Stunden:\n{link}\n\nWenn Sie das nicht waren: Es hat sich nichts geändert; diesen Brief können Sie löschen.",
    ),
    Purpose.invite: (
        "Ihre Einladung",
        "{name}, Sie sind eingeladen, unter {address} Fotos aufzubewahren und anzusehen.\n\nWählen Sie hier innerhalb "
        "einer Woche ein Passwort:\n{link}",
    ),
}
_WORDS: Mapping[str, Mapping[Purpose, tuple[str, str]]] = {"en": _ENGLISH, "de": _GERMAN}


def ask_reset(unit: Unit, email: str) -> None:
    """Have a letter sent to whom this e-mail belongs, if to anybody: whoever asks learns nothing, not by time either.

    Raises Invalid where it is no e-mail.
    """
    unit.jobs.add(RESET, users.fold_email(email), terms=Terms(Priority.soon))


def invite(unit: Unit, email: str, *, name: str = "", is_keeper: bool = False) -> User:
    """Add a user who is to choose a password.  Raises Denied, Invalid, Conflict."""
    user = users.add(unit, email, name=name, is_keeper=is_keeper)
    audit.note(unit, "invite", ("user", user.id))
    return user


def send(unit: Unit, user: User) -> None:
    """Have an invitation sent.  Raises Denied, Conflict where there is nobody to send it to."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper invites.")
    if user.email is None or user.disabled_at is not None:
        raise Conflict("This user has no e-mail, or was removed.")
    unit.jobs.add(INVITE, ids.encode(user.id), terms=Terms(Priority.soon))


def link(unit: Unit, user: User) -> str:
    """The token of an invitation that a keeper passes on.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper invites.")
    return _token(unit, user, Purpose.invite)


def _token(unit: Unit, user: User, purpose: Purpose) -> str:
    token = secrets.token_urlsafe(32)
    tickets.make(unit, user, purpose, token)
    return token


def accept(unit: Unit, purpose: Purpose, token: str, *, password: str, name: str = "") -> User:
    """Use an invitation or a reset up: set the password, and end what was open.  Raises Gone, Invalid."""
    user = tickets.use(unit, purpose, token)
    users.set_password(unit, user, password)
    user.name = users.clean_name(name) or user.name
    audit.note(unit, "choose password", ("user", user.id), by=purpose.value)
    return user


def _send_reset(app: App, task: Task) -> None:
    with app.reading(SYSTEM) as unit:
        user = unit.db.scalar(select(User).where(User.email == task.subject, User.disabled_at.is_(None)))
        is_again = user is not None and tickets.is_pending(unit, user, Purpose.reset, _AGAIN)
    if user is not None and not is_again:
        _send(app, user, Purpose.reset)


def _send_invitation(app: App, task: Task) -> None:
    with app.reading(SYSTEM) as unit:
        user = unit.db.get(User, ids.decode(task.subject))
    if user is not None and user.email is not None and user.disabled_at is None:
        _send(app, user, Purpose.invite)


def _send(app: App, user: User, purpose: Purpose) -> None:
    with app.writing(SYSTEM) as unit:
        token = _token(unit, user, purpose)
    try:
        app.mail.send(_letter(app, user, purpose, token))
    except Problem:
        with app.writing(SYSTEM) as unit:  # nobody has it
            tickets.drop(unit, user, purpose)
        raise


def _letter(app: App, user: User, purpose: Purpose, token: str) -> Letter:
    subject, text = _WORDS.get(user.language or "", _ENGLISH)[purpose]
    address = app.settings.address
    told = {"name": user.name, "email": user.email, "address": address, "link": f"{address}/{purpose}/{token}"}
    return Letter(user.email or "", subject, text.format_map(told))


KINDS = (
    JobKind[App](RESET, _send_reset, Priority.soon),
    JobKind[App](INVITE, _send_invitation, Priority.soon),
)
