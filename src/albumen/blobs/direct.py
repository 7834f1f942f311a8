"""Straight into the store: large files that clients put there themselves, in parts whose addresses are signed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from albumen.blobs.spools import Spool

PART_BYTES = 16 << 20
_MOST_PARTS = 9_000


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a file lands before it is looked at: a name (32 hexadecimal digits), and what the store calls it."""

    name: str
    token: str
    size_bytes: int
    part_bytes: int

    @property
    def count(self) -> int:
        """How many parts it has, numbered from 1."""
        return -(-self.size_bytes // self.part_bytes)

    def offset_of(self, number: int) -> int:
        """Where a part begins in the file."""
        return (number - 1) * self.part_bytes

    def size_of(self, number: int) -> int:
        """How long a part is; the last one is shorter."""
        return min(self.part_bytes, self.size_bytes - self.offset_of(number))


def part_bytes_for(size_bytes: int) -> int:
    """How long the parts of such a file are, in whole MiB."""
    return max(PART_BYTES, -(-size_bytes // (_MOST_PARTS << 20)) << 20)


class Landed(Spool):
    """A spool with what a client put into the store; `source` is where that still lies, for the store to copy."""

    source: str = ""


class Direct(Protocol):
    """What a store can do that lets clients put parts into it.  All but `address` may raise Unavailable."""

    def begin(self, name: str, size_bytes: int) -> Landing:
        """Make ready for a file."""

    def address(self, landing: Landing, number: int, seconds: int) -> str:
        """Where anybody may PUT this part for so long, of its length and no other."""

    def missing(self, landing: Landing) -> list[int]:
        """The numbers of the parts that are not there; none where all were joined.  Raises NotFound."""

    def join(self, landing: Landing) -> None:
        """Make one of all parts; harmless when it was done.  Raises NotFound, and Conflict where parts are missing."""

    def fetch(self, landing: Landing, tell: Callable[[float], None]) -> Landed:
        """Read what was joined, once, hashing it; `tell` is told how far that is.  Raises NotFound, OverQuota."""

    def drop(self, landing: Landing) -> None:
        """Forget what has come, joined or not."""
