"""Motion photos: the short film that phones put behind, or into, a picture."""

import os
from collections.abc import Iterator
from typing import Final

from albumen.kernel.errors import Invalid

MOST_BYTES: Final = 256 << 20
_BLOCK_BYTES: Final = 1 << 20
_LOOKED_AT: Final = 4096


def film_in(file: int, offset: int) -> Iterator[bytes]:
    """The bytes of the film that begins `offset` bytes before the end of a picture.

    Phones count from different places, so it may begin a little further on; then it begins where its first box does.
    Raises Invalid where there is none.
    """
    size = os.fstat(file).st_size
    start = size - offset
    if not 0 < offset < size or offset > MOST_BYTES:
        raise Invalid("The film of this motion photo is not where the photo says.")
    found = os.pread(file, _LOOKED_AT, start).find(b"ftyp")
    if found < 4:
        raise Invalid("The film of this motion photo is not where the photo says.")
    return _blocks(file, start + found - 4)


def _blocks(file: int, start: int) -> Iterator[bytes]:
    while block := os.pread(file, _BLOCK_BYTES, start):
        yield block
        start += len(block)
