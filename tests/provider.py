"""A small provider of sign-ins for tests (OpenID Connect): a real HTTP server that signs with real keys."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

SECRET: Final = "only the two of us know"
CLIENT: Final = "albumen"
OLGA: Final = {"sub": "olga-1", "name": "Olga", "email": "olga@example.org", "email_verified": True}
MAKERS: Final[Mapping[str, Callable[[], Any]]] = {
    "RS256": lambda: RSAKey.generate_key(2048),
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}


class Quiet(JWSRegistry):
    """Signs with what a test says, without advice."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


class Provider:
    """What it says of itself, whom it knows and what it signs can be changed by a test at any time."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.says: dict[str, Any] = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/out",
            "authorization_response_iss_parameter_supported": True,
        }
        self.codes: dict[str, dict[str, str]] = {}
        self.user: dict[str, Any] = dict(OLGA)
        self.userinfo: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.asked: list[str] = []
        self.now: Callable[[], float] = time.time
        self.turn_keys(algorithm)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def turn_keys(self, algorithm: str = "") -> None:
        """Sign with a new key from now on."""
        self.algorithm: str = algorithm or self.algorithm
        self.key: Any = MAKERS[self.algorithm]()
        self.name = secrets.token_hex(4)
        self.published: dict[str, Any] = {**self.key.as_dict(private=False), "kid": self.name, "use": "sig"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def signed_in(self, address: str) -> dict[str, str]:
        """What a browser brings back that went to this address, where its user agreed."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.says["issuer"]}

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, Any] | None:
        """What a code is worth: nothing without the secret, the verifier and the address that belong to it."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        shown = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        name, _, secret = map(unquote, shown.partition(":"))
        is_ours = (name, secret) == (CLIENT, SECRET)
        if asked is None or not is_ours or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        if base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]:
            return None
        return {"id_token": self.signed(asked["nonce"]), "access_token": "let-me-see", "token_type": "Bearer"}

    def signed(self, nonce: str) -> str:
        now = int(self.now())
        plain = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {name: value for name, value in (plain | self.user | self.claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.name, **self.header}
        return jwt.encode(header, claims, self.key, registry=Quiet(algorithms=[header["alg"]]))


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            told: dict[str, dict[str, Any]] = {
                "/.well-known/openid-configuration": provider.says,
                "/keys": {"keys": [provider.published]},
                "/userinfo": provider.userinfo,
            }
            self._answer(told.get(self.path))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, told: Any) -> None:
            body = json.dumps(told or {"error": "no"}).encode()
            self.send_response(200 if told else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
