"""Ids: random 63-bit numbers inside, short base-36 words outside; and signatures, the names of content."""

import base64
import re
import secrets
from functools import lru_cache

from albumen.kernel.errors import NotFound

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_PUBLIC = re.compile(r"[0-9a-z]{1,13}")
_SIGNATURE = re.compile(r"[A-Za-z0-9+_-]{43}=")


def new_id() -> int:
    """A random id, 1 ≤ id < 2⁶³, safe as a signed 64-bit key."""
    return secrets.randbits(63) or 1


@lru_cache(maxsize=8192)  # a page names one library and a few folders a thousand times
def encode(number: int) -> str:
    """The public form of an id: base 36, lower case, at most 13 characters."""
    word = ""
    while number:
        number, digit = divmod(number, 36)
        word = _ALPHABET[digit] + word
    return word or "0"


def decode(word: str) -> int:
    """The id behind a public form.  Raises NotFound where no id can look like that."""
    number = int(word, 36) if _PUBLIC.fullmatch(word) else 0
    if not 0 < number < 1 << 63:
        raise NotFound
    return number


def signature(digest: bytes) -> str:
    """The name of content: base64 of its SHA-256 (32 bytes) with `/` written as `_`, 44 characters."""
    return base64.b64encode(digest).decode().replace("/", "_")


def digest(signature: str) -> bytes:
    """The SHA-256 behind a signature (`-` is read as `+`).  Raises NotFound where it is none."""
    if not _SIGNATURE.fullmatch(signature):
        raise NotFound
    return base64.b64decode(signature.replace("_", "/").replace("-", "+"))
