"""The first start: a keeper to sign in as, and the link that does it once."""

from sqlalchemy import select

from albumen.accounts import sessions
from albumen.accounts.models import User
from albumen.app import App
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM

KEEPER = "keeper"


def sign_in_token(app: App) -> str | None:
    """A one-time token for the first keeper, made if there is none; None once a keeper can sign in by password."""
    with app.writing(SYSTEM) as unit:
        ready = select(User.id).where(User.is_keeper, User.password_hash.is_not(None), User.disabled_at.is_(None))
        if unit.db.scalar(ready.limit(1)) is not None:
            return None
        keeper = unit.db.scalar(select(User).where(User.is_keeper, User.disabled_at.is_(None)).limit(1))
        if keeper is None:
            keeper = User(id=ids.new_id(), name_key=KEEPER, name="Keeper", is_keeper=True, created_at=unit.now)
            unit.db.add(keeper)
            unit.db.flush()
        return sessions.make_link(unit, keeper, hours=app.settings.session.link_hours)
