"""multipart/form-data as it streams in: files straight into sinks, small fields in memory."""

import re
from collections.abc import AsyncIterable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from anyio import CancelScope, to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from albumen.http.bodies import Limits, Sink, pour
from albumen.kernel.errors import Invalid, TooLarge

_EXTENDED = re.compile(rb"filename\*=utf-8'[^']*'([^;\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PartHead:
    """What a part says of itself; never to be believed.  `headers` by their names in lower case."""

    name: str
    filename: str | None
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is whole: its bytes are in `sink`, or in `content` where it has none."""

    head: PartHead
    sink: Sink | None
    content: bytes = b""


Open = Callable[[PartHead], Sink | None]


async def receive_parts(stream: AsyncIterable[bytes], content_type: str, open_part: Open, limits: Limits) -> list[Part]:
    """The parts of a multipart/form-data body, each in the sink that `open_part` gave for it, or else in memory.

    Raises Invalid where the body is malformed or ends early and TooLarge where it is over a limit; all sinks are
    then discarded.  Sinks are written to, and opened, in the thread pool.
    """
    form = _Form(_boundary(content_type), open_part, limits)
    try:
        await pour(stream, form.feed, limits.total_bytes)
        return form.finish()
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(form.discard)
        raise


class _Form:
    """The state of one body: the parser, the part it is in, and those that are whole."""

    def __init__(self, boundary: bytes, open_part: Open, limits: Limits) -> None:
        self._open_part, self._limits = open_part, limits
        self._sinks: list[Sink] = []
        self._parts: list[Part] = []
        self._is_whole = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._open,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._whole,
            },
        )

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise Invalid("The form is malformed.") from error

    def finish(self) -> list[Part]:
        """All parts.  Raises Invalid where the closing boundary has not come."""
        if not self._is_whole:
            raise Invalid("The body ended early.", code="incomplete")
        return self._parts

    def discard(self) -> None:
        """Let go of every sink."""
        for sink in self._sinks:
            sink.discard()

    def _begin(self) -> None:
        if len(self._parts) >= self._limits.parts:
            raise TooLarge("The form has too many parts.")
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _open(self) -> None:
        self._head = _head(self._headers)
        self._sink = self._open_part(self._head)
        self._content = bytearray()
        self._part_bytes = 0
        if self._sink is not None:
            self._sinks.append(self._sink)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._part_bytes += end - start
        if self._part_bytes > (self._limits.field_bytes if self._sink is None else self._limits.part_bytes):
            raise TooLarge(f"The part {self._head.name!r} is too large.")
        piece = memoryview(data)[start:end]
        if self._sink is None:
            self._content += piece
        else:
            self._sink.write(piece)

    def _end(self) -> None:
        self._parts.append(Part(self._head, self._sink, bytes(self._content)))

    def _whole(self) -> None:
        self._is_whole = True


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 70:
        raise Invalid("A multipart/form-data body with a boundary is wanted.")
    return boundary


def _head(headers: dict[bytes, bytes]) -> PartHead:
    disposition = headers.get(b"content-disposition", b"")
    kind, options = parse_options_header(disposition)
    if kind != b"form-data" or b"name" not in options:
        raise Invalid("A part of the form has no name.")
    filename = options.get(b"filename")
    if filename is None and (found := _EXTENDED.search(disposition)):
        filename = unquote_to_bytes(found[1])
    return PartHead(
        name=_text(options[b"name"]),
        filename=None if filename is None else _text(filename),
        content_type=_text(headers.get(b"content-type", b"")),
        headers={_text(name): _text(value) for name, value in headers.items()},
    )


def _text(raw: bytes) -> str:
    """What browsers send: UTF-8, with a quote written as `%22`; of old programs, Latin-1."""
    try:
        told = raw.decode()
    except UnicodeDecodeError:
        told = raw.decode("latin-1")
    return told.replace("%22", '"')
