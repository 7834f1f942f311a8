"""MP4, MOV and 3GP: what is not needed to play becomes padding, so that no place in the file moves.

Tracks of anything but picture and sound go with their samples: positions that cameras note ten times a second.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from operator import itemgetter
from typing import BinaryIO, Final

from albumen.kernel.pieces import Pieces
from albumen.media.stripping import atoms
from albumen.media.stripping.assembly import Edit, Refused, edited
from albumen.media.stripping.atoms import Atom
from albumen.media.stripping.samples import extents

_WHOLE: Final = frozenset({b"ftyp", b"styp", b"pdin", b"mdat", b"sidx", b"ssix", b"prft", b"mfra"})
_HOLDERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
_NEEDED: Final = frozenset(
    (
        *(b"mvhd", b"iods", b"mvex", b"pssh", b"tkhd", b"edts", b"tref", b"clip", b"matt", b"load", b"ctab", b"tapt"),
        *(b"mdhd", b"elng", b"vmhd", b"smhd", b"gmhd", b"hmhd", b"nmhd", b"sthd", b"dinf"),
        *(b"stts", b"ctts", b"cslg", b"stss", b"stps", b"stsh", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stdp"),
        *(b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"padb"),
        *(b"mfhd", b"tfhd", b"tfdt", b"trun", b"senc"),
    )
)
_SHOWN: Final = frozenset({b"vide", b"soun", b"auxv", b"pict"})
_PACKED: Final = frozenset({b"cmov", b"rmra", b"rmda"})
_NAMING: Final = frozenset({b"avc1", b"avc3", b"hvc1", b"hev1", b"mp4v", b"av01", b"dvh1", b"dvhe", b"vp09"})
"""Codings whose decoders pay no heed to the name of the program that made them."""
_COMPRESSOR: Final = 50
_ENTRY_BYTES: Final = 86
_DEPTH: Final = 8
_MOST_IN_ALL: Final = 200_000
"""Boxes in the descriptions of a film; one of an hour in fragments of a second has about 30,000."""


def strip(file: BinaryIO) -> Pieces:
    """The pieces.  Raises Refused."""
    edits, end, has_movie, has_fragments = [], 0, False, False
    budget = _budget()
    found = list(atoms.top(file))
    for atom in found:
        if atom.kind == b"moov":
            edits += movie(file, atom, found, budget)
        elif atom.kind == b"moof":
            edits += _below(file, atom, _DEPTH, budget)
        elif atom.kind not in _WHOLE:
            edits += _unneeded(atom)
        has_movie, has_fragments = has_movie or atom.kind == b"moov", has_fragments or atom.kind == b"moof"
        end = atom.end
    if not has_movie or (has_fragments and _has_others(file, found)):
        raise Refused("its tracks cannot be told apart")
    return edited(end, edits)


def _budget() -> Iterator[int]:
    return iter(range(_MOST_IN_ALL))


def movie(file: BinaryIO, moov: Atom, among: Sequence[Atom], budget: Iterator[int] | None = None) -> list[Edit]:
    """What changes for the description of a film, and in the data of the tracks that go.

    Takes one of the budget for each box, and is refused where none is left.
    """
    budget = _budget() if budget is None else budget
    tracks = _tracks(file, moov)
    edits = _below(file, moov, _DEPTH, budget, spared=frozenset(tracks))
    room = [(atom.start, atom.end) for atom in among if atom.kind in {b"mdat", b"idat"}]
    for track in tracks:
        if _handler(file, track) in _SHOWN:
            edits += _below(file, track, _DEPTH, budget)
            continue
        edits += atoms.erased(track)
        for start, end in extents(file, track):
            place = bisect_right(room, start, key=itemgetter(0)) - 1
            if place < 0 or end > room[place][1]:
                raise Refused("a track has its data where none is")
            edits.append((start, end, b""))
    return edits


def _has_others(file: BinaryIO, found: Sequence[Atom]) -> bool:
    tracks = (track for atom in found if atom.kind == b"moov" for track in _tracks(file, atom))
    return any(_handler(file, track) not in _SHOWN for track in tracks)


def _tracks(file: BinaryIO, moov: Atom) -> list[Atom]:
    return [atom for atom in atoms.inside(file, moov.start, moov.end) if atom.kind == b"trak"]


def _handler(file: BinaryIO, track: Atom) -> bytes:
    """Which sort of track this is."""
    for media in atoms.inside(file, track.start, track.end):
        if media.kind == b"mdia":
            for atom in atoms.inside(file, media.start, media.end):
                if atom.kind == b"hdlr":
                    file.seek(atom.start + 8)
                    return file.read(4)
    return b""


def _below(
    file: BinaryIO, holder: Atom, depth: int, budget: Iterator[int], spared: Collection[Atom] = ()
) -> list[Edit]:
    """What changes within a box that holds others; `spared` are seen to elsewhere."""
    edits: list[Edit] = []
    if depth == 0:
        raise Refused("its boxes lie too deep")
    for atom in atoms.inside(file, holder.start, holder.end):
        if next(budget, None) is None:
            raise Refused("it has too many boxes")
        if atom.kind in _PACKED:
            raise Refused("its description is packed, or elsewhere")
        if atom.kind in _HOLDERS:
            edits += [] if atom in spared else _below(file, atom, depth - 1, budget)
        elif atom.kind == b"hdlr":
            edits += atoms.unnamed(atom)
        elif atom.kind == b"stsd":
            edits += _compressors(file, atom)
        elif atom.kind not in _NEEDED:
            edits += _unneeded(atom)
    return edits


def _unneeded(atom: Atom) -> list[Edit]:
    return [(atom.start, atom.end, b"")] if atom.kind in atoms.PADDING else atoms.erased(atom)


def _compressors(file: BinaryIO, atom: Atom) -> Iterator[Edit]:
    """The names of the programs or cameras that pictures were coded by."""
    for entry in atoms.inside(file, atom.start + 8, atom.end):
        if entry.kind in _NAMING and entry.end - entry.at >= _ENTRY_BYTES:
            yield entry.at + 20, entry.at + 24, b""
            yield entry.at + _COMPRESSOR, entry.at + _COMPRESSOR + 32, b""
