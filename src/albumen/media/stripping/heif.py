"""HEIC and AVIF: what is told beside the picture is overwritten where it lies."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.kernel.pieces import Pieces
from albumen.media import boxes
from albumen.media.boxes import Still
from albumen.media.stripping import atoms, films, minimal
from albumen.media.stripping.assembly import Edit, Refused, edited
from albumen.media.stripping.atoms import Atom

_WHOLE: Final = frozenset({b"ftyp", b"mdat", b"idat", b"pitm", b"iloc", b"iref", b"dinf", b"grpl", b"iinf"})
_WORDS: Final = frozenset({b"Exif", b"mime", b"uri "})
_TOLD: Final = frozenset({b"udes", b"uuid", b"crtt", b"mdft"})
_NOTHING: Final = b"II*\0\x08\0\0\0" + bytes(6)
_PACKET: Final = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
_XMP: Final = b"application/rdf+xml"
_MOST_SPACES: Final = 1 << 16
_IN_FILE: Final = 0
_IN_BOX: Final = 1


def strip(file: BinaryIO) -> Pieces:
    """The pieces.  Raises Refused."""
    found = list(atoms.top(file))
    descriptions = [atom for atom in found if atom.kind == b"meta"]
    if len(descriptions) != 1:
        raise Refused("it has no description, or several")
    edits = _described(file, descriptions[0])
    for atom in found:
        if atom.kind == b"moov":
            edits += films.movie(file, atom, found)
        elif atom.kind in atoms.PADDING:
            edits.append((atom.start, atom.end, b""))
        elif atom.kind not in _WHOLE and atom.kind != b"meta":
            edits += atoms.erased(atom)
    return edited(found[-1].end, edits)


def _described(file: BinaryIO, meta: Atom) -> list[Edit]:
    edits: list[Edit] = []
    listed = data = None
    for atom in atoms.inside(file, meta.start + 4, meta.end):
        listed, data = (atom if atom.kind == b"iinf" else listed), (atom if atom.kind == b"idat" else data)
        if atom.kind == b"hdlr":
            edits += atoms.unnamed(atom)
        elif atom.kind == b"iprp":
            edits += _properties(file, atom)
        elif atom.kind not in _WHOLE:
            edits += atoms.erased(atom)
    if listed is None:
        raise Refused("it does not list what is in it")
    try:
        return edits + _items(file, _still(file, listed), data)
    except Invalid as fault:
        raise Refused("its description makes no sense") from fault


def _still(file: BinaryIO, listed: Atom) -> Still:
    """The description.  Raises Refused where some of its items were not understood: these might say anything."""
    head = atoms.content(file, listed, boxes.MAX_META_BYTES)[:8]
    count = int.from_bytes(head[4:8] if head[0] else head[4:6], "big")
    still = boxes.still(file)
    if not still.kinds or len(still.kinds) != count or still.kinds.keys() - still.places.keys():
        raise Refused("not all that is in it is understood")
    return still


def _properties(file: BinaryIO, holder: Atom) -> Iterator[Edit]:
    for atom in atoms.inside(file, holder.start, holder.end):
        if atom.kind == b"ipco":
            for one in atoms.inside(file, atom.start, atom.end):
                if one.kind in _TOLD:
                    yield from atoms.erased(one)


def _items(file: BinaryIO, still: Still, data: Atom | None) -> list[Edit]:
    """What becomes of the items that are words."""
    block = boxes.item(file, still, b"Exif")
    exif = bytes(4) + (minimal.exif(block[4 + int.from_bytes(block[:4], "big") :]) or _NOTHING)
    edits: list[Edit] = []
    kept: list[tuple[int, int]] = []
    for number, kind in still.kinds.items():
        places = _places(still, number, data)
        if kind not in _WORDS:
            kept += places
            continue
        is_packet = kind == b"mime" and still.types[number].startswith(_XMP)
        words = exif if kind == b"Exif" else _PACKET if is_packet else b""
        edits += [_filled(place, words, padded=is_packet) for place in places[:1]]
        edits += [(*place, b"") for place in places[1:]]
    _check_apart(kept, [(start, end) for start, end, _ in edits])
    return edits


def _filled(place: tuple[int, int], words: bytes, *, padded: bool) -> Edit:
    start, end = place
    if len(words) > end - start:
        return start, end, b""
    return start, end, words.ljust(min(end - start, _MOST_SPACES)) if padded else words


def _places(still: Still, number: int, data: Atom | None) -> list[tuple[int, int]]:
    """Where an item's bytes are in the file.  Raises Refused where it does not say."""
    method, extents = still.places[number]
    base = data.start if method == _IN_BOX and data is not None else 0
    is_told = method == _IN_FILE or (method == _IN_BOX and data is not None)
    if still.kinds[number] in _WORDS and (not is_told or not all(length for _, length in extents)):
        raise Refused("it does not say where its words are")
    return [(base + offset, base + offset + length) for offset, length in extents if is_told]


def _check_apart(kept: list[tuple[int, int]], gone: list[tuple[int, int]]) -> None:
    """Raises Refused where what goes lies in what is kept."""
    marked = sorted([(*each, False) for each in kept if each[0] < each[1]] + [(*each, True) for each in gone])
    last_kept = last_gone = 0
    for start, end, is_gone in marked:
        if start < (last_kept if is_gone else last_gone):
            raise Refused("its words lie in its picture")
        if is_gone:
            last_gone = max(last_gone, end)
        else:
            last_kept = max(last_kept, end)
