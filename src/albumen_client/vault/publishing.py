"""The commands of links: some photos for whoever is given an address."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import typer

from albumen_client.errors import ClientError
from albumen_client.vault import photos, sharing
from albumen_client.vault.asking import Home, complaints, opened
from albumen_client.vault.pull import pull
from albumen_client.vault.sharing import Bounds
from albumen_client.vault.vault import Vault

_Photos = Annotated[list[str], typer.Argument(help="File names, or the first letters of signatures.")]
_Name = Annotated[str, typer.Option(help="What visitors read above the photos.")]
_Days = Annotated[int, typer.Option(min=0, help="Days until it shows nothing any more; 0 for never.")]
_Views = Annotated[int, typer.Option(min=0, help="How often it can be opened; 0 for any number.")]
_Link = Annotated[str, typer.Argument(help="Its address, or the part of it behind /s/.")]


def chosen(vault: Vault, wanted: str) -> str:
    """The signature of the photo that is meant.  Raises ClientError where none is, or several are."""
    found = [asset.signature for asset in photos.find(vault, wanted)]
    if len(found) != 1:
        raise ClientError(
            f"There is no photo {wanted}." if not found else f"Several photos are called {wanted}: give the signature."
        )
    return found[0]


def share(wanted: _Photos, home: Home, name: _Name = "", days: _Days = 30, views: _Views = 0) -> None:
    """Publish photos under an address; its last part is their key, and never reaches the server."""
    with complaints(), opened(home) as at:
        pull(at)
        signatures = [chosen(at, each) for each in wanted]
        ends = datetime.now(UTC) + timedelta(days=days) if days else None
        typer.echo(sharing.share(at, signatures, name, Bounds(ends, views or None)))


def unshare(link: _Link, home: Home) -> None:
    """Take a link back.  What its visitors have saved, they keep."""
    with complaints(), opened(home) as at:
        link_id = urlsplit(link).path.rpartition("/")[2]
        if not link_id or not at.remote.drop_link(link_id):
            raise ClientError("There is no such link, or no longer.")
        typer.echo("The link shows nothing any more.")
