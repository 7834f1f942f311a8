"""What a provider signs about who signs in (OpenID Connect Core 1.0): its keys, and what a token must say."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from albumen.kernel.errors import Denied

if TYPE_CHECKING:
    from albumen.accounts import signatures

_KINDS: Final = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
_CURVES: Final = {"RSA": None, "EC": "P-256", "OKP": "Ed25519"}
_LEAST_RSA_BITS: Final = 2048
_MOST_KEYS: Final = 40
_DRIFT: Final = 60
"""How many seconds the provider's clock may be off."""
_MOST_CHARACTERS: Final = 255

type Key = signatures.Key
type Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Expected:
    """What a token must say: who made it, for whom, and for which sign-in."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime


def keys_of(told: Any) -> dict[str, Key]:
    """The keys of a set (RFC 7517) that sign as it is taken here, by name; others are passed over."""
    listed = told.get("keys") if isinstance(told, dict) else None
    found: dict[str, Key] = {}
    for each in listed[:_MOST_KEYS] if isinstance(listed, list) else ():
        key = _key(each) if isinstance(each, dict) else None
        if key is not None:
            found[str(each.get("kid", ""))] = key
    return found


def _key(told: dict[str, Any]) -> Key | None:
    kind = str(told.get("kty"))
    is_ours = kind in _KINDS and told.get("crv") == _CURVES[kind] and told.get("use", "sig") == "sig"
    if not is_ours or told.get("alg", _KINDS[kind]) != _KINDS[kind]:
        return None
    if kind == "RSA" and _bits(str(told.get("n", ""))) < _LEAST_RSA_BITS:
        return None
    from albumen.accounts import signatures  # noqa: PLC0415 - 30 ms and 3 MB that only sign-ins at a provider need

    return signatures.key(told)


def _bits(text: str) -> int:
    try:
        return int.from_bytes(_decoded(text), "big").bit_length()
    except (ValueError, binascii.Error):
        return 0


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def name_of_key(token: str) -> str | None:
    """The name of the key that a token says it was signed by; None where it names none.  Raises Denied."""
    try:
        header = json.loads(_decoded(token.partition(".")[0]))
    except (ValueError, RecursionError) as error:
        raise Denied("The provider's token cannot be read.") from error
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None


def verified(token: str, key: Key, expected: Expected) -> Claims:
    """What a token says, once this key is known to have signed it, for us, and for this sign-in.  Raises Denied."""
    from albumen.accounts import signatures  # noqa: PLC0415 - likewise

    claims = signatures.signed(token, key)
    if claims is None:
        raise Denied("The provider's token is not signed as it must be.")
    wrong = next((name for name, is_right in _checked(claims, expected) if not is_right), None)
    if wrong is not None:
        raise Denied(f"The provider's token is not for this sign-in ({wrong}).")
    return claims


def _checked(claims: Claims, expected: Expected) -> list[tuple[str, bool]]:
    now, audience = expected.now.timestamp(), claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", expected.client_id if len(meant) == 1 else None)
    subject = claims.get("sub")
    return [
        ("iss", claims.get("iss") == expected.issuer),
        ("aud", expected.client_id in meant),
        ("azp", party == expected.client_id),
        ("exp", _moment(claims, "exp", 0) > now - _DRIFT),
        ("iat", 0 < _moment(claims, "iat", 0) <= now + _DRIFT),
        ("nbf", _moment(claims, "nbf", now) <= now + _DRIFT),
        ("nonce", claims.get("nonce") == expected.nonce),
        ("sub", isinstance(subject, str) and 0 < len(subject) <= _MOST_CHARACTERS),
    ]


def _moment(claims: Claims, name: str, missing: float) -> float:
    """A time among the claims; 0 where it is none."""
    told = claims.get(name, missing)
    return told if isinstance(told, int | float) and not isinstance(told, bool) else 0
