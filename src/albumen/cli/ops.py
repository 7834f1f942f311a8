"""Commands of the keeper."""

from datetime import timedelta
from typing import Annotated

import typer

from albumen.cli.context import DataDir, opened
from albumen.operations.sweep import sweep as sweep_store

sweeping = typer.Typer(add_completion=False)


@sweeping.command()
def sweep(
    grace_hours: Annotated[float, typer.Option(min=0, help="Leave alone what was touched within these hours.")] = 24,
    data_dir: DataDir = None,
) -> None:
    """Delete stored bytes that nothing refers to.  Less than an hour of grace is for when the server is stopped."""
    with opened(data_dir) as installation:
        taken = sweep_store(installation, grace=timedelta(hours=grace_hours))
    typer.echo(f"{taken} leftovers deleted.")
