"""TIFF: the directories are written anew where they lie, with only the tags that pictures need.

Whatever else is in the file, wherever it is, becomes zeros; so nothing is overlooked, and no place in the file moves.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from albumen.kernel.pieces import Pieces
from albumen.media import tiff
from albumen.media.stripping import minimal
from albumen.media.stripping.assembly import Assembly, Refused
from albumen.media.tiff import SIZES, Layout

_PICTURE: Final = frozenset(
    (
        *(*range(254, 260), *range(262, 267), 273, 274, *range(277, 285), 286, 287, 290, 291, 292, 293, 296, 297),
        *(301, *range(317, 326), 332, 334, *range(336, 343), 347, *range(529, 533), 34675, 37439, 50674),
    )
)
_EXPOSURE: Final = 34665
_DATA: Final = ((273, 279), (324, 325))
_OLD_JPEG: Final = 6
_WHOLE_NUMBERS: Final = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_ENTRIES: Final = 1000
_MOST_PAGES: Final = 1000
_MOST_LIST_BYTES: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a directory, as it is written, and where its value lies."""

    tag: int
    kind: int
    count: int
    raw: bytes
    at: int
    size: int
    is_outside: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """A directory: where it begins and ends, and where the next one is."""

    start: int
    end: int
    entries: Mapping[int, _Entry]
    following: int


@dataclass(slots=True)
class _Plan:
    """What stays, and what is written anew, by where it lies."""

    kept: list[tuple[int, int]] = field(default_factory=list)
    anew: dict[tuple[int, int], bytes] = field(default_factory=dict)


def strip(file: BinaryIO) -> Pieces:
    """The pieces.  Raises Refused."""
    return _Rewriting(file).run()


class _Rewriting:
    """One TIFF."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._size = file, file.seek(0, 2)
        self._window = tiff.Window(file)
        self._how: Layout = tiff.layout(self._window)
        self._order, self._wide = self._how.order, "Q" if self._how.big else "I"
        self._plan = _Plan()
        self._list_bytes = 0

    def run(self) -> Pieces:
        """Plan all pages, then put the file together."""
        pages = list(self._pages())
        if not pages or self._how.first != pages[0].start:
            raise Refused("it has no pages")
        self._plan.kept.append((0, 16 if self._how.big else 8))
        for number, page in enumerate(pages):
            following = pages[number + 1].start if number + 1 < len(pages) else 0
            self._rewrite(page, {*_PICTURE, *self._exposure(page)}, following)
            self._keep_data(page)
        return self._put_together()

    def _pages(self) -> Iterator[_Page]:
        """The directories of the chain, without the small pictures that stand for others."""
        seen: set[int] = set()
        at = self._how.first
        while at:
            if at in seen or len(seen) >= _MOST_PAGES:
                raise Refused("its directories go round in circles")
            seen.add(at)
            page = self._directory(at)
            if len(seen) == 1 or not self._is_reduced(page):
                yield page
            at = page.following

    def _is_reduced(self, page: _Page) -> bool:
        return bool(sum(self._numbers(page, 254)) & 1) or self._numbers(page, 255) == [2]

    def _directory(self, at: int) -> _Page:
        head, row = (8, struct.Struct(self._order + "HHQ8s")) if self._how.big else (2, self._row())
        count = int.from_bytes(self._read(at, head), "little" if self._order == "<" else "big")
        if not 0 < count <= _MOST_ENTRIES:
            raise Refused("one of its directories makes no sense")
        link = struct.Struct(self._order + self._wide)
        body = self._read(at + head, count * row.size + link.size)
        entries = [self._entry(row, body, number, at + head) for number in range(count)]
        (following,) = link.unpack(body[count * row.size :])
        return _Page(at, at + head + len(body), {entry.tag: entry for entry in entries}, following)

    def _row(self) -> struct.Struct:
        return struct.Struct(self._order + "HHI4s")

    def _entry(self, row: struct.Struct, body: bytes, number: int, at: int) -> _Entry:
        raw = body[number * row.size : (number + 1) * row.size]
        tag, kind, count, value = row.unpack(raw)
        size = (SIZES[kind] if kind < len(SIZES) else 0) * count
        if size <= len(value):
            return _Entry(tag, kind, count, raw, at + (number + 1) * row.size - len(value), size, is_outside=False)
        (where,) = struct.unpack(self._order + self._wide, value)
        return _Entry(tag, kind, count, raw, where, size, is_outside=True)

    def _exposure(self, page: _Page) -> set[int]:
        """Write the directory of the exposure anew; its own tag where it still says anything."""
        found = self._numbers(page, _EXPOSURE)
        if len(found) != 1:
            return set()
        directory = tiff.directory(self._window, self._how, found[0])
        told, _ = minimal.kept(directory, tiff.Directory({}, 0))
        if not told:
            return set()
        self._rewrite(self._directory(found[0]), {*told, 36864}, 0)
        return {_EXPOSURE}

    def _rewrite(self, page: _Page, tags: set[int], following: int) -> None:
        """Plan a directory with these tags only."""
        entries = [entry for entry in page.entries.values() if entry.tag in tags]
        count = struct.pack(self._order + ("Q" if self._how.big else "H"), len(entries))
        link = struct.pack(self._order + self._wide, following)
        self._plan.anew[page.start, page.end] = count + b"".join(entry.raw for entry in entries) + link
        self._plan.kept += [(entry.at, entry.at + entry.size) for entry in entries if entry.is_outside]

    def _keep_data(self, page: _Page) -> None:
        if self._numbers(page, 259) == [_OLD_JPEG]:
            raise Refused("its picture is kept in an old way")
        has_data = False
        for offsets, counts in _DATA:
            starts, sizes = self._numbers(page, offsets), self._numbers(page, counts)
            if len(starts) != len(sizes):
                raise Refused("it does not say where its picture is")
            self._plan.kept += [(start, start + size) for start, size in zip(starts, sizes, strict=True) if size]
            has_data = has_data or bool(starts)
        if not has_data:
            raise Refused("it does not say where its picture is")

    def _numbers(self, page: _Page, tag: int) -> list[int]:
        entry = page.entries.get(tag)
        if entry is None:
            return []
        self._list_bytes += entry.size  # many pages may point at one long list
        if entry.kind not in _WHOLE_NUMBERS or self._list_bytes > _MOST_LIST_BYTES:
            raise Refused("one of its lists makes no sense")
        return list(struct.unpack(f"{self._order}{entry.count}{_WHOLE_NUMBERS[entry.kind]}", self._value(entry)))

    def _value(self, entry: _Entry) -> bytes:
        return self._read(entry.at, entry.size)

    def _read(self, at: int, count: int) -> bytes:
        self._file.seek(at)
        found = self._file.read(count) if at < self._size else b""
        if len(found) < count:
            raise Refused("it is cut off")
        return found

    def _put_together(self) -> Pieces:
        """Everything planned, and zeros in between."""
        made, at, anew_end = Assembly(), 0, 0
        kept = [(start, min(end, self._size), b"") for start, end in self._plan.kept if start < self._size]
        for start, end, own in sorted([*kept, *((*place, own) for place, own in self._plan.anew.items())]):
            if start < (at if own else anew_end):
                raise Refused("its directories lie in its picture")
            made.blank(start - at)
            if own:
                made.put(own)
                made.blank(end - start - len(own))
                anew_end = end
            else:
                made.keep(max(start, at), end)
            at = max(at, end)
        return made.pieces()
