"""What reads the keys and signatures of a provider: in a module of its own, as it takes long to load."""

from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")

type Key = RSAKey | ECKey | OKPKey


class _Registry(JWSRegistry):
    """The algorithms above and no others; headers may hold more than is needed, such as certificates."""

    max_header_length = 8192

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """Without the library's warning that `EdDSA` has got another name: providers use the old one."""
        return self.algorithms[name] if name in ALGORITHMS else super().get_alg(name)


_REGISTRY: Final = _Registry()


def key(told: dict[str, Any]) -> Key | None:
    """A key of a set (RFC 7517); None where it is none of those above."""
    try:
        found = JWKRegistry.import_key(told)
    except (JoseError, ValueError, TypeError):
        return None
    return found if isinstance(found, RSAKey | ECKey | OKPKey) else None


def signed(token: str, by: Key) -> dict[str, Any] | None:
    """What a token says, where this key has signed it."""
    try:
        return jwt.decode(token, by, registry=_REGISTRY).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
