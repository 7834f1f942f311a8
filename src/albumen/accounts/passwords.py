"""Passwords: Argon2id, and the same time spent whether or not the user exists."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from albumen.kernel.errors import Invalid

MIN_LENGTH = 8
MAX_LENGTH = 1024
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The Argon2id hash of a new password.  Raises Invalid where it is too short or too long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.", errors=[("password", "length")])
    return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether this is the password; a missing hash takes as long to refuse as a wrong password."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
