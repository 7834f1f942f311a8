"""The commands about devices: who has the keys, who gets them, who has them no longer."""

import json
import os
import shlex
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import segno
import typer

from albumen_client.errors import ClientError
from albumen_client.vault import devices, hosts, snapshots
from albumen_client.vault.asking import Home, Host, Key, complaints, new_passphrase, opened, unguarded
from albumen_client.vault.home import KeyFile, Place, alone
from albumen_client.vault.keys import Identity, Keyring
from albumen_client.vault.pull import pull
from albumen_client.vault.vault import Vault

device = typer.Typer(add_completion=False, no_args_is_help=True, help="Who has the keys.")

_ASKED = "invitation.json"


@contextmanager
def joining(home: Path, place: Place, known: tuple[Keyring, Identity], name: str) -> Iterator[Vault]:
    """The vault of a device that has just been given the keys; where it cannot join, all of that is forgotten."""
    memory = home / "memory.db"
    is_first = not memory.exists()
    KeyFile.create(home, place, name or socket.gethostname(), known)
    try:
        with unguarded(home) as made:
            yield made
    except BaseException:
        (home / "keys.json").unlink()
        if is_first:
            memory.unlink(missing_ok=True)
        raise


@device.command("list")
def list_devices(home: Home) -> None:
    """All devices that have, or had, the keys."""
    with complaints(), opened(home) as at:
        pull(at)
        for each in at.state.devices():
            mark = "revoked" if each.is_revoked else "this one" if each.device_id == at.holder.device_id else ""
            typer.echo(f"{each.device_id}  {each.name}  {mark}".rstrip())


@device.command()
def ask(home: Home) -> None:
    """On a new device: show what the old device is to be given."""
    with complaints(), alone(home):
        identity = Identity.new()
        with os.fdopen(os.open(home / _ASKED, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"secret": identity.secret.hex()}, file)
        segno.make(identity.recipient).terminal(compact=True)
        typer.echo(f"On a device that has the keys:  albumen vault device add {identity.recipient}")


@device.command()
def add(recipient: Annotated[str, typer.Argument(help="What the new device shows.")], home: Home) -> None:
    """On a device that has the keys: give them to a new one."""
    with complaints(), opened(home) as at:
        given = devices.welcome(at, recipient)
        host = shlex.quote(at.holder.place.host)  # type: ignore[attr-defined]  # a key file
        typer.echo(f"On the new device:  albumen vault device join {host} --vault {at.remote.vault}")
        typer.echo(f"and give it this:\n{given}")
        typer.echo(f"Both must show the same four words: {devices.check_words(at.holder.keyring, recipient)}")


@device.command()
def join(
    host: Host,
    home: Home,
    key: Key = "",
    vault_id: Annotated[str, typer.Option("--vault", help="Id of the vault.")] = "",
    given: Annotated[str, typer.Option(help="What the old device has shown.")] = "",
) -> None:
    """On a new device: take the keys that the old one gives."""
    with complaints(), alone(home):
        identity, at = _asked(home), hosts.place(host, vault_id, key)
        welcome = devices.accept(given or typer.prompt("What the old device shows"), identity)
        typer.echo(f"The old device must show: {devices.check_words(welcome.keyring, identity.recipient)}")
        typer.confirm("Are these the same four words?", abort=True)
        place = replace(at, vault=vault_id or welcome.keyring.vault)
        with hosts.connected(place) as remote:
            devices.expect(remote, welcome.head)
        with joining(home, place, (welcome.keyring, identity), "") as made:
            made.state.floor = welcome.head
            snapshots.begin(made)
            devices.join(made)
        (home / _ASKED).unlink()
        typer.echo("This device has the keys.")


def _asked(home: Path) -> Identity:
    """The key that this device has shown.  Raises ClientError where it has shown none."""
    try:
        return Identity(bytes.fromhex(json.loads((home / _ASKED).read_text())["secret"]))
    except FileNotFoundError:
        raise ClientError("Run `albumen vault device ask` first: what it shows is for the old device.") from None


@device.command()
def revoke(device_id: Annotated[str, typer.Argument(help="See `device list`.")], home: Home) -> None:
    """Make new keys for all that comes later.  What the device had, it keeps."""
    with complaints(), opened(home) as at:
        pull(at)
        devices.check(at, device_id)
        typer.echo("What that device has seen it may keep; it cannot open what is added from now on.")
        typer.echo("It may know the passphrase, so set another one.")
        devices.revoke(at, device_id, new_passphrase())
        typer.echo("The vault has new keys.  Take the device's key for the server away as well.")
