"""The commands of a vault: `albumen vault …`, and of use by themselves."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4

import typer

from albumen_client.errors import ClientError
from albumen_client.vault import collect, devices, exporting, following, hosts, keys, photos, previews, snapshots
from albumen_client.vault.asking import Home, Host, Key, complaints, new_passphrase, opened, passphrase, told, working
from albumen_client.vault.home import KeyFile, alone
from albumen_client.vault.joining import device, joining
from albumen_client.vault.keys import Identity
from albumen_client.vault.looking import photos_below
from albumen_client.vault.moving import pickery
from albumen_client.vault.publishing import share, unshare
from albumen_client.vault.pull import pull
from albumen_client.vault.push import Pushed, push
from albumen_client.vault.state import Asset
from albumen_client.vault.vault import Vault
from albumen_client.vault.verify import verify

vault = typer.Typer(add_completion=False, no_args_is_help=True, help="Photos that their host cannot read.")
vault.add_typer(device, name="device")
for _command in (pickery, share, unshare):
    vault.command()(_command)

_Id = Annotated[str, typer.Option("--vault", help="Id of the vault, where the host has several, or is a bucket.")]
_Name = Annotated[str, typer.Option(help="What this device is called.")]
_Photo = Annotated[str, typer.Argument(help="File name, or the first letters of the signature.")]
_Free = Annotated[bool, typer.Option("--free", help="Delete here what was sent and read back.")]
_Words = Annotated[bool, typer.Option("--words", help="Open it by the 24 words, not by the passphrase.")]
_Deleted = Annotated[bool, typer.Option("--deleted", help="Those that can be restored.")]
_MOST_SECONDS = 7 * 86400
_Every = Annotated[
    float, typer.Option(min=0, max=_MOST_SECONDS, help="Go on, and look again after so many seconds; 0 for once.")
]
_Synced = Annotated[Path, typer.Argument(help="The folder that is kept like the vault.", file_okay=False, exists=True)]
_Copy = Annotated[Path, typer.Argument(help="Folder for the copy, made at need.", file_okay=False)]
_To = Annotated[Path, typer.Option(help="Folder, made at need.", file_okay=False)]
_Paths = Annotated[list[Path], typer.Argument(help="Photos, videos, or folders of them.", exists=True)]


def one(opened_vault: Vault, wanted: str) -> Asset:
    """The photo that is meant.  Raises ClientError where none is, or several are."""
    found = list(photos.find(opened_vault, wanted))
    if len(found) != 1:
        raise ClientError(
            "There is no such photo." if not found else "Several photos are called so: give the signature."
        )
    return found[0]


def say(pushed: Pushed) -> None:
    """What could not be done."""
    for notice in pushed.notices:
        typer.echo(notice, err=True)


@vault.command()
def create(host: Host, home: Home, key: Key = "", name: _Name = "") -> None:
    """Make a vault, with this device as its first."""
    with complaints(), alone(home):
        place = hosts.place(host, str(uuid4()), key)
        secret = new_passphrase()
        keyring, words = keys.create(place.vault)
        hosts.make(place)
        with joining(home, place, (keyring, Identity.new()), name) as made:
            devices.found(made, secret)
        typer.echo("These 24 words open the vault if the passphrase is lost.  Write them down; they are shown once:\n")
        typer.echo(f"{words}\n\nVault {place.vault} is ready: {hosts.where(place)}")


@vault.command()
def unlock(host: Host, home: Home, key: Key = "", vault_id: _Id = "", *, words: _Words = False) -> None:
    """Give this device the keys: by the passphrase, or by the 24 words.  `device join` takes them from another."""
    with complaints(), alone(home):
        given = hosts.place(host, vault_id, key)
        place = replace(given, vault=hosts.only_one(given))
        with hosts.connected(place) as remote:
            if words:
                keyring = devices.by_words(remote, typer.prompt("The 24 words", hide_input=True))
            else:
                keyring = devices.by_passphrase(remote, passphrase())
        with joining(home, place, (keyring, Identity.new()), "") as made:
            snapshots.begin(made)
            devices.join(made)
        typer.echo("This device has the keys.")


@vault.command()
def status(home: Home) -> None:
    """What is there, what waits to be sent, and what is odd."""
    with complaints(), opened(home) as at:
        pull(at)
        there = [each for each in at.state.assets() if each.is_live]
        usage, waiting = at.remote.usage(), len(at.outbox.intents())
        typer.echo(f"{len(there)} photos, {usage.used_bytes / 1e6:.1f} MB at the host, {waiting} changes wait")
        for warning in devices.warnings(at):
            typer.echo(warning, err=True)


@vault.command()
def add(paths: _Paths, home: Home, *, free: _Free = False) -> None:
    """Put photos in."""
    with complaints(), opened(home) as at, working() as work:
        groups = list(following.grouped(photos_below(paths)))
        seen = {path: following.look_of(path) for paths_of in groups for path in paths_of}
        added = {paths: following.add(at, paths) for paths in work.each(groups, "Encrypting")}
        say(push(at, work.telling))
        for paths_of, signature in work.each(list(added.items()), "Checking") if free else ():
            for resource in photos.live(at, signature).record.originals:
                photos.check(at, resource)
            for path in following.free(paths_of, seen):
                typer.echo(f"{path} was changed meanwhile and stays here; add it again.", err=True)
        typer.echo(f"{len(set(added.values()))} photos are in the vault.")


@vault.command("ls")
def list_photos(home: Home, *, deleted: _Deleted = False) -> None:
    """List the photos."""
    with complaints(), opened(home) as at:
        pull(at)
        for asset in at.state.assets():
            if asset.is_live is not deleted:
                typer.echo(told(asset))


@vault.command()
def get(photo: _Photo, home: Home, to: _To = Path()) -> None:
    """Have a photo's files here, checked."""
    with complaints(), opened(home) as at, working() as work:
        pull(at)
        found = one(at, photo)
        to.mkdir(parents=True, exist_ok=True)
        for resource in found.record.originals:
            path = following.free_path(to, resource.file_name)
            photos.save(at, resource, path, work.bytes_of(path.name, resource.size_bytes))
            typer.echo(str(path))


@vault.command("previews")
def add_previews(home: Home) -> None:
    """Add previews where the device that added a photo could not read it, as browsers cannot read HEIC."""
    with complaints(), opened(home) as at, working() as work:
        pull(at)
        added = [previews.add(at, each) for each in work.each(list(previews.wanting(at)), "Looking")]
        say(push(at, work.telling))
        typer.echo(f"{sum(added)} photos have a preview now; {added.count(False)} cannot be read here.")


@vault.command("rm")
def remove(photo: _Photo, home: Home) -> None:
    """Delete a photo; it can be restored for 30 days."""
    with complaints(), opened(home) as at:
        pull(at)
        photos.delete(at, one(at, photo).signature)
        say(push(at))


@vault.command()
def restore(signature: Annotated[str, typer.Argument(help="Signature, see `ls --deleted`.")], home: Home) -> None:
    """Have a deleted photo back."""
    with complaints(), opened(home) as at:
        pull(at)
        found = [each.signature for each in at.state.assets() if each.signature.startswith(signature)]
        photos.restore(at, found[0] if len(found) == 1 else signature)
        say(push(at))


@vault.command("verify")
def verify_all(home: Home) -> None:
    """Check the log, every record, and every file by reading it back."""
    with complaints(), opened(home) as at, working() as work:
        count = sum(1 for _ in work.each(verify(at), "Reading back"))
        typer.echo(f"{count} files are as they were put in.")


@vault.command()
def sync(folder: _Synced, home: Home, every: _Every = 0) -> None:
    """Keep a folder and the vault alike, both ways."""
    with complaints():
        while True:
            with opened(home) as at, working() as work:
                done = following.sync(at, folder, typer.echo, work.telling)
            typer.echo(
                f"{done.added} added, {done.brought} brought, "
                f"{done.deleted_there} deleted in the vault, {done.deleted_here} deleted here"
            )
            if not every:
                return
            time.sleep(every)


@vault.command()
def gc(home: Home) -> None:
    """Take back the room of what was deleted over 30 days ago."""
    with complaints(), opened(home) as at:
        typer.echo(f"{collect.collect(at)} encrypted files are gone for good.")
        snapshots.take_if_due(at)


@vault.command("keys")
def move_keys(
    home: Home,
    *,
    to: Annotated[Literal["keyring", "file"], typer.Option(help="The keyring of this system, or a file.")],
) -> None:
    """Keep this device's keys in the keyring of the system, or in a file that only its owner may read."""
    with complaints(), alone(home):
        KeyFile.open(home).move(to_keyring=to == "keyring")
        typer.echo(f"The keys of this device are in the {'keyring of this system' if to == 'keyring' else 'file'} now.")


@vault.command("passphrase")
def change_passphrase(home: Home) -> None:
    """Set another passphrase."""
    with complaints(), opened(home) as at:
        devices.change_passphrase(at, new_passphrase())
        typer.echo("The passphrase is changed.")


@vault.command()
def recovery(home: Home) -> None:
    """Make new 24 words; the old ones open the vault no longer."""
    with complaints(), opened(home) as at:
        typer.echo(devices.change_words(at, passphrase()))


@vault.command()
def export(to: _Copy, home: Home) -> None:
    """Copy everything to a folder, still encrypted, with what gets it back by stock programs."""
    with complaints(), opened(home) as at, working() as work:
        pull(at)
        count = exporting.export(at, to, work.counting("Copying"))
        typer.echo(f"{count} encrypted files; how to open them is said in recover.sh.")
