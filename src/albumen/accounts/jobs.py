"""The jobs of accounts."""

from datetime import timedelta

from albumen.accounts import factors, invitations, sessions, tickets
from albumen.app import App
from albumen.http.idempotency import forget_answers
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM


def _expire(app: App, _: Task) -> None:
    with app.writing(SYSTEM) as unit:
        sessions.expire(unit)
        tickets.expire(unit)


def _forget_answers(app: App, _: Task) -> None:
    forget_answers(app)


def _reseal(app: App, _: Task) -> None:
    with app.writing(SYSTEM) as unit:
        factors.reseal(unit, app.seals)


KINDS = (
    *invitations.KINDS,
    JobKind[App]("expire-sessions", _expire, Priority.later, every=timedelta(hours=1)),
    JobKind[App]("forget-answers", _forget_answers, Priority.later, every=timedelta(hours=1)),
    JobKind[App]("reseal-accounts", _reseal, Priority.later, every=timedelta(days=1)),
)
