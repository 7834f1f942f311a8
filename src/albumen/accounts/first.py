"""The first start: a keeper to sign in as, and the link that does it once."""

from sqlalchemy import select

from albumen.accounts import sessions
from albumen.accounts.models import User
from albumen.app import App
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.unit import Unit

KEEPER = "keeper"


def sign_in_token(app: App) -> str | None:
    """A one-time token for the first keeper, made if there is none; None once a keeper can sign in by password."""
    with app.writing(SYSTEM) as unit:
        if not is_awaited(unit):
            return None
        return sessions.make_link(unit, keeper(unit), hours=app.settings.session.link_hours)


def is_awaited(unit: Unit) -> bool:
    """Whether no keeper can sign in by password yet."""
    ready = select(User.id).where(User.is_keeper, User.password_hash.is_not(None), User.disabled_at.is_(None))
    return unit.db.scalar(ready.limit(1)) is None


def keeper(unit: Unit) -> User:
    """The keeper who has been here longest, made if there is none."""
    wanted = select(User).where(User.is_keeper, User.disabled_at.is_(None)).order_by(User.created_at, User.id)
    found = unit.db.scalar(wanted.limit(1))
    if found is None:
        found = User(id=ids.new_id(), name_key=KEEPER, name="Keeper", is_keeper=True, created_at=unit.now)
        unit.db.add(found)
        unit.db.flush()
    return found
