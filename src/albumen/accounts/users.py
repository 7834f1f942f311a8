"""Users: added by the keeper, by the first start, or at first sight through an application key."""

import re
import unicodedata
from fnmatch import fnmatchcase

from sqlalchemy import case, delete, select

from albumen.accounts import passwords
from albumen.accounts.models import Key, Passkey, SignedIn, SignInLink, Ticket, User
from albumen.db import locks
from albumen.db.statements import insert_for
from albumen.kernel import ids
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound, SignIn
from albumen.unit import Unit

RESERVED = frozenset({"system", "admin", "root", "albumen", "me", "anonymous", "guest", "nobody", "keeper"})
_BY_LETTER = ("reset", "invite")
_NEVER = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""What is in no user's id: control characters, ends of lines, halves of letters."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def add(unit: Unit, email: str, *, name: str = "", password: str | None = None, is_keeper: bool = False) -> User:
    """Add a user who signs in by e-mail.  Raises Denied, Invalid, or Conflict where the e-mail is taken."""
    check_whole(unit)
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper adds users.")
    address = fold_email(email)
    if find(unit, address) is not None:
        raise Conflict("There is a user with this e-mail already.")
    user = User(
        id=ids.new_id(),
        name_key=ids.encode(ids.new_id()),
        name=clean_name(name) or address.split("@", 1)[0],
        email=address,
        password_hash=None if password is None else passwords.hashed(password),
        is_keeper=is_keeper,
        created_at=unit.now,
    )
    unit.db.add(user)
    unit.db.flush()
    return user


def fold_email(email: str, *, loc: str = "email") -> str:
    """An e-mail address as it is compared.  Raises Invalid where it is none; `loc` is where it was told."""
    address = unicodedata.normalize("NFC", email).strip().casefold()
    if not _EMAIL.fullmatch(address):
        raise Invalid("This is not an e-mail address.", errors=[(loc, "not an e-mail address")])
    return address


def clean_name(name: str) -> str:
    """A name without control characters, in NFC, at most 200 characters."""
    normal = unicodedata.normalize("NFC", name)
    return "".join(c for c in normal if unicodedata.category(c)[0] != "C").strip()[:200]


def find(unit: Unit, email_or_key: str) -> User | None:
    """The user with this e-mail, else with this id; None when there is none."""
    wanted = plain_key(email_or_key).strip()
    is_email = User.email == wanted.casefold()
    found = select(User).where(is_email | (User.name_key == wanted))
    return unit.db.scalar(found.order_by(case((is_email, 0), else_=1)))


def named(unit: Unit, email_or_key: str) -> User:
    """The user with this e-mail or id.  Raises NotFound."""
    user = find(unit, email_or_key)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def first_seen(unit: Unit, name_key: str) -> User:
    """The user an application speaks of, whose id was checked, made at first sight."""
    name_key = plain_key(name_key)
    known = {"name_key": name_key, "name": clean_name(name_key) or name_key}
    row = insert_for(unit.db)(User).values(id=ids.new_id(), created_at=unit.now, **known)
    unit.db.execute(row.on_conflict_do_nothing())  # another request may be seeing the same user first
    return unit.db.scalars(select(User).where(User.name_key == name_key)).one()


def by_name_key(unit: Unit, name_key: str) -> User | None:
    """The user with exactly this id; None when there is none.  An e-mail is no id."""
    return unit.db.scalar(select(User).where(User.name_key == plain_key(name_key)))


def plain_key(name_key: str) -> str:
    """A user's id as it is kept and compared: in NFC."""
    return unicodedata.normalize("NFC", name_key)


def spoken_of(unit: Unit, name_key: str) -> User:
    """The user that the actor names by this id; an application's own ids make a user at first sight.

    Raises NotFound, Invalid, and Denied where the application may not name this user.
    """
    pattern = unit.actor.may_name
    if pattern is not None:
        check_name_key(name_key, loc="userId")
        if not fnmatchcase(plain_key(name_key), pattern):
            raise Denied("This key is not for that user.")
    found = by_name_key(unit, name_key)
    if found is None and pattern is not None:
        found = first_seen(unit, name_key)
    if found is None or found.disabled_at is not None:
        raise NotFound("There is no such user.")
    return found


def with_id(unit: Unit, name_key: str) -> User:
    """The user with exactly this id.  Raises NotFound."""
    found = by_name_key(unit, name_key)
    if found is None:
        raise NotFound("There is no such user.")
    return found


def check_name_key(name_key: str, *, loc: str) -> None:
    """Raises Invalid for a user id that an application may not use; `loc` is where it told it."""
    if not name_key:
        raise Invalid(f"{loc} has to say which user is meant.", errors=[(loc, "missing")])
    if name_key.casefold() in RESERVED:
        raise Invalid("This user id is reserved.", errors=[(loc, "reserved")])
    if len(plain_key(name_key)) > 255 or any(unicodedata.category(c) in _NEVER for c in name_key):
        raise Invalid("A user id has at most 255 characters, none of them for control.", errors=[(loc, "not usable")])


def rename(unit: Unit, user: User, name: str) -> None:
    """Give a user another name; addresses of events stay as they are.  Raises Denied, Invalid."""
    if not (unit.actor.is_keeper or unit.actor.user_id == user.id):
        raise Denied
    cleaned = clean_name(name)
    if not cleaned:
        raise Invalid("A name has a letter at least.", errors=[("userName", "empty")])
    user.name = cleaned


def set_password(unit: Unit, user: User, password: str) -> None:
    """Give a user a new password and end that user's sessions and sign-in links.  Raises Denied, Invalid."""
    if not (unit.actor.is_keeper or unit.actor.user_id == user.id):
        raise Denied
    user.password_hash = passwords.hashed(password)
    for table in (SignedIn, SignInLink, Ticket):
        unit.db.query(table).filter(table.user_id == user.id).delete()


def set_email(unit: Unit, user: User, email: str) -> None:
    """Give a user an e-mail to sign in by.  Raises Denied, Invalid, or Conflict where it is taken."""
    if not (unit.actor.is_keeper or unit.actor.user_id == user.id):
        raise Denied
    address = fold_email(email)
    holder = find(unit, address)
    if holder is not None and holder.id != user.id:
        raise Conflict("There is a user with this e-mail already.")
    if user.email != address:  # letters to the old address open nothing
        unit.db.execute(delete(Ticket).where(Ticket.user_id == user.id, Ticket.purpose.in_(_BY_LETTER)))
    user.email = address


def set_quota(unit: Unit, user: User, quota_bytes: int | None) -> None:
    """Limit what a user may use; None: to the installation's setting, a negative number: not at all.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper sets quotas.")
    user.quota_bytes = quota_bytes


def quota_of(unit: Unit, own: int | None) -> int | None:
    """How many bytes a user may use with this `quota_bytes`; None: without a limit."""
    chosen = unit.rules.user_quota_bytes if own is None else own
    return None if chosen is None or chosen < 0 else chosen


def leave(unit: Unit) -> None:
    """Take the actor's own credentials away; what the user owns stays.

    Raises SignIn, Conflict for the last keeper, and Denied for a personal key without the scope `admin` and for any
    key that is limited to some libraries.
    """
    check_whole(unit)
    if Scope.admin not in unit.actor.scopes and unit.actor.may_name is None:
        raise Denied(f"This key lacks the scope {Scope.admin}.")
    _disable(unit, acting(unit))


def remove(unit: Unit, user: User) -> None:
    """Take a user's credentials away; what the user owns stays.  Raises Denied, Conflict for the last keeper."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper removes users.")
    check_whole(unit)
    _disable(unit, user)


def restore(unit: Unit, user: User) -> None:
    """Let a user in again who was removed; keys and passkeys are to be made anew.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper lets users in again.")
    user.disabled_at = None


def set_keeper(unit: Unit, user: User, *, is_keeper: bool) -> None:
    """Let a user look after the installation, or no longer.  Raises Denied, Conflict for the last keeper."""
    if not unit.actor.is_keeper:
        raise Denied("Only a keeper makes keepers.")
    check_whole(unit)
    if not is_keeper:
        _take_turns(unit, user)
    if user.is_keeper and not is_keeper:
        _check_not_last(unit, user)
    user.is_keeper = is_keeper


def set_language(unit: Unit, user: User, language: str) -> None:
    """Which language a user's letters are in; empty: as each browser says.  Raises Denied."""
    if not (unit.actor.is_keeper or unit.actor.user_id == user.id):
        raise Denied
    user.language = language or None


def _disable(unit: Unit, user: User) -> None:
    _take_turns(unit, user)
    if user.is_keeper:
        _check_not_last(unit, user)
    user.disabled_at = unit.now
    for table in (SignedIn, SignInLink, Ticket, Key, Passkey):
        unit.db.query(table).filter(table.user_id == user.id).delete()


_open_keepers = select(User.id).where(User.is_keeper, User.disabled_at.is_(None))


def _take_turns(unit: Unit, user: User) -> None:
    """Those who make keepers fewer wait for each other, so that one is always left."""
    locks.hold(unit.db, User.id, [user.id, *unit.db.scalars(_open_keepers)])


def _check_not_last(unit: Unit, user: User) -> None:
    if unit.db.scalar(_open_keepers.where(User.id != user.id).limit(1)) is None:
        raise Conflict("This is the last keeper.", code="last-keeper")


def everyone(unit: Unit) -> list[User]:
    """All users, the oldest first.  Raises Denied."""
    if not unit.actor.is_keeper:
        raise Denied
    return list(unit.db.scalars(select(User).order_by(User.created_at, User.id)))


def check_whole(unit: Unit) -> None:
    """Raises Denied where the credential opens some libraries only: the account itself is none of them."""
    if unit.actor.libraries is not None:
        raise Denied("This key is limited to some libraries.")


def acting(unit: Unit) -> User:
    """The user that acts.  Raises SignIn where it is none."""
    user = unit.db.get(User, unit.actor.user_id) if unit.actor.user_id is not None else None
    if user is None:
        raise SignIn
    return user
