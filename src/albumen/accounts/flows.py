"""A browser's way to a provider and back: what it carries meanwhile, sealed, good once and for ten minutes."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from albumen.accounts import tickets
from albumen.accounts.providers import Provider, Return
from albumen.accounts.tokens import Claims
from albumen.app import App
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Denied, Gone
from albumen.kernel.seals import Seals, Unsealable
from albumen.unit import Unit

LASTS: Final = timedelta(minutes=10)
BACK: Final = "/login/oidc/done"
_PURPOSE: Final = "a way to the provider"


class Way(msgspec.Struct, frozen=True):
    """What was sent along, where the visitor was going, and whose account is to be linked (None: signing in)."""

    state: str
    nonce: str
    verifier: str
    wanted: str
    user_id: int | None
    ends: float


@dataclass(frozen=True)
class Answer:
    """With what a browser came back from the provider."""

    state: str
    code: str
    issuer: str
    error: str


def begin(app: App, provider: Provider, wanted: str, user_id: int | None = None) -> tuple[str, str]:
    """Where the browser goes, and what it is to keep meanwhile.  Raises Unavailable."""
    ends = (app.clock() + LASTS).timestamp()
    fresh = (secrets.token_urlsafe(32) for _ in range(3))
    way = Way(next(fresh), next(fresh), next(fresh), wanted[:2000], user_id, ends)
    digest = hashlib.sha256(way.verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    back = f"{app.settings.address}{BACK}"
    address = provider.address(back, state=way.state, nonce=way.nonce, challenge=challenge)
    return address, base64.urlsafe_b64encode(app.seals.seal(msgspec.json.encode(way), _PURPOSE)).decode()


def finish(app: App, provider: Provider, kept: str, answer: Answer) -> tuple[Way, Claims]:
    """Who came back.  Raises Gone where it was not this browser that set out, or long ago; Denied, Unavailable."""
    way = _opened(app.seals, kept)
    if not hmac.compare_digest(way.state.encode(), answer.state.encode(errors="replace")):
        raise Gone("This did not begin in this browser.")
    with app.writing(SYSTEM) as unit:
        is_first = way.ends > unit.now.timestamp() and tickets.spend(unit, way.state)
    if not is_first:
        raise Gone("This took too long, or was done before.")
    _check_sender(provider, answer)
    given = Return(f"{app.settings.address}{BACK}", answer.code, way.verifier)
    return way, provider.redeem(given, way.nonce)


def _opened(seals: Seals, kept: str) -> Way:
    try:
        return msgspec.json.decode(seals.open(base64.urlsafe_b64decode(kept.encode()), _PURPOSE), type=Way)
    except (ValueError, Unsealable, msgspec.DecodeError):
        raise Gone("This did not begin in this browser.") from None


def _check_sender(provider: Provider, answer: Answer) -> None:
    """Raises Denied for what another provider answers (RFC 9207), and for what is no sign-in."""
    must = provider.metadata().names_itself
    if (answer.issuer or must) and answer.issuer != provider.chosen.issuer:
        raise Denied("Another provider answered.")
    if answer.error or not answer.code:
        raise Denied("The provider did not sign you in.", code="not-signed-in")


def is_of(unit: Unit, way: Way) -> bool:
    """Whether a way on which an account is linked is walked by whom it belongs to."""
    return way.user_id is not None and way.user_id == unit.actor.user_id
