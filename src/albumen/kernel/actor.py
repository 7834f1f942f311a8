"""Who is acting, as every verb is told."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a personal key may be used for; each is granted by itself."""

    read = "read"
    write = "write"
    share = "share"
    admin = "admin"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller: a user (with the scopes of the credential used), or the house itself.

    `libraries` are the only ones that the credential opens; None opens all that the user may see.  `may_name` is a
    shell pattern of the user ids that an application may speak of; None is no application.
    """

    user_id: int | None
    scopes: frozenset[Scope] = ALL_SCOPES
    is_keeper: bool = False
    is_system: bool = False
    libraries: frozenset[int] | None = None
    may_name: str | None = None


SYSTEM = Actor(user_id=None, is_keeper=True, is_system=True)
