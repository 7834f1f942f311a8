"""What devices are asked as WebAuthn has it, and what they answer.

Apart from the rest, because its library takes six megabytes that most processes never need.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from albumen.accounts.models import Passkey, User
from albumen.kernel.errors import Invalid

_NAME: Final = "Albumen"
_VERIFIED: Final = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
)


@dataclass(frozen=True)
class Expected:
    """The site that asked, and what its question held."""

    host: str
    origin: str
    challenge: bytes


@dataclass(frozen=True)
class Made:
    """A new key of a device."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def asked_to_make(host: str, user: User, challenge: bytes, known: Sequence[Passkey]) -> dict[str, Any]:
    """What a device is asked that has none of these passkeys yet."""
    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name=_NAME,
        user_id=user.id.to_bytes(8, "big"),
        user_name=user.email or user.name,
        user_display_name=user.name,
        challenge=challenge,
        authenticator_selection=_VERIFIED,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def made(answer: str, expected: Expected) -> Made:
    """The key that a device made.  Raises Invalid."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=expected.challenge,
            expected_rp_id=expected.host,
            expected_origin=expected.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, RecursionError) as error:
        raise Invalid("The device did not make a passkey.") from error
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def asked_to_sign_in(host: str, challenge: bytes) -> dict[str, Any]:
    """What any device is asked that has a passkey for the site."""
    options = webauthn.generate_authentication_options(
        rp_id=host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def credential_of(answer: str) -> bytes:
    """Which key an answer says it is by.  Raises Invalid."""
    try:
        return webauthn.helpers.parse_authentication_credential_json(answer).raw_id
    except (WebAuthnException, ValueError, RecursionError) as error:
        raise Invalid("This is no answer of a device.") from error


def count_of(answer: str, expected: Expected, passkey: Passkey) -> int:
    """How often the key has signed, as an answer that is good tells.  Raises Invalid."""
    try:
        seen = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=expected.challenge,
            expected_rp_id=expected.host,
            expected_origin=expected.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, RecursionError) as error:
        raise Invalid("This answer is not by that passkey.") from error
    return seen.new_sign_count
