"""The commands on sidecars: write them now, and begin again from a store that has them."""

from pathlib import Path
from typing import Annotated

import typer

from albumen.cli.context import DataDir, opened
from albumen.operations.sidecars import rebuilding

app = typer.Typer(add_completion=False)

NOT_WHOLE = 8


@app.command()
def rebuild(
    store: Annotated[
        Path | None,
        typer.Argument(
            metavar="FROM-STORE",
            help="Folder of the store. Default: where the settings say.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a database anew from the sidecars in a store, when it is lost and there is no backup."""
    with opened(data_dir, store, is_begun=True) as installation:
        done = rebuilding.rebuild(installation)
    typer.echo(f"{done.files + done.strays} files are back, {done.strays} of them without what was known of them.")
    for key in done.illegible:
        typer.echo(f"not legible: {key}")
    for key in done.unfiled:
        typer.echo(f"not filed: {key}")
    if store is not None:
        typer.echo(f"Set ALBUMEN_STORE_FOLDER to {store.absolute()} from now on.")
    if done.illegible or done.unfiled:
        raise typer.Exit(NOT_WHOLE)
