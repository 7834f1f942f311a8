"""Signed links: who may see a thing hands out its address; whoever has the address gets just that, until it expires."""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from albumen.blobs.layout import Layout, What, key_for
from albumen.kernel.errors import Gone, NotFound

PREFIX = "/media/"
_WORD = 43
_MAC_BYTES = 24
_KEPT = 8192
_VARIANT = re.compile(r"[a-z0-9-]{1,32}")
_SIGNATURE = re.compile(r"[A-Za-z0-9+_]{43}=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one link lets its bearer read: one variant of one content, kept under one key.

    `signature` is the original's, also for a rendition.  `download_as` is the name to save it under; None shows it.
    """

    variant: str
    signature: str
    key: str
    mime: str
    expires_at: datetime
    audience: str = ""
    download_as: str | None = None


def rounded_expiry(now: datetime, lifetime: timedelta = timedelta(hours=1)) -> datetime:
    """The end of the period (on the grid of `lifetime`) after this one, so one to two lifetimes ahead.

    All links made within a period are equal, so that browsers find them in their cache.
    """
    seconds = int(lifetime.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // seconds + 2) * seconds, UTC)


class Signer:
    """Makes and reads links.  `keys` by their id; `current` signs, the others still verify."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        if any(len(key) < 32 for key in keys.values()) or not all(name.isalnum() for name in keys):
            raise ValueError("Link keys have at least 32 bytes, and ids of letters and digits.")
        self._keys = {name: bytes(key) for name, key in keys.items()}
        self._current, self._key = current, self._keys[current]
        self._signed = lru_cache(_KEPT)(self._sign)  # a thousand guests of one code are given the same links

    def sign(self, grant: Grant) -> str:
        """The link, path and query."""
        return self._signed(grant)

    def _sign(self, grant: Grant) -> str:
        if not _VARIANT.fullmatch(grant.variant) or not _SIGNATURE.fullmatch(grant.signature):
            raise ValueError("A link needs the name of a variant, and a signature.")
        place, extra = _place(grant)
        fields = [f"type={quote(grant.mime, safe='/')}", *extra]
        if grant.audience:
            fields.append(f"for={quote(grant.audience, safe='')}")
        if grant.download_as is not None:
            fields.append(f"name={quote(grant.download_as, safe='')}")
        fields += [f"by={self._current}", f"exp={int(grant.expires_at.timestamp())}"]
        signed = f"{PREFIX}{grant.variant}/{place}?{'&'.join(fields)}"
        return f"{signed}&sig={_mac(self._key, signed.encode())}"

    def verify(self, path: str, query: bytes, now: datetime) -> Grant:
        """The grant behind a link.  Raises NotFound where we did not make it, Gone where it has expired."""
        if not path.startswith(PREFIX):
            raise NotFound
        fields = self._checked(path, query)
        expires_at = _end_of(fields, now)
        variant, _, name = path[len(PREFIX) :].partition("/")
        signature = name[:_WORD].replace("-", "+") + "="
        return Grant(
            variant=variant,
            signature=signature,
            key=_key(fields.get(b"key"), variant, signature, name[_WORD:]),
            mime=unquote_to_bytes(fields[b"type"]).decode(),
            expires_at=expires_at,
            audience=unquote_to_bytes(fields.get(b"for", b"")).decode(),
            download_as=unquote_to_bytes(fields[b"name"]).decode() if b"name" in fields else None,
        )

    def sign_path(self, path: str, expires_at: datetime) -> str:
        """A link to a path of ASCII that speaks for itself; outside `PREFIX`, so that it is never taken for a grant."""
        if path.startswith(PREFIX) or not path.isascii():
            raise ValueError("Such a path is not signed.")
        signed = f"{path}?by={self._current}&exp={int(expires_at.timestamp())}"
        return f"{signed}&sig={_mac(self._key, signed.encode())}"

    def check_path(self, path: str, query: bytes, now: datetime) -> None:
        """Raises NotFound where we did not sign this path, Gone where its link has expired."""
        if path.startswith(PREFIX):
            raise NotFound
        _end_of(self._checked(path, query), now)

    def _checked(self, path: str, query: bytes) -> dict[bytes, bytes]:
        """The fields of a query that we signed."""
        signed, _, mac = query.rpartition(b"&sig=")
        fields = dict(field.partition(b"=")[::2] for field in signed.split(b"&"))
        key = self._keys.get(fields.get(b"by", b"").decode("latin-1"))
        message = path.encode(errors="surrogatepass") + b"?" + signed
        if key is None or not hmac.compare_digest(_mac(key, message).encode(), mac):
            raise NotFound
        return fields


def _end_of(fields: Mapping[bytes, bytes], now: datetime) -> datetime:
    expires_at = datetime.fromtimestamp(int(fields[b"exp"]), UTC)
    if now >= expires_at:
        raise Gone("This link has expired.")
    return expires_at


def _place(grant: Grant) -> tuple[str, list[str]]:
    """The last part of the path; and the key, where it is not the one that follows from the path."""
    word = grant.signature.removesuffix("=").replace("+", "-")
    _, found, extension = grant.key.partition(grant.signature)
    if found and _key(None, grant.variant, grant.signature, extension) == grant.key:
        return quote(word + extension), []
    return quote(word), [f"key={base64.urlsafe_b64encode(grant.key.encode()).decode().rstrip('=')}"]


def _key(coded: bytes | None, variant: str, signature: str, extension: str) -> str:
    if coded is not None:
        return base64.urlsafe_b64decode(coded + b"=" * (-len(coded) % 4)).decode()
    return key_for(Layout.signature, What(signature, variant, extension), lambda _: False)


def _mac(key: bytes, message: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, message, "sha256")[:_MAC_BYTES]).decode()
