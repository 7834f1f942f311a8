"""Devices that share a vault on one host, for tests."""

import io
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from albumen_client.vault import photos
from albumen_client.vault.keys import Identity, Keyring, Root
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.push import push
from albumen_client.vault.records import Resource
from albumen_client.vault.remote import Remote
from albumen_client.vault.sealing import Plain
from albumen_client.vault.state import State
from albumen_client.vault.vault import Vault, now

SECRET = "eight words are better than these"
VAULT = "7c0c3a54-2f6e-4c57-9d5b-2f4f6f9a1b11"


@dataclass
class Pocket:
    """Keys that are kept in memory."""

    keyring: Keyring
    device_id: str
    name: str = "a device"
    identity: Identity = field(default_factory=Identity.new)

    def learn(self, root: Root) -> None:
        self.keyring = self.keyring.with_root(root)


@dataclass
class Household:
    """One host, and as many devices as are wanted."""

    folder: Path
    host: MemoryRemote = field(default_factory=lambda: MemoryRemote(VAULT))
    keyring: Keyring = field(default_factory=lambda: Keyring(VAULT, (Root.new(),), Identity.new().recipient))
    count: int = 0

    def device(self, remote: Remote | None = None, clock: "object" = now) -> Vault:
        self.count += 1
        spool = self.folder / f"spool-{self.count}"
        spool.mkdir()
        pocket = Pocket(self.keyring, f"device-{self.count}", f"device {self.count}")
        return Vault(remote or self.host, State(":memory:"), pocket, spool, clock)  # type: ignore[arg-type]  # it is one


def add(vault: Vault, content: bytes | None = None, name: str = "IMG.jpg") -> str:
    """One photo more, noted and told."""
    made = os.urandom(3000) if content is None else content
    signature = photos.add(vault, [Plain(io.BytesIO(made), "photo", name)])
    push(vault)
    return signature


def resource_of(vault: Vault, signature: str) -> Resource:
    asset = vault.state.asset(signature)
    assert asset is not None
    return asset.record.resources[0]


def content_of(vault: Vault, signature: str) -> bytes:
    target = io.BytesIO()
    photos.copy_out(vault, resource_of(vault, signature), target)
    return target.getvalue()


def swap_row(host: MemoryRemote, n: int, **other: object) -> None:
    """Have the host show another row with event `n`."""
    entry = host.entries[n - 1]
    assert entry.row is not None
    host.entries[n - 1] = replace(entry, row=replace(entry.row, **other))  # type: ignore[arg-type]  # a field of it
