"""Personal keys: made once, shown once, limited to scopes, revoked at will."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update

from albumen.accounts.models import Key, User
from albumen.accounts.sessions import token_hash
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import Denied, Invalid, NotFound, SignIn
from albumen.unit import Unit

PREFIX = "alb_"
_TOUCH = timedelta(minutes=10)


def create(
    unit: Unit, user: User, *, label: str, scopes: Iterable[str], libraries: Iterable[int] | None = None
) -> tuple[Key, str]:
    """Make a key; returns its row and the key itself, which is never shown again.  It opens only these libraries.

    Raises Denied (a key can neither make keys nor widen its own scopes) and Invalid.
    """
    mine = unit.actor.user_id == user.id and Scope.admin in unit.actor.scopes
    if not (unit.actor.is_keeper or mine):
        raise Denied
    wanted = _scopes(scopes)
    if Scope.admin in wanted and not user.is_keeper:
        raise Denied("Only a keeper's key can have the scope admin.")
    secret = PREFIX + secrets.token_urlsafe(32)
    key = Key(
        id=ids.new_id(),
        user_id=user.id,
        key_hash=token_hash(secret),
        start=secret[:8],
        label=label.strip()[:200] or "key",
        scopes=sorted(wanted),
        libraries=None if libraries is None else sorted(set(libraries)),
        created_at=unit.now,
    )
    unit.db.add(key)
    return key, secret


def _scopes(names: Iterable[str]) -> set[Scope]:
    try:
        wanted = {Scope(name.strip()) for name in names}
    except ValueError:
        raise Invalid("Scopes are read, write, share and admin.", errors=[("scopes", "unknown")]) from None
    if not wanted:
        raise Invalid("A key needs at least one scope.", errors=[("scopes", "empty")])
    return wanted


def resume(unit: Unit, secret: str) -> tuple[Actor, int | None]:
    """Who a key stands for, and its id when its last use should be written.  Raises SignIn."""
    row = unit.db.execute(
        select(Key, User).join(User, User.id == Key.user_id).where(Key.key_hash == token_hash(secret))
    ).first()
    if row is None or row.Key.revoked_at is not None or row.User.disabled_at is not None:
        raise SignIn("This key is not valid.")
    scopes = frozenset(map(Scope, row.Key.scopes))
    is_keeper = row.User.is_keeper and Scope.admin in scopes and row.Key.libraries is None
    actor = Actor(row.User.id, scopes, is_keeper, libraries=_opened(row.Key))
    stale = row.Key.used_at is None or unit.now - row.Key.used_at > _TOUCH
    return actor, row.Key.id if stale else None


def _opened(key: Key) -> frozenset[int] | None:
    return None if key.libraries is None else frozenset(key.libraries)


def touch(unit: Unit, key_id: int) -> None:
    """Remember that a key was used."""
    unit.db.execute(update(Key).where(Key.id == key_id).values(used_at=unit.now))


def revoke(unit: Unit, key_id: int) -> Key:
    """End a key.  Raises NotFound."""
    key = unit.db.get(Key, key_id)
    if key is None or not (unit.actor.is_keeper or key.user_id == unit.actor.user_id):
        raise NotFound("There is no such key.")
    key.revoked_at = key.revoked_at or unit.now
    return key


def of(unit: Unit, user: User | None) -> list[tuple[Key, User]]:
    """The keys of a user, or of everyone for a keeper.  Raises Denied."""
    if not (unit.actor.is_keeper or (user is not None and user.id == unit.actor.user_id)):
        raise Denied
    rows = select(Key, User).join(User, User.id == Key.user_id).order_by(Key.created_at, Key.id)
    found = unit.db.execute(rows if user is None else rows.where(Key.user_id == user.id))
    return [(row.Key, row.User) for row in found]
