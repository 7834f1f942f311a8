"""Commands on the database."""

from typing import Annotated

import typer
from rich.console import Console

from albumen import server
from albumen.cli.context import DataDir, opened
from albumen.db import copying
from albumen.db.engine import Database

app = typer.Typer(help="Copy the database into another.", no_args_is_help=True, add_completion=False)

_ROOMS = server  # loads every room, so that all tables are known


@app.callback()
def _group() -> None:
    """Copy the database into another."""


@app.command()
def copy(
    to: Annotated[str, typer.Option("--to", help="URL of an empty database: postgresql://user@host/name.")],
    data_dir: DataDir = None,
) -> None:
    """Copy all rows into an empty database, and compare each; stop the server first.  The store stays where it is."""
    with opened(data_dir) as installation:
        target = Database(to)
        try:
            count = copying.copy(installation.database, target, lambda name, rows: typer.echo(f"{rows:>12} {name}"))
        finally:
            target.close()
    Console().print(f"{count} rows copied and compared. Set ALBUMEN_DATABASE_URL to the new one.", soft_wrap=True)
