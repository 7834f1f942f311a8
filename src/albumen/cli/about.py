"""The commands that say which release this is, and what it is made of."""

import typer

from albumen import __version__
from albumen.media.places import ATTRIBUTION

app = typer.Typer(add_completion=False)
telling = typer.Typer(add_completion=False)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@telling.command()
def about() -> None:
    """Print the version, the licence, and whose data is built in."""
    typer.echo(f"Albumen {__version__}, a self-hosted home for photos and videos.")
    typer.echo("Licence: AGPL-3.0-or-later.")
    typer.echo(ATTRIBUTION)
