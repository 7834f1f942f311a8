"""What the guard and its children say to each other: framed msgpack over a Unix socket, files as descriptors."""

import socket
import time
from collections.abc import Sequence
from typing import Final

import msgspec

from albumen.media.labels import Label
from albumen.media.limits import Limits

MAX_MESSAGE: Final = 16 * 2**20
MAX_DESCRIPTORS: Final = 8


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The first message to a child."""

    limits: Limits


class Probe(msgspec.Struct, frozen=True, tag=True):
    """Read the header of the one descriptor that comes along."""

    name: str


class Develop(msgspec.Struct, frozen=True, tag=True):
    """Decode the first descriptor; the others receive one variant each, in the order named here."""

    kind: str
    variants: tuple[str, ...]


class Embed(msgspec.Struct, frozen=True, tag=True):
    """Write these fields of a label into a copy of the first descriptor; the second receives it."""

    label: Label
    fields: tuple[str, ...]


class Read(msgspec.Struct, frozen=True, tag=True):
    """Read the QR codes that the still of the one descriptor shows."""

    kind: str


class Look(msgspec.Struct, frozen=True, tag=True):
    """See what is in the picture of the one descriptor that comes along: text, objects, faces, as named here."""

    wanted: tuple[str, ...]


class Sheltered(msgspec.Struct, frozen=True, tag=True):
    """The answer to `Hello`: what confines the child, and why the rest does not."""

    layers: tuple[str, ...]
    missing: tuple[str, ...]


class Done(msgspec.Struct, frozen=True, tag=True):
    """The work is done; `result` is what it is about."""

    result: msgspec.Raw


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The file is at fault, in words for a person.  `error` is a code of `kernel.errors`."""

    error: str
    detail: str
    specific: str = ""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The child is at fault or at its end; `trace` is for the log only."""

    reason: str
    trace: str = ""


class Made(msgspec.Struct, frozen=True):
    """One rendition that was written."""

    variant: str
    mime: str
    width: int
    height: int
    bytes: int


class Developed(msgspec.Struct, frozen=True):
    """All that one decode gave.  `width` and `height` are those of the original as seen, upright.

    `phash` is a signed 64-bit number.  When the file was damaged and only part of it could be decoded,
    `damage` says so in a sentence.  `pixels` is the digest of a whole still's pixels at the size of `lg`, where
    that was among what was made; it depends on what else was, since that decides how far the decoder shrinks.
    """

    renditions: tuple[Made, ...]
    thumbhash: bytes
    phash: int
    width: int
    height: int
    damage: str = ""
    pixels: bytes = b""

    @property
    def damaged(self) -> bool:
        """Whether part of the picture is missing."""
        return bool(self.damage)


class Codes(msgspec.Struct, frozen=True):
    """What QR codes a picture shows; `is_unread`: one was seen that could not be read."""

    texts: tuple[str, ...] = ()
    is_unread: bool = False


type Request = Hello | Probe | Develop | Embed | Look | Read
type Reply = Sheltered | Done | Refused | Failed

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Hello | Probe | Develop | Embed | Look | Read)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Sheltered | Done | Refused | Failed)


def send(channel: socket.socket, message: Request | Reply, descriptors: Sequence[int] = ()) -> None:
    """Send one message, with the descriptors attached to its length."""
    body = _encoder.encode(message)
    head = len(body).to_bytes(4, "big")
    if descriptors:
        socket.send_fds(channel, [head], list(descriptors))
    else:
        channel.sendall(head)
    channel.sendall(body)


def receive_request(channel: socket.socket) -> tuple[Request, list[int]]:
    """Wait for the next request and its descriptors, which the caller closes.  Raises EOFError at the end."""
    head, descriptors, _, _ = socket.recv_fds(channel, 4, MAX_DESCRIPTORS)
    head += _exactly(channel, 4 - len(head)) if head else b""
    if not head:
        raise EOFError
    return _requests.decode(_exactly(channel, int.from_bytes(head, "big"))), descriptors


def receive_reply(channel: socket.socket, deadline: float) -> Reply:
    """Wait for the next reply until `deadline` (of `time.monotonic`), however slowly its bytes drip.

    Raises EOFError, TimeoutError, ValueError (too long, or not a reply).
    """
    length = int.from_bytes(_exactly(channel, 4, deadline), "big")
    if length > MAX_MESSAGE:
        raise ValueError("reply too long")
    return _replies.decode(_exactly(channel, length, deadline))


def _exactly(channel: socket.socket, count: int, deadline: float | None = None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        if deadline is not None:
            channel.settimeout(max(0.001, deadline - time.monotonic()))
        part = channel.recv(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
