"""After a change of the installation's secret: all that is kept under the one before, kept under the new one.

Codes that are used come over by themselves; this brings the others, so that the old secret can be dropped after a day.
"""

from datetime import timedelta

from sqlalchemy import func, select

from albumen.app import App
from albumen.events import accessors
from albumen.events.models import Accessor, Webhook
from albumen.events.webhooks import DELIVER
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict
from albumen.kernel.seals import NAME_BYTES, Unsealable

_AT_ONCE = 200


def run(app: App, _: Task) -> None:
    """Bring over what is not under the secret of today, some at a time; what cannot be read stays as it is."""
    place = 0
    while True:
        with app.writing(SYSTEM) as unit:
            old = func.substr(Accessor.sealed, 1, NAME_BYTES) != app.seals.name
            wanted = select(Accessor).where(Accessor.id > place, old).order_by(Accessor.id).limit(_AT_ONCE)
            found = unit.db.scalars(wanted).all()
            for each in found:
                _renew(app, each)
        if not found:
            break
        place = found[-1].id
    with app.writing(SYSTEM) as unit:
        for webhook in unit.db.scalars(select(Webhook)):
            _reseal(app, webhook)


def _renew(app: App, accessor: Accessor) -> None:
    try:
        accessors.renew(app.seals, accessor)
    except Conflict:  # under a secret that is lost: its owner is told to replace it
        return


def _reseal(app: App, webhook: Webhook) -> None:
    if app.seals.is_current(webhook.sealed_secret):
        return
    try:
        webhook.sealed_secret = app.seals.seal(app.seals.open(webhook.sealed_secret, DELIVER), DELIVER)
    except Unsealable:
        return


KINDS = (JobKind("reseal", run, priority=Priority.later, every=timedelta(days=1)),)
