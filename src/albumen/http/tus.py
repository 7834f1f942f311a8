"""Resumable uploads as tus 1.0 words them: its headers, its problems, its answers."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from starlette.responses import Response

from albumen.kernel.errors import Invalid, Unsupported

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
BODY = "application/offset+octet-stream"
MOST_METADATA_BYTES = 64 << 10
_HASHES: Mapping[str, Callable[[], Any]] = {
    "sha256": hashlib.sha256,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
}


class WrongVersion(Invalid):
    """The client speaks another version of tus."""

    code = "tus-version"
    title = "This version of tus is not spoken here"


class WrongChecksum(Invalid):
    """The body is not the one whose checksum was sent; none of it was kept."""

    code = "checksum-mismatch"
    title = "The checksum does not match"


class Checksum:
    """What a body is said to hash to, and what it does."""

    def __init__(self, name: str, wanted: bytes) -> None:
        self._sum, self._wanted = _HASHES[name](), wanted

    def update(self, data: bytes) -> None:
        """Take some more."""
        self._sum.update(data)

    def check(self) -> None:
        """Raises WrongChecksum where it is not what was said."""
        if not hmac.compare_digest(self._sum.digest(), self._wanted):
            raise WrongChecksum


@dataclass(frozen=True)
class Part:
    """A body that goes on with an upload: from where, and how long it is and what it hashes to, where it says so."""

    offset: int
    length: int | None = None
    checksum: Checksum | None = None


def check_version(headers: Mapping[str, str]) -> None:
    """Raises WrongVersion where the client speaks another one, or does not say which."""
    if headers.get("tus-resumable") != VERSION:
        raise WrongVersion(f"This server speaks tus {VERSION}; the header Tus-Resumable is to say so.")


def check_plain(headers: Mapping[str, str]) -> None:
    """Raises Invalid where a creation wants parts put together, or to tell the length later."""
    for name in ("Upload-Concat", "Upload-Defer-Length"):
        if name in headers:
            raise Invalid(f"{name} is not supported.", errors=[(name, "not supported")])


def part_of(headers: Mapping[str, str], *, offset: int | None = None) -> Part:
    """What a PATCH (or, with an offset, a creation) brings.  Raises Unsupported, Invalid."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != BODY:
        raise Unsupported(f"The Content-Type is to be {BODY}.")
    length = headers.get("content-length")
    return Part(
        number(headers, "upload-offset") if offset is None else offset,
        None if length is None else number(headers, "content-length"),
        _checksum(headers.get("upload-checksum")),
    )


def brings_bytes(headers: Mapping[str, str]) -> bool:
    """Whether a creation has the first bytes with it."""
    return headers.get("content-type", "").lower().startswith(BODY)


def number(headers: Mapping[str, str], name: str) -> int:
    """The number in a header.  Raises Invalid where it is missing or none."""
    value = headers.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Invalid(f"The header {name.title()} is to be a number.", errors=[(name.title(), "not a number")])
    return int(value)


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    name, _, coded = header.strip().partition(" ")
    if name not in _HASHES:
        raise Invalid(f"Upload-Checksum may be {' or '.join(_HASHES)}.", errors=[("Upload-Checksum", "unknown")])
    return Checksum(name, _decoded(coded, "Upload-Checksum"))


def metadata(header: str) -> dict[str, str]:
    """The pairs of `Upload-Metadata`.  Raises Invalid."""
    if len(header) > MOST_METADATA_BYTES:
        raise Invalid("Upload-Metadata is too long.", errors=[("Upload-Metadata", "too long")])
    pairs = [pair.strip().partition(" ") for pair in header.split(",")] if header.strip() else []
    told = {key: _text(coded) for key, _, coded in pairs}
    if len(told) < len(pairs) or not all(key.isascii() and key for key in told):
        raise Invalid("Upload-Metadata needs keys in ASCII, each once.", errors=[("Upload-Metadata", "wrong keys")])
    return told


def _text(coded: str) -> str:
    try:
        return _decoded(coded, "Upload-Metadata").decode()
    except UnicodeDecodeError:
        raise Invalid("Upload-Metadata is to be UTF-8.", errors=[("Upload-Metadata", "not UTF-8")]) from None


def _decoded(coded: str, header: str) -> bytes:
    try:
        return base64.b64decode(coded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(f"{header} is to be base64.", errors=[(header, "not base64")]) from None


class Answer(Response):
    """An answer that says where an upload stands."""

    media_type: ClassVar[str] = "application/json"  # type: ignore[misc]  # an instance attribute there

    def __init__(self, status: int, stands: "Stands | None" = None, content: bytes = b"", **more: str) -> None:
        headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **(stands.headers() if stands else {})}
        named = {name.replace("_", "-"): value for name, value in more.items()}
        super().__init__(content, status, {**headers, **named}, self.media_type if content else None)
        if status == 204:
            del self.headers["content-length"]


@dataclass(frozen=True)
class Stands:
    """Where an upload stands; `file` is the public id it was filed under, once all had come.

    `described` is the `Upload-Metadata` it was announced with, for those who ask.
    """

    offset: int
    size: int
    expires_at: datetime
    file: str | None = None
    described: str | None = None

    def headers(self) -> dict[str, str]:
        """The same as headers."""
        told = {"Upload-Offset": str(self.offset), "Upload-Length": str(self.size)}
        told["Upload-Expires"] = format_datetime(self.expires_at, usegmt=True)
        if self.described is not None:
            told["Upload-Metadata"] = self.described
        return told if self.file is None else {**told, "Albumen-File-Id": self.file}


def abilities(most_bytes: int) -> Answer:
    """What OPTIONS is told."""
    return Answer(
        204,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Checksum_Algorithm=",".join(_HASHES),
        Tus_Max_Size=str(most_bytes),
    )
