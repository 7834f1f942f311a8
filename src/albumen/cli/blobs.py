"""Commands on the store."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from albumen import app as composition
from albumen.app import App
from albumen.blobs.copying import Copying, Tally
from albumen.blobs.port import Blobs
from albumen.cli.context import DataDir, opened
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.libraries.models import Original
from albumen.settings.store import StoreSettings

app = typer.Typer(help="Copy the store into another.", no_args_is_help=True, add_completion=False)
_SCHEME = "s3://"
_SHOWN = 20


@app.callback()
def _group() -> None:
    """Copy the store into another."""


@app.command()
def copy(
    to: Annotated[str, typer.Option("--to", help="Where to: s3://bucket/prefix, or a folder.")],
    endpoint: Annotated[str | None, typer.Option(help="Address of the other store (default: as in settings).")] = None,
    region: Annotated[str | None, typer.Option(help="Region of the bucket (default: as in settings).")] = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Read back what the bucket has checked itself.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Copy all originals and renditions, and compare each by its digest.  Run it again to go on, or for what is new."""
    with opened(data_dir) as installation:
        target = _target(installation, to, {"endpoint": endpoint, "region": region})
        total = sum(each.size_bytes for each in installation.blobs.list())
        copying = Copying(installation.blobs, target, lambda keys: _named(installation, keys), is_thorough=thorough)
        with _bar() as bar:
            task = bar.add_task("copying", total=total, files=0)
            tally = copying.run(
                installation.blobs.list(), lambda tally: bar.update(task, completed=tally.size_bytes, files=tally.count)
            )
    _report(tally)


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[files]} files"), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _target(installation: App, to: str, given: Mapping[str, str | None]) -> Blobs:
    """The other store.  Raises Invalid where it is the same."""
    settings = installation.settings
    if to.startswith(_SCHEME):
        bucket, _, prefix = to.removeprefix(_SCHEME).partition("/")
        said = {name: value for name, value in given.items() if value is not None}
        kept = settings.store.model_dump() | {"kind": "s3", "bucket": bucket, "prefix": prefix, "links": "server"}
        if not bucket:
            raise Invalid(f"Name the bucket: {_SCHEME}bucket/prefix.")
        chosen, folder = StoreSettings(**(kept | said)), settings.store_folder
    else:
        chosen, folder = StoreSettings(folder=Path(to)), Path(to).absolute()
    where = ("kind", "bucket", "prefix", "endpoint")
    is_same = all(getattr(chosen, each) == getattr(settings.store, each) for each in where)
    if is_same and (chosen.kind == "s3" or folder == settings.store_folder.absolute()):
        raise Invalid("This is the store itself.")
    return composition.store(chosen, folder)


def _named(installation: App, keys: Sequence[str]) -> Mapping[str, str]:
    """The signatures of the originals among these keys."""
    with installation.reading(SYSTEM) as unit:
        rows = unit.db.execute(select(Original.key, Original.signature).where(Original.key.in_(keys))).all()
    return {row.key: row.signature for row in rows}


def _report(tally: Tally) -> None:
    console = Console(highlight=False, markup=False)
    console.print(f"{tally.copied} copied and compared, {tally.found} there already.", soft_wrap=True)
    for key, reason in tally.failed[:_SHOWN]:
        console.print(f"Not copied: {key}: {reason}.", soft_wrap=True)
    if tally.failed:
        console.print(f"{len(tally.failed)} could not be copied; albumen check says what that means for photos.")
        raise typer.Exit(1)
