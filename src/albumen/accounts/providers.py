"""The provider that users sign in at: what it says of itself, its keys, and what it answers (OpenID Connect).

What it says is kept for a while, so that a page does not wait for it.  It is asked nothing that its issuer did not
name, and no machine of the private network but the issuer's own.
"""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from albumen.accounts import tokens
from albumen.accounts.tokens import Claims, Expected, Key
from albumen.http import outgoing
from albumen.http.attempts import Attempts
from albumen.http.outgoing import Asked, Limits
from albumen.kernel.clock import Clock
from albumen.kernel.errors import Denied, Unavailable
from albumen.settings.signing import OidcSettings

LIMITS: Final = Limits(step_seconds=5.0, whole_seconds=10.0, most_bytes=1 << 18)
KEPT: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(seconds=10)
"""How long a provider that did not answer is not asked again, and how long keys are taken for the newest."""
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Metadata:
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    authorize: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    names_itself: bool
    takes_basic: bool
    read_at: datetime


@dataclass(frozen=True)
class Return:
    """Where a sign-in comes back to, with the code that was given and the secret (PKCE) that goes with it."""

    address: str
    code: str
    verifier: str


class Provider:
    """One provider, asked over the network; its answers are kept in this process.

    Failures there are counted by themselves: passwords go on working from an address whose provider is away.
    """

    def __init__(self, chosen: OidcSettings, clock: Clock) -> None:
        self.chosen = chosen
        self.attempts = Attempts(clock)
        self._clock, self._lock = clock, threading.Lock()
        self._metadata: Metadata | None = None
        self._keys: dict[str, Key] = {}
        self._keys_at: datetime | None = None
        self._silent_at: datetime | None = None

    def metadata(self) -> Metadata:
        """What it says of itself, at most an hour old.  Raises Unavailable."""
        with self._lock:
            now = self._clock()
            if self._metadata is None or now - self._metadata.read_at > KEPT:
                self._metadata = self._discovered(now)
            return self._metadata

    def _discovered(self, now: datetime) -> Metadata:
        if self._silent_at is not None and timedelta(0) <= now - self._silent_at < _AGAIN:
            raise Unavailable("The provider did not answer a moment ago.")
        try:
            address = f"{self.chosen.issuer.rstrip('/')}/.well-known/openid-configuration"
            made = self._read(self._ask(address, Asked("GET", {"Accept": "application/json"})), now)
        except (Unavailable, Denied) as error:
            self._silent_at = now
            raise Unavailable(error.detail) from error
        self._silent_at = None
        return made

    def _read(self, told: Mapping[str, Any], now: datetime) -> Metadata:
        """Raises Unavailable where it says what cannot be: so it cannot be signed in there until that is mended."""
        if told.get("issuer") != self.chosen.issuer:
            raise Unavailable("The provider calls itself otherwise than ALBUMEN_OIDC_ISSUER.")
        authorize, token = (self._address(told, f"{name}_endpoint") for name in ("authorization", "token"))
        keys = self._address(told, "jwks_uri")
        if not (authorize and token and keys):
            raise Unavailable("The provider does not say where to sign in.")
        ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Metadata(
            authorize=authorize,
            token=token,
            keys=keys,
            userinfo=self._address(told, "userinfo_endpoint"),
            end_session=self._address(told, "end_session_endpoint"),
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
            takes_basic=not isinstance(ways, list) or "client_secret_basic" in ways,
            read_at=now,
        )

    def _address(self, told: Mapping[str, Any], name: str) -> str:
        """An address that it names; empty where it is none that may be used."""
        value = told.get(name)
        if not isinstance(value, str) or not value.isascii() or any(c <= " " for c in value):
            return ""
        try:
            parts = urlsplit(value)
            is_usable = bool(parts.hostname) and parts.username is None and parts.port != 0 and not parts.fragment
        except ValueError:
            return ""
        return value if is_usable and (parts.scheme == "https" or self._is_own(value)) else ""

    def _is_own(self, address: str) -> bool:
        """Whether this is where the issuer itself is."""
        here, there = urlsplit(self.chosen.issuer), urlsplit(address)
        return (here.scheme, here.netloc) == (there.scheme, there.netloc)

    def _ask(self, address: str, asked: Asked) -> dict[str, Any]:
        """An object that is answered.  Raises Unavailable, and Denied where it is refused."""
        try:
            is_near = urlsplit(address).hostname == urlsplit(self.chosen.issuer).hostname
            to = outgoing.target(urlsplit(address), allows_private=is_near)
        except Denied as error:
            raise Unavailable("The provider names a private address.") from error
        status, body = outgoing.exchange(to, asked, LIMITS)
        if 400 <= status < 500:
            raise Denied("The provider refused what it was asked.")
        try:
            told = json.loads(body) if status == 200 else None
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise Unavailable("The provider's answer cannot be read.")
        return told

    def address(self, back: str, *, state: str, nonce: str, challenge: str) -> str:
        """Where a browser goes to sign in.  Raises Unavailable."""
        asked = {
            "response_type": "code",
            "client_id": self.chosen.client_id,
            "redirect_uri": back,
            "scope": " ".join(self.chosen.scopes.split()),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with_query(self.metadata().authorize, asked)

    def farewell(self, back: str) -> str:
        """Where a browser signs out there, too; empty where it cannot.  Raises Unavailable."""
        there = self.metadata().end_session
        asked = {"client_id": self.chosen.client_id, "post_logout_redirect_uri": back}
        return _with_query(there, asked) if there else ""

    def redeem(self, given: Return, nonce: str) -> Claims:
        """What it says of who has signed in.  Raises Denied, Unavailable."""
        there = self.metadata()
        answer = self._ask(there.token, self._exchange(there, given))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Denied("The provider gave no token.")
        expected = Expected(self.chosen.issuer, self.chosen.client_id, nonce, self._clock())
        claims = tokens.verified(token, self._key(there, tokens.name_of_key(token)), expected)
        return self._with_userinfo(there, claims, answer.get("access_token"))

    def _exchange(self, there: Metadata, given: Return) -> Asked:
        told = {"grant_type": "authorization_code", "code": given.code, "redirect_uri": given.address}
        told["code_verifier"] = given.verifier
        headers = {"Accept": "application/json", "Content-Type": _FORM}
        secret = self.chosen.client_secret.get_secret_value()
        if secret and there.takes_basic:
            pair = f"{quote(self.chosen.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            told |= {"client_id": self.chosen.client_id} | ({"client_secret": secret} if secret else {})
        return Asked("POST", headers, urlencode(told).encode())

    def _key(self, there: Metadata, name: str | None) -> Key:
        """The key of this name; where it is unknown, or the keys are old, they are read anew.  Raises Denied."""
        with self._lock:
            now = self._clock()
            age = KEPT if self._keys_at is None else now - self._keys_at
            found = self._named(name)
            if age >= KEPT or age < timedelta(0) or (found is None and age >= _AGAIN):
                self._keys = tokens.keys_of(self._ask(there.keys, Asked("GET", {"Accept": "application/json"})))
                self._keys_at, found = now, self._named(name)
        if found is None:
            raise Denied("The provider's token is signed by a key that it does not name.")
        return found

    def _named(self, name: str | None) -> Key | None:
        if name is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(name or "")

    def _with_userinfo(self, there: Metadata, claims: Claims, access: object) -> Claims:
        """The claims, and where some that count are not in the token: those that it tells when asked."""
        wanted = {"email"} | ({self.chosen.groups_claim} if self._wants_groups else set())
        is_usable = isinstance(access, str) and access.isascii() and access.isprintable()
        if wanted <= claims.keys() or not there.userinfo or not is_usable:
            return claims
        told = self._ask(there.userinfo, Asked("GET", {"Authorization": f"Bearer {access}"}))
        if told.get("sub") != claims["sub"]:
            raise Denied("The provider tells of somebody else.")
        if "email" in claims:  # one that was verified there may be another
            told = {name: value for name, value in told.items() if name != "email_verified"}
        return {**told, **claims}

    @property
    def _wants_groups(self) -> bool:
        return bool(self.chosen.admitted or self.chosen.keeping or self.chosen.given)


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
