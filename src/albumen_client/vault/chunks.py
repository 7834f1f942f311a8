"""The body of an age v1 file: chunks of 64 KiB, written in one go, read from any place."""

import hashlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from albumen_client.vault import age
from albumen_client.vault.errors import NotEncrypted
from albumen_client.vault.hashing import Hash

CHUNK_BYTES = 64 << 10
TAG_BYTES = 16
_SEALED_BYTES = CHUNK_BYTES + TAG_BYTES
_AHEAD_CHUNKS = 16
"""How many chunks are fetched at once where reading goes straight on: 1 MiB."""

Fetch = Callable[[int, int], bytes]
"""Gives a range of the ciphertext: its start and its length."""


@dataclass(frozen=True)
class Opened:
    """What opens a body, and where it begins in the file; `beginning` is the SHA-256 of all before it, in hex."""

    file_key: bytes
    starts: int
    beginning: str
    cipher: ChaCha20Poly1305


class Writer:
    """Encrypts into a file; `close` writes the last chunk.  Keeps the size and the hash of the ciphertext."""

    def __init__(self, target: BinaryIO, header: bytes, file_key: bytes) -> None:
        nonce = os.urandom(16)
        self._target, self._cipher = target, ChaCha20Poly1305(age.derive(file_key, b"payload", nonce))
        self._held, self._count, self.size_bytes = b"", 0, 0
        self._used, self._spare = bytearray(), bytearray()
        self._hash, self.sha256 = Hash(), ""
        self.beginning = hashlib.sha256(header + nonce).hexdigest()
        self._put(header + nonce)

    def _put(self, content: bytes | memoryview) -> None:
        self._target.write(content)
        self._hash.update(content)
        self.size_bytes += len(content)

    def write(self, content: bytes) -> None:
        """Encrypt more; the last chunk is held back until it is known not to be the last."""
        if self._held and len(self._held) < CHUNK_BYTES:
            content, self._held = self._held + content, b""
        view, at = memoryview(content), 0
        if self._held and content:
            self._put(self._seal(self._held, last=False))
        if len(view) > CHUNK_BYTES:
            whole = (len(view) - 1) // CHUNK_BYTES
            at = whole * CHUNK_BYTES
            self._put(self._seal_all(view[:at], whole))
        if content:
            self._held = bytes(view[at:])

    def close(self) -> None:
        """Write the last chunk; `sha256` is then that of the ciphertext, in hex."""
        self._put(self._seal(self._held, last=True))
        self.sha256 = self._hash.hexdigest()

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        nonce = _nonce(self._count, last=last)
        self._count += 1
        return self._cipher.encrypt(nonce, chunk, None)

    def _seal_all(self, chunks: memoryview, count: int) -> memoryview:
        """Whole chunks, none of them the last, into memory that is used again: the hash is at most one write behind."""
        size = count * _SEALED_BYTES
        self._spare, self._used = self._used, self._spare
        if len(self._used) < size:
            self._used = bytearray(size)
        sealed = memoryview(self._used)[:size]
        for i in range(count):
            chunk = chunks[i * CHUNK_BYTES : (i + 1) * CHUNK_BYTES]
            target = sealed[i * _SEALED_BYTES : (i + 1) * _SEALED_BYTES]
            self._cipher.encrypt_into(_nonce(self._count + i, last=False), chunk, None, target)
        self._count += count
        return sealed


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def begin(content: bytes, file_key_of: Callable[[age.Header], bytes]) -> Opened:
    """Open a file by its first bytes.  Raises NotEncrypted."""
    header = age.read_header(content)
    file_key = file_key_of(header)
    nonce = content[header.size_bytes : header.size_bytes + 16]
    if len(file_key) != 16 or len(nonce) != 16:
        raise NotEncrypted("truncated", "an encrypted file is cut.")
    starts = header.size_bytes + 16
    beginning = hashlib.sha256(content[:starts]).hexdigest()
    return Opened(file_key, starts, beginning, ChaCha20Poly1305(age.derive(file_key, b"payload", nonce)))


class Reader(io.RawIOBase):
    """The plaintext of an encrypted file, of which only what is read is fetched.

    The last chunk is fetched first: so a file that was cut, or grew, is refused before any byte of it is given out.
    """

    def __init__(self, fetch: Fetch, size_bytes: int, opened: Opened) -> None:
        super().__init__()
        self._fetch, self._opened, self._at = fetch, opened, 0
        body = size_bytes - opened.starts
        self._count = max(-(-body // _SEALED_BYTES), 1)
        self._last_bytes = body - (self._count - 1) * _SEALED_BYTES - TAG_BYTES
        if self._last_bytes < (1 if self._count > 1 else 0):
            raise NotEncrypted("truncated", "an encrypted file is cut.")
        self.length = (self._count - 1) * CHUNK_BYTES + self._last_bytes
        self._held: dict[int, bytes] = {}
        self._hold(self._count - 1, 1)
        self._last = self._held[self._count - 1]

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where reading goes on."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on reading elsewhere."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}[whence]
        if base + offset < 0:
            raise ValueError("nothing lies before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # the parent takes any buffer
        """As much of what follows as one chunk holds."""
        number, inside = divmod(self._at, CHUNK_BYTES)
        if self._at >= self.length:
            return 0
        part = self._chunk(number)[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _chunk(self, number: int) -> bytes:
        if number == self._count - 1:
            return self._last
        if number not in self._held:
            goes_on = number - 1 in self._held or number == 0
            self._hold(number, min(_AHEAD_CHUNKS if goes_on else 2, self._count - number))
        return self._held[number]

    def _hold(self, first: int, count: int) -> None:
        """Fetch and decrypt these chunks, in place of those held before."""
        start = self._opened.starts + first * _SEALED_BYTES
        ends_last = first + count == self._count
        length = count * _SEALED_BYTES - (CHUNK_BYTES - self._last_bytes if ends_last else 0)
        sealed = memoryview(self._fetch(start, length))
        if len(sealed) != length:
            raise NotEncrypted("truncated", "an encrypted file is cut.")
        self._held = {
            first + i: self._open(first + i, sealed[i * _SEALED_BYTES : (i + 1) * _SEALED_BYTES]) for i in range(count)
        }

    def _open(self, number: int, sealed: memoryview) -> bytes:
        try:
            return self._opened.cipher.decrypt(_nonce(number, last=number == self._count - 1), sealed, None)
        except InvalidTag:
            raise NotEncrypted("chunk", "an encrypted file was changed, cut, or put in another order.") from None


def seal(content: bytes, header: bytes, file_key: bytes) -> bytes:
    """A small age file."""
    target = io.BytesIO()
    writer = Writer(target, header, file_key)
    writer.write(content)
    writer.close()
    return target.getvalue()


def unseal(sealed: bytes, file_key_of: Callable[[age.Header], bytes]) -> bytes:
    """What a small age file holds.  Raises NotEncrypted."""
    opened = begin(sealed, file_key_of)
    return Reader(lambda start, length: sealed[start : start + length], len(sealed), opened).readall() or b""


def seal_for(content: bytes, recipient: bytes) -> bytes:
    """A small age file for the holder of an X25519 key."""
    file_key = os.urandom(16)
    return seal(content, age.wrap(file_key, recipient), file_key)


def unseal_by(sealed: bytes, secrets: Sequence[bytes]) -> bytes:
    """What a small age file for one of these X25519 secrets holds.  Raises NotEncrypted."""
    return unseal(sealed, lambda header: age.unwrap(header, secrets))
