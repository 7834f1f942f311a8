"""Vaults as their devices speak to the server: blobs, events and heads, over HTTP."""

import base64
import hashlib
import os
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from httpx2 import Response
from tests.installation import Caller

START = {"n": 0, "sha256": "0" * 64}


def named(letter: str) -> str:
    """A signature: 44 characters, here all alike."""
    return letter * 43 + "="


def digest_header(content: bytes) -> dict[str, str]:
    """What says which bytes are to come."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {"Repr-Digest": f"sha-256=:{digest}:", "Content-Type": "application/octet-stream"}


def as_named(content: bytes, letter: str) -> dict[str, Any]:
    """A blob as an event names it."""
    return {"signature": named(letter), "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@dataclass
class Vault:
    """A new vault of a caller's."""

    by: Caller
    name: str = field(default_factory=lambda: str(uuid4()))

    def __post_init__(self) -> None:
        made = self.by.post("/vaults", json={"vaultId": self.name})
        assert made.status_code == 201, made.text

    @property
    def path(self) -> str:
        """Its path."""
        return f"/vaults/{self.name}"

    def as_seen(self, by: Caller) -> "Vault":
        """The same vault, as another caller speaks of it."""
        other = object.__new__(Vault)
        other.by, other.name = by, self.name
        return other

    def put(self, content: bytes, letter: str = "a", **headers: str) -> Response:
        """Store a blob."""
        path = f"{self.path}/blobs/{named(letter)}"
        return self.by.call("PUT", path, content=content, headers={**digest_header(content), **headers})

    def filled(self, size: int = 1000, letter: str = "a") -> bytes:
        """A blob of random bytes that was stored."""
        content = os.urandom(size)
        assert self.put(content, letter).status_code == 201
        return content

    def append(self, event: str, after: dict[str, Any] | None = None, **form: Any) -> Response:
        """Append an event, after the head that is now or another."""
        head = after or self.head()
        headers = {"If-Match": f'"{head["n"]}-{head["sha256"]}"'}
        return self.by.post(f"{self.path}/log", json={"event": event, **form}, headers=headers)

    def head(self) -> dict[str, Any]:
        """Where its log ends."""
        return dict(self.seen()["head"])

    def seen(self) -> dict[str, Any]:
        """What the server tells of it."""
        answer = self.by.get(self.path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def device(self, label: str = "sealed") -> tuple[str, Caller]:
        """A device that was let in: its id, and how it calls."""
        made = self.by.post(f"{self.path}/devices", json={"label": label})
        assert made.status_code == 201, made.text
        told = made.json()
        return told["deviceId"], Caller(self.by.client, {"Authorization": f"Bearer {told['token']}"})
