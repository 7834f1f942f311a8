"""What a request for one representation gets (RFC 9110, 13 and 14): all of it, a range, 304, 412 or 416."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_RANGE = re.compile(rb"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)
_CONDITIONS = frozenset({b"range", b"if-none-match", b"if-match", b"if-range"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and the bytes [start, end) that go with it."""

    status: int
    start: int = 0
    end: int = 0
    has_body: bool = False

    @property
    def length(self) -> int:
        """The Content-Length."""
        return self.end - self.start


def answer_for(method: str, headers: Iterable[tuple[bytes, bytes]], tag: bytes, size_bytes: int) -> Answer:
    """The answer to GET or HEAD, for a representation with the strong entity tag `tag` (quotes included)."""
    asked = {name: value for name, value in headers if name in _CONDITIONS}
    is_get = method == "GET"
    if asked:
        if b"if-match" in asked and not _matches(asked[b"if-match"], tag, weak=False):
            return Answer(412)
        if b"if-none-match" in asked and _matches(asked[b"if-none-match"], tag, weak=True):
            return Answer(304)
        if is_get and b"range" in asked and asked.get(b"if-range", tag).strip() == tag:
            return _ranged(asked[b"range"], size_bytes)
    return Answer(200, 0, size_bytes, has_body=is_get)


def _matches(field: bytes, tag: bytes, *, weak: bool) -> bool:
    """Whether a list of entity tags names ours; our tags hold no comma."""
    tags = [each.strip() for each in field.split(b",")]
    return tags == [b"*"] or tag in ([each.removeprefix(b"W/") for each in tags] if weak else tags)


def _ranged(field: bytes, size_bytes: int) -> Answer:
    """One range gets 206 or 416; several, or what is no range at all, get everything, as the RFC allows."""
    whole = Answer(200, 0, size_bytes, has_body=True)
    found = _RANGE.fullmatch(field.strip())
    if found is None or found[1] == found[2] == b"":
        return whole
    if found[1] == b"":
        start, end = max(0, size_bytes - int(found[2])), size_bytes
    else:
        start = int(found[1])
        end = min(int(found[2]) + 1, size_bytes) if found[2] else size_bytes
        if found[2] and int(found[2]) < start:
            return whole
    return Answer(206, start, end, has_body=True) if start < end else Answer(416)
