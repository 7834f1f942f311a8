"""Commands of the keeper."""

from datetime import timedelta
from typing import Annotated

import typer

from albumen.cli.context import DataDir, opened
from albumen.cli.import_report import size
from albumen.operations.sweep import foreseen
from albumen.operations.sweep import sweep as sweep_store

sweeping = typer.Typer(add_completion=False)


@sweeping.command()
def sweep(
    *,
    grace_hours: Annotated[float, typer.Option(min=0, help="Leave alone what was touched within these hours.")] = 24,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and touch nothing.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete stored bytes that nothing refers to.  Less than an hour of grace is for when the server is stopped."""
    grace = timedelta(hours=grace_hours)
    with opened(data_dir) as installation:
        if dry_run:
            found = foreseen(installation, grace=grace)
            typer.echo(f"{found.blobs} leftovers of {size(found.size_bytes)} would be deleted.")
        else:
            typer.echo(f"{sweep_store(installation, grace=grace)} leftovers deleted.")
