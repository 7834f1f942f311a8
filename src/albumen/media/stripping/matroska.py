"""Matroska and WebM: what is not needed to play becomes padding, so that no place in the file moves.

Titles, tags, chapters, attached files and the names of programs go.  Only codings whose descriptions hold no words of
their own are taken, and tracks of picture and sound; a file with others is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from albumen.kernel.pieces import Pieces
from albumen.media.stripping.assembly import Edit, Refused, edited

_HEADER, _SEGMENT, _CLUSTER, _VOID = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0xEC
_DETAILS, _TRACKS, _TRACK, _KIND, _CODEC = 0x1549A966, 0x1654AE6B, 0xAE, 0x83, 0x86
_WHOLE: Final = frozenset({0x114D9B74, _CLUSTER, 0x1C53BB6B, _VOID})
"""Of a segment: where things are (SeekHead, Cues), and the frames."""
_OF_SEGMENT: Final = frozenset({*_WHOLE, _DETAILS, _TRACKS, 0x1043A770, 0x1254C367, 0x1941A469})
_OF_DETAILS: Final = frozenset({0x2AD7B1, 0x4489, 0x4461, _VOID})
"""TimestampScale, Duration and DateUTC."""
_OF_TRACK: Final = frozenset(
    (
        *(0xD7, 0x73C5, _KIND, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383, 0x234E7A, 0x23314F, 0x22B59C),
        *(0x22B59D, _CODEC, 0x63A2, 0x56AA, 0x56BB, 0xE0, 0xE1, 0x6D80, 0x55EE, 0x41E4, 0xAA, _VOID),
    )
)
"""What a decoder needs of a track; not its name, nor that of the coding's program."""
_SHOWN: Final = (b"\x01", b"\x02")
_CODINGS: Final = frozenset(
    {
        *(b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG4/ISO/AVC", b"V_MPEGH/ISO/HEVC"),
        *(b"A_OPUS", b"A_AAC", b"A_AC3", b"A_EAC3", b"A_MPEG/L3", b"A_PCM/INT/LIT"),
    }
)
_MOST_ELEMENTS: Final = 500_000
_MOST_VALUE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class _Element:
    """`start` is where its id begins, `body` its content; `end` is None where it does not say."""

    kind: int
    start: int
    body: int
    end: int | None


def strip(file: BinaryIO) -> Pieces:
    """The pieces.  Raises Refused."""
    return _Walk(file).run()


class _Walk:
    """One pass over the elements."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._edits: list[Edit] = []
        self._budget = iter(range(_MOST_ELEMENTS))
        self._tracks = 0

    def run(self) -> Pieces:
        """Walk to the end of the file."""
        for each in self._within(0, self._size):
            if each.kind == _SEGMENT:
                self._segment(each.body, self._size if each.end is None else each.end)
                if each.end is None:
                    break
            elif each.kind not in (_HEADER, _VOID):
                self._erase(each)
        if not self._tracks:
            raise Refused("it has no track")
        return edited(self._size, self._edits)

    def _segment(self, start: int, end: int) -> None:
        for each in self._within(start, min(end, self._size), is_segment=True):
            if each.kind == _DETAILS:
                self._spare(each, _OF_DETAILS)
            elif each.kind == _TRACKS:
                self._all_tracks(each)
            elif each.kind not in _WHOLE:
                self._erase(each)

    def _all_tracks(self, tracks: _Element) -> None:
        for each in self._within(tracks.body, _end_of(tracks)):
            if each.kind != _TRACK:
                self._erase(each)
                continue
            self._tracks += 1
            found = {part.kind: part for part in self._within(each.body, _end_of(each))}
            if self._value(found.get(_KIND)) not in _SHOWN:
                raise Refused("a track is neither picture nor sound")
            if self._value(found.get(_CODEC)).rstrip(b"\0").partition(b"/LC")[0] not in _CODINGS:
                raise Refused("what describes a track may hold words")
            self._spare(each, _OF_TRACK)

    def _spare(self, holder: _Element, needed: frozenset[int]) -> None:
        for each in self._within(holder.body, _end_of(holder)):
            if each.kind not in needed:
                self._erase(each)

    def _erase(self, element: _Element) -> None:
        """Have padding in its place."""
        end, count = _end_of(element), _end_of(element) - element.start
        is_short = count - 2 < 0x7F
        size = bytes([0x80 | (count - 2)]) if is_short else (1 << 56 | (count - 9)).to_bytes(8, "big")
        self._edits.append((element.start, end, bytes([_VOID]) + size))

    def _within(self, start: int, end: int, *, is_segment: bool = False) -> Iterator[_Element]:
        """The elements of a range; those of a cluster that does not say where it ends are passed over one by one."""
        at, is_in_cluster = start, False
        while at < end:
            element = self._element(at, end)
            is_in_cluster = is_in_cluster and element.kind not in _OF_SEGMENT
            if not is_in_cluster:
                yield element
            is_in_cluster = is_in_cluster or (is_segment and element.kind == _CLUSTER and element.end is None)
            if element.end is None and element.kind == _SEGMENT:
                return
            at = element.body if element.end is None else element.end

    def _element(self, at: int, end: int) -> _Element:
        if next(self._budget, None) is None:
            raise Refused("it has too many elements")
        self._file.seek(at)
        kind, kind_bytes, _ = self._number(keeps_mark=True)
        size, size_bytes, is_unknown = self._number(keeps_mark=False)
        body = at + kind_bytes + size_bytes
        if is_unknown and kind not in (_SEGMENT, _CLUSTER):
            raise Refused("an element does not say how long it is")
        is_cut = body + size > end and kind in (_SEGMENT, _CLUSTER)
        if not is_unknown and body + size > end and not is_cut:
            raise Refused("an element reaches beyond what holds it")
        return _Element(kind, at, body, None if is_unknown else min(body + size, end))

    def _number(self, *, keeps_mark: bool) -> tuple[int, int, bool]:
        """A number of one to eight bytes, how many they are, and whether all its bits are set."""
        first = self._file.read(1)
        length = 9 - first[0].bit_length() if first else 9
        rest = self._file.read(length - 1) if length < 9 else b""
        if length > (4 if keeps_mark else 8) or len(rest) < length - 1:
            raise Refused("it has no elements here")
        whole = int.from_bytes(first + rest, "big")
        plain = whole & ((1 << 7 * length) - 1)
        return (whole if keeps_mark else plain), length, plain == (1 << 7 * length) - 1

    def _value(self, element: _Element | None) -> bytes:
        """What a small element holds; nothing where it is not there."""
        if element is None or _end_of(element) - element.body > _MOST_VALUE_BYTES:
            return b""
        self._file.seek(element.body)
        return self._file.read(_end_of(element) - element.body)


def _end_of(element: _Element) -> int:
    if element.end is None:
        raise Refused("an element does not say how long it is")
    return element.end
