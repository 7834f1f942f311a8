"""What a device keeps of a vault in its own folder: keys in a file only its owner may read, memory, spool.

The keys may lie in the keyring of the system instead; the file then says only that, and where the vault is.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from albumen_client.errors import ClientError
from albumen_client.vault import locker
from albumen_client.vault.errors import Absent
from albumen_client.vault.keys import Identity, Keyring, Root
from albumen_client.vault.syncing import put_in_place


@dataclass(frozen=True)
class Place:
    """Where a vault is: its host as the user gave it, its id, and the key that the host lets this device in by."""

    host: str
    vault: str
    key: str = ""


class KeyFile:
    """The keys of this device, in `keys.json`; replaced whole, and on the disk before anything rests on it."""

    def __init__(self, folder: Path, told: dict[str, Any]) -> None:
        self._path, self.is_in_keyring = folder / "keys.json", "secret" not in told
        if self.is_in_keyring:
            told = _joined(told, locker.get(told["device"]))
        self._told = told
        self.place = Place(**told["place"])
        self.device_id, self.name = told["device"], told["name"]
        self.identity = Identity(base64.b64decode(told["secret"]))
        roots = tuple(Root(base64.b64decode(each)) for each in told["roots"])
        self.keyring = Keyring(self.place.vault, roots, told["recovery"])

    @classmethod
    def create(cls, folder: Path, place: Place, name: str, known: tuple[Keyring, Identity]) -> "KeyFile":
        """The keys of a new device.  Raises ClientError where the folder has keys already."""
        keyring, identity = known
        told = {
            "place": asdict(place),
            "device": base64.urlsafe_b64encode(os.urandom(9)).decode(),
            "name": name,
            "secret": base64.b64encode(identity.secret).decode(),
            "roots": [base64.b64encode(root.content).decode() for root in keyring.roots],
            "recovery": keyring.recovery,
        }
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (folder / "keys.json").exists():
            raise ClientError(f"{folder} belongs to a vault already.")
        made = cls(folder, told)
        made.save()
        return made

    @classmethod
    def open(cls, folder: Path) -> "KeyFile":
        """The keys that are there.  Raises Absent."""
        try:
            return cls(folder, json.loads((folder / "keys.json").read_text()))
        except FileNotFoundError:
            raise Absent(f"{folder} belongs to no vault yet: see `create` and `unlock`.") from None

    def learn(self, root: Root) -> None:
        """Keep one root more, for good."""
        self.keyring = self.keyring.with_root(root)
        self.save()

    def save(self) -> None:
        """Write them."""
        roots = [base64.b64encode(root.content).decode() for root in self.keyring.roots]
        self._told |= {"roots": roots, "recovery": self.keyring.recovery}
        if self.is_in_keyring:
            locker.put(self.device_id, _secrets(self._told))
        self._write(_open(self._told) if self.is_in_keyring else self._told)

    def move(self, *, to_keyring: bool) -> None:
        """Keep the keys in the keyring of the system, or in the file again.  Raises ClientError."""
        was, self.is_in_keyring = self.is_in_keyring, to_keyring
        self.save()
        if was and not to_keyring:
            locker.drop(self.device_id)

    def _write(self, told: Mapping[str, Any]) -> None:
        part = self._path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(told, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(part, self._path)


def _secrets(told: Mapping[str, Any]) -> dict[str, Any]:
    """What nobody else may know."""
    return {"secret": told["secret"], "roots": told["roots"], "key": told["place"]["key"]}


def _open(told: Mapping[str, Any]) -> dict[str, Any]:
    """All the rest."""
    rest = {name: value for name, value in told.items() if name not in ("secret", "roots")}
    return {**rest, "place": {**told["place"], "key": ""}}


def _joined(told: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"secret": secrets["secret"], "roots": secrets["roots"]}
    return {**told, **kept, "place": {**told["place"], "key": secrets["key"]}}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have the folder for oneself.  Raises ClientError where another program has it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClientError("Another program works with this vault just now.") from None
        yield
