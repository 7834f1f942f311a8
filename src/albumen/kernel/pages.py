"""Keyset pages: a list, and the cursor that goes on from its end."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from albumen.kernel.errors import Invalid

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
_Key = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """Items in order, and the cursor after the last of them (None at the end)."""

    items: Sequence[Item]
    next: str | None = None


def to_cursor(*keys: str | int | None) -> str:
    """The place after a row with these sort keys, opaque to the caller."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def from_cursor(cursor: str) -> list[str | int | None]:
    """The sort keys behind a cursor.  Raises Invalid where it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=list[str | _Key | None])
    except (ValueError, msgspec.DecodeError):
        raise Invalid("The cursor is not one that this list gave.") from None


def numbers_in(cursor: str, count: int) -> list[int]:
    """The sort keys behind a cursor whose keys are so many numbers.  Raises Invalid where it is not one of ours."""
    keys = [key for key in from_cursor(cursor) if isinstance(key, int)]
    if len(keys) != count:
        raise Invalid("The cursor is not one that this list gave.")
    return keys
