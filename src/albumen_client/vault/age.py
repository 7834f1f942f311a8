"""The header of an age v1 file (C2SP), read more strictly than need be, and its two ways to wrap a file key."""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from albumen_client.vault.errors import NotEncrypted

HEADER_BYTES = 4096
"""A header of ours has 200 bytes; what is longer than this is refused."""
WORK_FACTOR, LARGEST_WORK_FACTOR = 18, 20
"""Memory is 2^factor KiB: 256 MiB to write, at most 1 GiB to read."""
_VERSION = b"age-encryption.org/v1"
_X25519 = b"age-encryption.org/v1/X25519"
_SCRYPT = b"age-encryption.org/v1/scrypt"
_NO_NONCE = bytes(12)
_WORD = re.compile(rb"[\x21-\x7e]+")


@dataclass(frozen=True)
class Stanza:
    """One way to the file key: its words and its body."""

    words: tuple[bytes, ...]
    body: bytes


@dataclass(frozen=True)
class Header:
    """The parts of a header; `signed` is what the MAC is about, `size_bytes` is how long all of it is."""

    stanzas: tuple[Stanza, ...]
    signed: bytes
    mac: bytes
    size_bytes: int

    def check(self, file_key: bytes) -> bytes:
        """The file key itself.  Raises NotEncrypted where it does not belong to this header."""
        if not hmac.compare_digest(mac(file_key, self.signed), self.mac):
            raise NotEncrypted("header", "the beginning of an encrypted file was changed.")
        return file_key


def derive(secret: bytes, label: bytes, salt: bytes = b"") -> bytes:
    """32 bytes by HKDF-SHA-256."""
    return HKDF(SHA256(), 32, salt, label).derive(secret)


def read_header(content: bytes) -> Header:
    """The header that `content` begins with.  Raises NotEncrypted."""
    end = content.find(b"\n--- ", 0, HEADER_BYTES)
    if not content.startswith(_VERSION + b"\n") or end < 0:
        raise NotEncrypted("format", "a file is not encrypted in the way that this vault uses.")
    mac_ends = content.find(b"\n", end + 5)
    if mac_ends < 0 or mac_ends > HEADER_BYTES:
        raise NotEncrypted("header", "the beginning of an encrypted file is cut.")
    given = _unbase64(content[end + 5 : mac_ends])
    stanzas = _stanzas(content[len(_VERSION) + 1 : end].split(b"\n"))
    if len(given) != 32 or not stanzas:
        raise NotEncrypted("header", "the beginning of an encrypted file is not whole.")
    return Header(stanzas, content[: end + 4], given, mac_ends + 1)


def _stanzas(lines: Sequence[bytes]) -> tuple[Stanza, ...]:
    found, at = [], 0
    while at < len(lines):
        words = lines[at].split(b" ")
        if words[0] != b"->" or len(words) < 2 or not all(_WORD.fullmatch(word) for word in words[1:]):
            raise NotEncrypted("header", "the beginning of an encrypted file is not well formed.")
        at, body = at + 1, b""
        while True:
            if at == len(lines) or len(lines[at]) > 64:
                raise NotEncrypted("header", "the beginning of an encrypted file is not well formed.")
            body, at = body + lines[at], at + 1
            if len(lines[at - 1]) < 64:
                break
        found.append(Stanza(tuple(words[1:]), _unbase64(body)))
    return tuple(found)


def _base64(content: bytes) -> bytes:
    return base64.b64encode(content).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    """Only the one canonical spelling, without padding, is taken."""
    content = _lenient(text)
    if content is None or _base64(content) != text:
        raise NotEncrypted("header", "the beginning of an encrypted file is not well formed.")
    return content


def _lenient(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None


def mac(file_key: bytes, signed: bytes) -> bytes:
    """What a header ends with."""
    return hmac.digest(derive(file_key, b"header"), signed, hashlib.sha256)


def _header(stanza: Stanza, file_key: bytes) -> bytes:
    body = _base64(stanza.body)
    lines = b"".join(body[at : at + 64] + b"\n" for at in range(0, len(body) + 1, 64))
    signed = _VERSION + b"\n-> " + b" ".join(stanza.words) + b"\n" + lines + b"---"
    return signed + b" " + _base64(mac(file_key, signed)) + b"\n"


def wrap(file_key: bytes, recipient: bytes) -> bytes:
    """A header for the holder of an X25519 key."""
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    key = derive(shared, _X25519, share + recipient)
    body = ChaCha20Poly1305(key).encrypt(_NO_NONCE, file_key, None)
    return _header(Stanza((b"X25519", _base64(share)), body), file_key)


def unwrap(header: Header, secrets: Sequence[bytes]) -> bytes:
    """The file key, by one of these X25519 secrets.  Raises NotEncrypted, also where there is a second recipient."""
    if len(header.stanzas) != 1 or header.stanzas[0].words[0] != b"X25519":
        raise NotEncrypted("recipient", "a file was also encrypted for somebody else, or in another way.")
    return find_key(header, secrets)


def find_key(header: Header, secrets: Sequence[bytes]) -> bytes:
    """The same for any age file: other recipients are passed over."""
    wraps = [_x25519(stanza) for stanza in header.stanzas if stanza.words[0] == b"X25519"]
    if any(stanza.words[0] == b"scrypt" for stanza in header.stanzas):
        raise NotEncrypted("recipient", "a file was encrypted with a passphrase instead of the keys.")
    for share, body in wraps:
        for secret in secrets:
            if file_key := _unwrap(secret, share, body):
                return header.check(file_key)
    raise NotEncrypted("recipient", "a file was not encrypted for this vault.")


def _x25519(stanza: Stanza) -> tuple[bytes, bytes]:
    share = _unbase64(stanza.words[1]) if len(stanza.words) == 2 else b""
    if len(share) != 32 or len(stanza.body) != 32:
        raise NotEncrypted("header", "the beginning of an encrypted file is not well formed.")
    return share, stanza.body


@lru_cache(64)
def _private(secret: bytes) -> tuple[X25519PrivateKey, bytes]:
    key = X25519PrivateKey.from_private_bytes(secret)
    return key, key.public_key().public_bytes_raw()


def _unwrap(secret: bytes, share: bytes, body: bytes) -> bytes | None:
    mine, public = _private(secret)
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(share))
        key = derive(shared, _X25519, share + public)
        return ChaCha20Poly1305(key).decrypt(_NO_NONCE, body, None)
    except (InvalidTag, ValueError):
        return None


def wrap_for_passphrase(file_key: bytes, passphrase: str, factor: int = WORK_FACTOR) -> bytes:
    """A header for who knows a passphrase."""
    salt = os.urandom(16)
    body = ChaCha20Poly1305(_stretched(passphrase, salt, factor)).encrypt(_NO_NONCE, file_key, None)
    return _header(Stanza((b"scrypt", _base64(salt), str(factor).encode()), body), file_key)


def unwrap_by_passphrase(header: Header, passphrase: str) -> bytes | None:
    """The file key, or None where this is not the passphrase.  Raises NotEncrypted before a costly attempt."""
    [stanza, *others] = header.stanzas
    if others or stanza.words[0] != b"scrypt" or len(stanza.words) != 3:
        raise NotEncrypted("recipient", "the key file is not encrypted with a passphrase alone.")
    salt, factor = _unbase64(stanza.words[1]), stanza.words[2]
    if len(salt) != 16 or len(stanza.body) != 32 or not re.fullmatch(rb"[1-9][0-9]{0,2}", factor):
        raise NotEncrypted("header", "the key file is not well formed.")
    if int(factor) > LARGEST_WORK_FACTOR:
        raise NotEncrypted("work-factor", "the key file asks for so much memory that it would stop this device.")
    try:
        key = _stretched(passphrase, salt, int(factor))
        return header.check(ChaCha20Poly1305(key).decrypt(_NO_NONCE, stanza.body, None))
    except InvalidTag:
        return None


def _stretched(passphrase: str, salt: bytes, factor: int) -> bytes:
    memory = (1 << factor) * 1024 + (1 << 20)
    return hashlib.scrypt(passphrase.encode(), salt=_SCRYPT + salt, n=1 << factor, r=8, p=1, maxmem=memory, dklen=32)
