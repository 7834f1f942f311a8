"""The command that brings an installation to this release, with a way back."""

import typer

from albumen import server
from albumen.cli.context import DataDir, check_there, data_folder, settings
from albumen.cli.serve import alone
from albumen.kernel.clock import system_clock
from albumen.operations import upgrading

app = typer.Typer(add_completion=False)

_ROOMS = server  # loads every room, so that all tables are known


@app.command()
def upgrade(data_dir: DataDir = None) -> None:
    """Copy the rows aside, then bring the database to this release; stop the server first."""
    chosen = settings(data_dir)
    check_there(chosen)
    with alone(data_folder(chosen) / "serve.lock"):
        done = upgrading.upgrade(chosen, system_clock())
    if done.copy is None:
        typer.echo(f"The database is at {done.after} already.")
    else:
        typer.echo(f"The database went from {done.before} to {done.after}. As it was, it is in {done.copy}.")
