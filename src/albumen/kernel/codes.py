"""Access codes as people read them out, type and print them: eight characters of Crockford's base 32, 40 bits."""

import re
import secrets

LENGTH = 8
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def new_code() -> str:
    """A code that nobody can foretell."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def new_token() -> str:
    """What a QR link carries instead: 128 bits, too many to guess."""
    return secrets.token_urlsafe(16)


def parse(told: str) -> str | None:
    """The code that somebody typed: without case, hyphens and spaces, `O` read as 0, `I` and `L` as 1.

    None where it can be none.
    """
    plain = _BETWEEN.sub("", told).upper().translate(_READ_AS)
    return plain if len(plain) == LENGTH and all(letter in _ALPHABET for letter in plain) else None


def show(code: str) -> str:
    """A code as it is written: `ABCD-EFGH`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def is_token(told: str) -> bool:
    """Whether this looks like what a QR link carries."""
    return _TOKEN.fullmatch(told) is not None
