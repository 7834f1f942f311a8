"""What is kept so that it can be looked up, or shown again, by this installation only: under its secret."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
NAME_BYTES = 4
"""What a seal begins with: which secret it was made under."""


class Unsealable(Exception):
    """It was sealed under a secret that is not known here any more, or is damaged."""


class Seals:
    """Makes marks to look things up by, and seals.  The first secret makes them, the others are still understood."""

    def __init__(self, known: Sequence[bytes]) -> None:
        if not known or not all(known):
            raise ValueError("Seals need a secret.")
        self._mac_keys = [hmac.digest(secret, b"marks", hashlib.sha256) for secret in known]
        keys = [hmac.digest(secret, b"seals", hashlib.sha256) for secret in known]
        self._keys = {hashlib.sha256(key).digest()[:NAME_BYTES]: key for key in reversed(keys)}
        self.name = hashlib.sha256(keys[0]).digest()[:NAME_BYTES]

    @cached_property
    def _ciphers(self) -> "dict[bytes, AESGCM]":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 6 MB that not all servers need

        return {name: AESGCM(key) for name, key in self._keys.items()}

    def mark(self, purpose: str, content: str) -> bytes:
        """What this content is kept under, 32 bytes."""
        return self.marks(purpose, content)[0]

    def marks(self, purpose: str, content: str) -> list[bytes]:
        """What it may be kept under, the current first."""
        message = f"{purpose}\0{content}".encode(errors="replace")
        return [hmac.digest(key, message, hashlib.sha256) for key in self._mac_keys]

    def seal(self, content: bytes, purpose: str) -> bytes:
        """The content, so that only this installation can read it, and for this purpose only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self.name].encrypt(nonce, content, purpose.encode())
        return self.name + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed.  Raises Unsealable."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - likewise

        name, rest = sealed[:NAME_BYTES], sealed[NAME_BYTES:]
        if name not in self._keys:
            raise Unsealable
        try:
            return self._ciphers[name].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            raise Unsealable from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether it was sealed under the secret of today."""
        return sealed[:NAME_BYTES] == self.name
