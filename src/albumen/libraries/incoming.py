"""Bodies that bring photos, as forms or as they are: streamed into spools and held against the digests sent along."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from anyio import CancelScope, to_thread

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.http import bodies
from albumen.http.bodies import Declared, Limits
from albumen.http.multipart import Part, PartHead, receive_parts
from albumen.kernel.errors import Invalid, TooLarge, Unsupported
from albumen.libraries import headroom, uploads

FORM_BYTES = 1 << 20
"""What a form may have beside its files."""
FIELDS = 10


@dataclass(frozen=True)
class Body:
    """A body that is coming in.  `name` is what a photo is called that comes as it is, without a form."""

    stream: AsyncIterable[bytes]
    headers: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a door takes: files in parts of this name, at most so many.  Each holds a descriptor while it comes."""

    part: str
    most: int


@dataclass(frozen=True)
class Sent:
    """A file that is here whole, and what the client calls it."""

    spool: Spool
    name: str


@dataclass(frozen=True)
class Incoming:
    """What a body brought.  Leaving it as a context manager discards what was not put into the store."""

    files: tuple[Sent, ...]
    metadata: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self.files:
            file.spool.discard()


def declared_bytes(body: Body) -> int:
    """At least how many bytes of files a body is to bring, as far as its head tells.  Raises Invalid."""
    length = bodies.declared_in({"content-length": body.headers.get("content-length", "0")}).size_bytes or 0
    is_form = body.headers.get("content-type", "").lower().startswith("multipart/")
    return max(0, length - FORM_BYTES) if is_form else length


async def receive(app: App, body: Body, wanted: Wanted) -> Incoming:
    """The files of a body, each in a spool.  Raises Invalid, TooLarge, Unsupported, OverQuota; nothing is left then."""
    declared = bodies.declared_in({"content-length": body.headers.get("content-length", "0")}).size_bytes or 0
    largest = app.settings.upload.max_bytes
    if declared > wanted.most * largest + FORM_BYTES:
        raise TooLarge(f"A file may have {largest} bytes at most.")
    await to_thread.run_sync(uploads.check_space, app, declared)
    kind = body.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _form(app, body, wanted)
    if kind == "application/octet-stream" or kind.startswith(("image/", "video/")):
        return await _bare(app, body)
    raise Unsupported("Send multipart/form-data, or a photo or video as it is with its own Content-Type.")


async def _bare(app: App, body: Body) -> Incoming:
    spool = await to_thread.run_sync(headroom.spool, app)
    limits = Limits(part_bytes=app.settings.upload.max_bytes)
    await bodies.receive_body(body.stream, spool, limits, bodies.declared_in(body.headers))
    return Incoming((Sent(spool, body.name),))


async def _form(app: App, body: Body, wanted: Wanted) -> Incoming:
    def open_part(head: PartHead) -> Spool | None:
        return headroom.spool(app) if head.name == wanted.part and head.filename is not None else None

    largest = app.settings.upload.max_bytes
    whole, digest = _Whole(), _said(body.headers, "content-digest")
    stream = whole.counting(body.stream) if digest.digests else body.stream
    limits = Limits(part_bytes=largest, parts=wanted.most + FIELDS)
    parts = await receive_parts(stream, body.headers["content-type"], open_part, limits)
    try:
        bodies.compare(whole, digest)
        return _checked(parts, wanted, _said(body.headers, "repr-digest"))
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(_discard, parts)
        raise


def _checked(parts: list[Part], wanted: Wanted, digest: Declared) -> Incoming:
    """The files among the parts.  Raises Invalid where they are not those that were wanted or announced."""
    files = [(part.head, part.sink) for part in parts if isinstance(part.sink, Spool)]
    if any(part.head.name == wanted.part and part.sink is None for part in parts):
        raise Invalid(f"A part `{wanted.part}` has no file name.", errors=[(wanted.part, "no file name")])
    if not 0 < len(files) <= wanted.most:
        many = "one part" if wanted.most == 1 else f"1 to {wanted.most} parts"
        raise Invalid(f"The form needs {many} named `{wanted.part}`.", errors=[(wanted.part, "missing or too many")])
    for head, spool in files:
        bodies.compare(spool, bodies.declared_in(head.headers))
    if digest.digests:
        if len(files) != 1:
            raise Invalid("With several files, Repr-Digest stands in the header of each part.")
        bodies.compare(files[0][1], digest)
    metadata = next((part.content for part in parts if part.head.name == "metadata" and part.sink is None), None)
    return Incoming(tuple(Sent(spool, head.filename or "") for head, spool in files), metadata)


def _said(headers: Mapping[str, str], name: str) -> Declared:
    return bodies.declared_in({name: headers[name]} if name in headers else {})


def _discard(parts: list[Part]) -> None:
    for part in parts:
        if part.sink is not None:
            part.sink.discard()


class _Whole:
    """A body as it came, its boundaries included: what Content-Digest is about."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    @property
    def digest(self) -> bytes:
        """SHA-256, 32 bytes."""
        return self._sha256.digest()

    async def counting(self, stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The stream itself."""
        async for chunk in stream:
            self._sha256.update(chunk)
            self.size_bytes += len(chunk)
            yield chunk
