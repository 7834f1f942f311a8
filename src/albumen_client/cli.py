"""Commands that talk to a server over the network; mounted by `albumen`, and of use by themselves."""

import sys
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from albumen_client.client import Client
from albumen_client.errors import ClientError
from albumen_client.mirror import Mirror, Outcome

mirroring = typer.Typer(add_completion=False)

_Library = Annotated[str, typer.Argument(help="Id or name of the library.")]
_Folder = Annotated[Path, typer.Argument(help="Local folder, made at need.")]
_Address = Annotated[
    str, typer.Option(help="Address of the server, such as https://photos.example.", envvar="ALBUMEN_ADDRESS")
]
_Key = Annotated[str, typer.Option(help="Personal key; better given as ALBUMEN_KEY.", envvar="ALBUMEN_KEY")]
_HERE = "http://localhost:5000"
_Watch = Annotated[bool, typer.Option("--watch/--once", help="Go on following the library.")]


@mirroring.command()
def mirror(library: _Library, folder: _Folder, key: _Key, address: _Address = _HERE, *, watch: _Watch = False) -> None:
    """Keep a local copy of a library.  What was not put there by the mirror stays as it is."""
    try:
        with Client(address, key=key) as client, Mirror(client, find(client, library), folder) as mirrored:
            for outcome in mirrored.follow() if watch else [mirrored.run()]:
                tell(outcome)
        if outcome.failed:
            sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except (ClientError, OSError, httpx2.InvalidURL) as error:
        typer.echo(f"albumen: {error}", err=True)
        sys.exit(1)


def find(client: Client, wanted: str) -> str:
    """The id of a library that is given by its id or its name."""
    there = client.libraries()
    named = [each.library_id for each in there if wanted == each.library_id] or [
        each.library_id for each in there if wanted.casefold() == each.name.casefold()
    ]
    if len(named) != 1:
        raise ClientError(
            "There is no such library." if not named else "Several libraries have this name: give the id."
        )
    return named[0]


def tell(outcome: Outcome) -> None:
    """A line for a person, and one for each thing that could not be done."""
    typer.echo(f"{outcome.downloaded} downloaded, {outcome.moved} moved, {outcome.removed} removed")
    for path, why in outcome.failed.items():
        typer.echo(f"{path}: {why}", err=True)
