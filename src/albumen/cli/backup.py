"""Commands on backups: make one, list them, try one out, bring one back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from albumen import app as composition
from albumen import server
from albumen.cli.context import DataDir, data_folder, opened, settings
from albumen.cli.import_report import size
from albumen.db import copying, migrate
from albumen.db.engine import Database
from albumen.kernel.clock import iso
from albumen.kernel.errors import Conflict, Invalid
from albumen.operations.backups import drills, healing, making, manifests, restoring, targets
from albumen.operations.models import Outcome
from albumen.settings import Settings

app = typer.Typer(help="Make backups, list them, and try them out.", no_args_is_help=True, add_completion=False)
restoring_app = typer.Typer(add_completion=False)

_ROOMS = server  # loads every room, so that all tables are known
NOT_WHOLE = 8
"""The exit code where something is lost."""

To = Annotated[
    str,
    typer.Argument(help="Folder of the backups, on another disk, or `s3://bucket/prefix`. Default: ALBUMEN_BACKUP_TO."),
]


@app.command()
def make(
    to: To = "",
    *,
    keep: Annotated[int | None, typer.Option(min=1, help="Drop the oldest beyond so many. Default: none.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a backup now, while the server runs or not; only what is new is copied."""
    with opened(data_dir) as installation:
        where = _where(to, installation.settings)
        target = targets.prepare(where, installation.settings)
        made = making.make(installation, target, where, keep=keep)
    typer.echo(
        f"{made.name}: {made.blob_count} files of {size(made.size_bytes)}, {size(made.copied_bytes)} of them new."
    )
    if made.error:
        typer.echo(made.error)
        raise typer.Exit(NOT_WHOLE)


def _where(given: str, chosen: Settings) -> str:
    if not (where := given or chosen.backup.to):
        raise Invalid("Say where the backups are, or set ALBUMEN_BACKUP_TO.")
    return where


@app.command("list")
def list_backups(to: To = "", data_dir: DataDir = None) -> None:
    """List the backups that are whole."""
    chosen = settings(data_dir)
    target = targets.there(_where(to, chosen), chosen)
    table = Table("name", "made", "version", "files", "size", "lost", box=None)
    for name in manifests.names(target):
        _, found = manifests.read(target, name)
        lost = str(len(found.absent)) if found.absent else ""
        told = (iso(found.made_at), found.version, str(found.blob_count), size(found.size_bytes))
        table.add_row(name, *told, lost)
    Console().print(table)


@app.command()
def drill(
    to: To = "",
    *,
    scratch: Annotated[Path | None, typer.Option(help="Folder to restore into; what is made there goes again.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Restore the newest backup into a scratch folder, check it down to every digest, and throw it away."""
    with opened(data_dir) as installation:
        where = _where(to, installation.settings)
        done = drills.drill(installation, targets.there(where, installation.settings), where, scratch=scratch)
    if done.outcome == Outcome.failed:
        typer.echo(done.error)
        raise typer.Exit(NOT_WHOLE)
    typer.echo(f"{done.name}: {done.blob_count} files of {size(done.size_bytes)} came back, each as it was.")


@app.command()
def heal(to: To = "", data_dir: DataDir = None) -> None:
    """Put back originals that are lost or damaged here and whole in a backup."""
    with opened(data_dir) as installation:
        healed, left = healing.heal(
            installation, targets.there(_where(to, installation.settings), installation.settings)
        )
    typer.echo(f"{healed} originals are whole again{f', {left} are in no backup here' if left else ''}.")
    if left:
        raise typer.Exit(NOT_WHOLE)


@restoring_app.command()
def restore(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Folder of the backups, or `s3://bucket/prefix`.")],
    *,
    name: Annotated[str | None, typer.Option(help="Which one, as `backup list` shows it. Default: the newest.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Bring a backup back into a data directory that is new or empty."""
    chosen = settings(data_dir)
    restoring.check_empty(chosen.data_dir)
    backups = targets.there(source, chosen)
    manifests.read(backups, name)
    data_folder(chosen)
    store = composition.store(chosen.store, chosen.store_folder)
    if next(iter(store.list()), None) is not None:
        raise Conflict("The store is not empty. Name a new one, and change over when all is well.")
    found = restoring.restore(backups, name, chosen.data_dir, store)
    _into_database(chosen)
    typer.echo(f"{found.name}: {found.blob_count} files of {size(found.size_bytes)} are back, each as it was.")
    for key in (*found.damaged, *found.manifest.absent):
        typer.echo(f"lost: {key}")
    if not found.is_whole:
        raise typer.Exit(NOT_WHOLE)


def _into_database(chosen: Settings) -> None:
    """Bring the restored rows up to date; where another database is set, copy them there."""
    file = chosen.data_dir / manifests.DATABASE
    own = f"sqlite:///{file.absolute()}"
    restored = Database(own)
    try:
        migrate.upgrade(restored)
        if chosen.database.url not in ("", own):
            target = Database(chosen.database.url)
            try:
                copying.copy(restored, target)
            finally:
                target.close()
    finally:
        restored.close()
