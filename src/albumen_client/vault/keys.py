"""The keys of a vault: what is derived from its roots, and the two key files that give the roots back."""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from albumen_client.vault import age, bech32, chunks, words
from albumen_client.vault.errors import NotEncrypted, WrongKey

PASS, RECOVERY = "pass.age", "recovery.age"
ROOT_BYTES = 32
_SECRET, _RECIPIENT = "age-secret-key-", "age"


@dataclass(frozen=True)
class Identity:
    """An X25519 key of age."""

    secret: bytes

    @classmethod
    def new(cls) -> Self:
        """One that nobody has."""
        return cls(os.urandom(32))

    @cached_property
    def public(self) -> bytes:
        """What others encrypt for."""
        return X25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    @cached_property
    def recipient(self) -> str:
        """The same as text: `age1…`."""
        return bech32.encode(_RECIPIENT, self.public)

    def __str__(self) -> str:
        """`AGE-SECRET-KEY-1…`."""
        return bech32.encode(_SECRET, self.secret).upper()

    def __repr__(self) -> str:
        return f"Identity({self.recipient})"


def recipient_bytes(text: str) -> bytes:
    """The public key in `age1…`.  Raises WrongKey."""
    try:
        content = bech32.decode(_RECIPIENT, text)
    except ValueError as error:
        raise WrongKey("This is not an age recipient.") from error
    if len(content) != 32:
        raise WrongKey("This is not an age recipient.")
    return content


class Root:
    """32 random bytes from which the keys of one epoch come: identity, names, macs."""

    def __init__(self, content: bytes) -> None:
        if len(content) != ROOT_BYTES:
            raise WrongKey("This is not a root of a vault.")
        self.content = content
        self.identity = Identity(age.derive(content, b"albumen vault identity"))
        self._names = age.derive(content, b"albumen vault names")
        self._macs = age.derive(content, b"albumen vault macs")

    @classmethod
    def new(cls) -> Self:
        """A new one."""
        return cls(os.urandom(ROOT_BYTES))

    def signature(self, sha256: bytes) -> str:
        """The name that content of this SHA-256 has at the host."""
        digest = hmac.digest(self._names, sha256, hashlib.sha256)
        return base64.b64encode(digest).decode().replace("/", "_")

    def mac(self, kind: bytes, *parts: bytes) -> str:
        """Base64 of an HMAC; every part but the last has a fixed length, so their borders are certain."""
        return base64.b64encode(hmac.digest(self._macs, kind + b"".join(parts), hashlib.sha256)).decode()

    def __repr__(self) -> str:
        return f"Root({self.identity.recipient})"


@dataclass(frozen=True)
class Keyring:
    """All roots of a vault, the oldest first; each rotation adds one, which everything later is made with."""

    vault: str
    roots: tuple[Root, ...]
    recovery: str
    """The recipient whose secret is the 24 words."""

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What opens anything of this vault, the newest first."""
        return tuple(root.identity.secret for root in reversed(self.roots))

    def with_root(self, root: Root) -> "Keyring":
        """One epoch more; the same where it is known."""
        if any(root.content == known.content for known in self.roots):
            return self
        return Keyring(self.vault, (*self.roots, root), self.recovery)


def identity_file(keyring: Keyring) -> bytes:
    """What the key files hold: an identity file of age, with the roots in its comments."""
    lines = [f"# albumen vault {keyring.vault}", f"# recovery {keyring.recovery}"]
    for root in keyring.roots:
        lines += [f"# root {base64.b64encode(root.content).decode()}", str(root.identity)]
    return ("\n".join(lines) + "\n").encode("ascii")


def read_identity_file(content: bytes, vault: str) -> Keyring:
    """The keys in one.  Raises NotEncrypted where it is of another vault or makes no sense."""
    text = content.decode("ascii", "replace")
    found = re.findall(r"^# root (\S+)$", text, re.MULTILINE)
    recovery = re.search(r"^# recovery (age1\S+)$", text, re.MULTILINE)
    if f"# albumen vault {vault}\n" not in text or not found or not recovery:
        raise NotEncrypted("key-file", "the key file is not one of this vault.")
    return Keyring(vault, tuple(Root(base64.b64decode(each)) for each in found), recovery[1])


def for_passphrase(keyring: Keyring, passphrase: str, factor: int = age.WORK_FACTOR) -> bytes:
    """`pass.age`."""
    file_key = os.urandom(16)
    return chunks.seal(identity_file(keyring), age.wrap_for_passphrase(file_key, passphrase, factor), file_key)


def by_passphrase(sealed: bytes, passphrase: str, vault: str) -> Keyring:
    """The keys in `pass.age`.  Raises WrongKey, NotEncrypted."""

    def file_key_of(header: age.Header) -> bytes:
        file_key = age.unwrap_by_passphrase(header, passphrase)
        if file_key is None:
            raise WrongKey("The passphrase is not right.")
        return file_key

    return read_identity_file(chunks.unseal(sealed, file_key_of), vault)


def for_words(keyring: Keyring) -> bytes:
    """`recovery.age`; making it takes no words."""
    return chunks.seal_for(identity_file(keyring), recipient_bytes(keyring.recovery))


def by_words(sealed: bytes, spelled: str, vault: str) -> Keyring:
    """The keys in `recovery.age`.  Raises WrongKey, NotEncrypted."""
    secret = words.from_words(spelled)
    try:
        return read_identity_file(chunks.unseal_by(sealed, [secret]), vault)
    except NotEncrypted as error:
        if error.code == "recipient":
            raise WrongKey("These words are not those of this vault.") from error
        raise


def create(vault: str) -> tuple[Keyring, str]:
    """New keys for a new vault, and the 24 words, which are nowhere else."""
    recovery = Identity.new()
    return Keyring(vault, (Root.new(),), recovery.recipient), words.to_words(recovery.secret)


def check_words(secrets: Sequence[bytes]) -> str:
    """Four words that two devices show, to see that nobody stands between them."""
    digest = hashlib.sha256(
        b"albumen vault check" + b"".join(hashlib.sha256(each).digest() for each in secrets)
    ).digest()
    number = int.from_bytes(digest[:6], "big")
    return " ".join(words.vocabulary()[number >> 11 * place & 2047] for place in range(4))
