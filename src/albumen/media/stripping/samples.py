"""Where the samples of a track lie in a film."""

import struct
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from albumen.media.stripping import atoms
from albumen.media.stripping.assembly import Refused
from albumen.media.stripping.atoms import Atom

_MOST_TABLE_BYTES: Final = 8 << 20
_TABLES: Final = frozenset({b"stsz", b"stz2", b"stsc", b"stco", b"co64"})
_WAY: Final = (b"mdia", b"minf", b"stbl")


def extents(file: BinaryIO, track: Atom) -> Iterator[tuple[int, int]]:
    """The ranges of a track's samples, in the order of the file, neighbours together.  Raises Refused."""
    tables = _tables(file, track)
    try:
        ranges = sorted(_chunks(tables))
    except (struct.error, IndexError) as fault:
        raise Refused("a track does not say where its samples are") from fault
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return iter(joined)


def _tables(file: BinaryIO, track: Atom) -> Mapping[bytes, bytes]:
    holder = track
    for kind in _WAY:
        found = [atom for atom in atoms.inside(file, holder.start, holder.end) if atom.kind == kind]
        if len(found) != 1:
            raise Refused("a track does not say where its samples are")
        holder = found[0]
    inner = (atom for atom in atoms.inside(file, holder.start, holder.end) if atom.kind in _TABLES)
    return {atom.kind: atoms.content(file, atom, _MOST_TABLE_BYTES) for atom in inner}


def _chunks(tables: Mapping[bytes, bytes]) -> Iterator[tuple[int, int]]:
    """Where each chunk begins and ends."""
    wide = b"co64" in tables
    offsets = _numbers(tables.get(b"co64", tables.get(b"stco", b"")), 4, "Q" if wide else "I")
    runs = _numbers(tables.get(b"stsc", b""), 4, "3I")
    if not offsets:
        return
    sizes, each = _sizes(tables)
    run = at = 0
    for number, (offset,) in enumerate(offsets, 1):
        while run + 1 < len(runs) and runs[run + 1][0] <= number:
            run += 1
        count = runs[run][1]
        yield offset, offset + (each * count if each else sum(sizes[at : at + count]))
        at += count


def _numbers(table: bytes, at: int, form: str) -> list[tuple[int, ...]]:
    """The rows of a table that begins with their count."""
    row = struct.Struct(f">{form}")
    (count,) = struct.unpack_from(">I", table, at) if table else (0,)
    if count * row.size > len(table):
        raise IndexError
    return list(row.iter_unpack(table[at + 4 : at + 4 + count * row.size]))


def _sizes(tables: Mapping[bytes, bytes]) -> tuple[list[int], int]:
    """The size of each sample, or the one of all."""
    if b"stsz" not in tables:
        raise Refused("a track does not say how long its samples are")
    table = tables[b"stsz"]
    each, count = struct.unpack_from(">II", table, 4)
    if each:
        return [], each
    return list(struct.unpack_from(f">{min(count, len(table) // 4)}I", table, 12)), 0
