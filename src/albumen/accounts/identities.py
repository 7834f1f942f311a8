"""Identities: by which provider, and under what name there, a user signs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from albumen.accounts import users
from albumen.accounts.models import Identity, Passkey, User
from albumen.changes import audit
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound
from albumen.settings.signing import OidcSettings
from albumen.unit import Unit

_MOST_GROUPS: Final = 1000


@dataclass(frozen=True)
class Told:
    """What a provider tells of a user.  `email` is None where it is none, or has not been verified there."""

    issuer: str
    subject: str
    email: str | None
    name: str
    groups: frozenset[str]


def told(claims: Mapping[str, Any], chosen: OidcSettings) -> Told:
    """What counts of a provider's claims."""
    names = [claims.get(each) for each in ("name", "preferred_username", "nickname")]
    name = next((each for each in names if isinstance(each, str) and users.clean_name(each)), "")
    groups = claims.get(chosen.groups_claim)
    listed = groups if isinstance(groups, list) else [groups]
    found = frozenset(each for each in listed[:_MOST_GROUPS] if isinstance(each, str))
    return Told(str(claims["iss"]), str(claims["sub"]), _email(claims), users.clean_name(name), found)


def _email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        return None
    try:
        return users.fold_email(email)
    except Invalid:
        return None


def sign_in(unit: Unit, who: Told, chosen: OidcSettings) -> User:
    """Who this is here; made, or found by e-mail, where the settings allow it.  For the system only.

    Raises Denied, with the code `unknown` where nobody here is linked with this identity.
    """
    if chosen.admitted and not chosen.admitted & who.groups:
        raise Denied("None of your groups may sign in here.", code="group")
    user = _linked(unit, who) or _by_email(unit, who, chosen) or _made(unit, who, chosen)
    if user is None or user.disabled_at is not None:
        raise Denied("Nobody here is linked with this identity.", code="unknown")
    seen = update(Identity).where(Identity.issuer == who.issuer, Identity.subject == who.subject)
    unit.db.execute(seen.values(used_at=unit.now, email=who.email))
    _follow_keepers(unit, user, who, chosen)
    return user


def _linked(unit: Unit, who: Told) -> User | None:
    wanted = select(User).join(Identity, Identity.user_id == User.id)
    return unit.db.scalar(wanted.where(Identity.issuer == who.issuer, Identity.subject == who.subject))


def _by_email(unit: Unit, who: Told, chosen: OidcSettings) -> User | None:
    """The account with this e-mail, linked from now on; none that another identity of this provider has already."""
    if who.email is None or not chosen.link_by_email:
        return None
    user = unit.db.scalar(select(User).where(User.email == who.email, User.disabled_at.is_(None)))
    if user is None or any(each.issuer == who.issuer for each in of(unit, user)):
        return None
    _add(unit, user, who, by="email")
    return user


def _made(unit: Unit, who: Told, chosen: OidcSettings) -> User | None:
    """A new account; it has the e-mail only where that is verified, and none has one that is somebody's."""
    if not chosen.create or (who.email is not None and users.find(unit, who.email) is not None):
        return None
    name = who.name or (who.email or "").partition("@")[0] or chosen.name
    user = User(id=ids.new_id(), name_key=ids.encode(ids.new_id()), name=name, email=who.email, created_at=unit.now)
    try:
        with unit.db.begin_nested():
            unit.db.add(user)
    except IntegrityError:  # somebody was given this e-mail just now
        return None
    _add(unit, user, who, by="new account")
    return user


def _add(unit: Unit, user: User, who: Told, *, by: str) -> Identity:
    made = Identity(
        id=ids.new_id(),
        user_id=user.id,
        issuer=who.issuer,
        subject=who.subject,
        email=who.email,
        created_at=unit.now,
        used_at=unit.now,
    )
    try:
        with unit.db.begin_nested():
            unit.db.add(made)
    except IntegrityError:  # another request was quicker
        raise Conflict("This identity is linked already.") from None
    audit.note(unit, "link identity", ("user", user.id), by=by)
    return made


def _follow_keepers(unit: Unit, user: User, who: Told, chosen: OidcSettings) -> None:
    """Let the provider say who keeps this installation, where it is asked to; the last keeper stays one."""
    is_keeper = bool(chosen.keeping & who.groups)
    if not chosen.keeping or user.is_keeper == is_keeper:
        return
    try:
        users.set_keeper(unit, user, is_keeper=is_keeper)
    except Conflict:
        return
    audit.note(unit, "make keeper" if is_keeper else "make no keeper", ("user", user.id), by="group")


def link(unit: Unit, who: Told) -> Identity:
    """Let the actor sign in by this identity, too.  Raises Conflict where it is somebody else's."""
    user, holder = users.acting(unit), _linked(unit, who)
    if holder is not None:
        raise Conflict("This identity is linked already.")
    return _add(unit, user, who, by="settings")


def of(unit: Unit, user: User) -> list[Identity]:
    """The identities of a user, the oldest first."""
    wanted = select(Identity).where(Identity.user_id == user.id)
    return list(unit.db.scalars(wanted.order_by(Identity.created_at, Identity.id)))


def unlink(unit: Unit, identity_id: int) -> None:
    """Sign the actor in by this identity no longer.  Raises NotFound, and Conflict where it is the only way in."""
    user = users.acting(unit)
    identity = unit.db.get(Identity, identity_id)
    if identity is None or identity.user_id != user.id:
        raise NotFound("There is no such identity.")
    has_passkey = unit.db.scalar(select(func.count()).select_from(Passkey).where(Passkey.user_id == user.id))
    if not (user.password_hash and user.email) and not has_passkey and len(of(unit, user)) == 1:
        raise Conflict("Without it, you could not sign in any more. Set a password first.")
    unit.db.delete(identity)
    audit.note(unit, "unlink identity", ("user", user.id))
