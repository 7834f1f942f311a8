"""Sheets: what a bucket keeps beside a blob's bytes, so that any part of them can be checked before it is used."""

import base64
import struct
import zlib
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from albumen.blobs.spools import Spool

STEP_BYTES = 1 << 20
LARGEST_STEP_BYTES = 16 << 20
WINDOW_BYTES = 8 << 20
"""As much is asked for at once, or one step where that is larger."""
_MOST_STEPS = 256  # 2 KB is all the metadata that S3 takes
_DIGEST, _SUMS, _PENDING = "albumen-sha256", "albumen-sums", "albumen-pending"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One object: its size and time, and what its metadata tells.

    `sums` are the CRC-32 of each step of `step_bytes`, none where somebody else put the object or it is above 4 GiB.
    `pending` is the digest of what is still on its way to this name.
    """

    size_bytes: int
    modified_at: datetime
    digest: str = ""
    sums: tuple[int, ...] = ()
    pending: str = ""

    def windows(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What to ask for to have [start, end): a step to begin with, then more at once, whole steps where they count.

        The last ends with the object, or with its step.
        """
        step = step_for(self.size_bytes)
        at, wanted = start - start % step if self.sums else start, step
        while start < end and at < end:
            stop = min(at + wanted, self.size_bytes if self.sums else end)
            if self.sums and stop > end:
                stop = min(-(-end // step) * step, stop)
            yield at, stop
            at, wanted = stop, max(step, min(wanted * 4, WINDOW_BYTES))

    def fits(self, start: int, data: bytes) -> bool:
        """Whether these are the bytes that belong at `start`, which begins a step."""
        step = step_for(self.size_bytes)
        view = memoryview(data)
        return all(
            zlib.crc32(view[at : at + step]) == self.sums[(start + at) // step]
            for at in range(0, len(view) if self.sums else 0, step)
        )


def step_for(size_bytes: int) -> int:
    """The size of the steps in which a blob of so many bytes is summed."""
    step = STEP_BYTES
    while step < LARGEST_STEP_BYTES and size_bytes > step * _MOST_STEPS:
        step *= 2
    return step


def read(size_bytes: int, modified_at: datetime, told: Mapping[str, str]) -> Sheet:
    """The sheet of an object with this metadata; what is not as we write it counts as absent."""
    return Sheet(size_bytes, modified_at, told.get(_DIGEST, ""), _sums(size_bytes, told), told.get(_PENDING, ""))


def _sums(size_bytes: int, told: Mapping[str, str]) -> tuple[int, ...]:
    try:
        raw = base64.b64decode(told.get(_SUMS, ""), validate=True)
    except (NotBase64, ValueError):
        return ()
    count = len(raw) // 4
    return struct.unpack(f">{count}I", raw) if len(raw) == 4 * -(-size_bytes // step_for(size_bytes)) else ()


def metadata(spool: Spool) -> dict[str, str]:
    """What is to be kept beside a spool's bytes."""
    told = {_DIGEST: spool.digest.hex()}
    step = step_for(spool.size_bytes)
    if spool.size_bytes <= step * _MOST_STEPS:
        with spool.reader() as stream:
            sums = [zlib.crc32(block) for block in iter(lambda: stream.read(step), b"")]
        told[_SUMS] = base64.b64encode(struct.pack(f">{len(sums)}I", *sums)).decode()
    return told


def pending(spool: Spool) -> dict[str, str]:
    """What marks a name as taken for a spool's bytes, while they are on their way."""
    return {_PENDING: spool.digest.hex()}
