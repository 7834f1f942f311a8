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
        self._hash, self.sha256 = Hash(), ""
        self.beginning = hashlib.sha256(header + nonce).hexdigest()
        self._put(header + nonce)

    def _put(self, content: bytes | memoryview) -> None:
        self._target.write(content)
        self._hash.update(content)
        self.size_bytes += len(content)

    def write(self, content: bytes | memoryview) -> None:
        """Encrypt more; the last chunk is held back until it is known not to be the last."""
        if not content:
            return
        if len(self._held) % CHUNK_BYTES:
            content, self._held = self._held + content, b""
        view = memoryview(content)
        whole = (len(view) - 1) // CHUNK_BYTES * CHUNK_BYTES
        chunks = [view[at : at + CHUNK_BYTES] for at in range(0, whole, CHUNK_BYTES)]
        self._seal([memoryview(self._held), *chunks] if self._held else chunks)
        self._held = bytes(view[whole:])

    def close(self) -> None:
        """Write the last chunk; `sha256` is then that of the ciphertext, in hex."""
        self._put(self._cipher.encrypt(_nonce(self._count, last=True), self._held, None))
        self.sha256 = self._hash.hexdigest()

    def _seal(self, chunks: Sequence[memoryview]) -> None:
        """Whole chunks, none of them the last, in one go."""
        if not chunks:
            return
        sealed = self._hash.room(len(chunks) * _SEALED_BYTES)
        for at, chunk in enumerate(chunks):
            target = sealed[at * _SEALED_BYTES : (at + 1) * _SEALED_BYTES]
            self._cipher.encrypt_into(_nonce(self._count + at, last=False), chunk, None, target)
        self._count += len(chunks)
        self._put(sealed)


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
        self._first, self._held = 0, memoryview(b"")
        self._last = bytes(self._opened_from(self._count - 1, 1))

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
        """As much of what follows as was fetched at once."""
        if self._at >= self.length:
            return 0
        first, held = self._around(self._at // CHUNK_BYTES)
        start = self._at - first * CHUNK_BYTES
        part = held[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _around(self, number: int) -> "tuple[int, bytes | memoryview]":
        """Chunks in the clear, this one among them, and the number of the first of them."""
        if number == self._count - 1:
            return number, self._last
        behind = self._first + -(-len(self._held) // CHUNK_BYTES)
        if not self._first <= number < behind:
            goes_on = number in (0, behind)
            count = min(_AHEAD_CHUNKS if goes_on else 2, self._count - number)
            self._first, self._held = number, self._opened_from(number, count)
        return self._first, self._held

    def _opened_from(self, first: int, count: int) -> memoryview:
        """Fetch and decrypt these chunks."""
        ends_last = first + count == self._count
        length = count * _SEALED_BYTES - (CHUNK_BYTES - self._last_bytes if ends_last else 0)
        sealed = memoryview(self._fetch(self._opened.starts + first * _SEALED_BYTES, length))
        if len(sealed) != length:
            raise NotEncrypted("truncated", "an encrypted file is cut.")
        clear = memoryview(bytearray(length - count * TAG_BYTES))
        for at in range(count):
            chunk = sealed[at * _SEALED_BYTES : (at + 1) * _SEALED_BYTES]
            self._open(first + at, chunk, clear[at * CHUNK_BYTES : (at + 1) * CHUNK_BYTES])
        return clear

    def _open(self, number: int, sealed: memoryview, target: memoryview) -> None:
        try:
            self._opened.cipher.decrypt_into(_nonce(number, last=number == self._count - 1), sealed, None, target)
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
