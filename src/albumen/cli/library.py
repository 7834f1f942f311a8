"""Commands on libraries."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from albumen.cli.context import DataDir, opened
from albumen.cli.import_report import size as spoken
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso
from albumen.libraries import library, purge

app = typer.Typer(help="List libraries, and restore deleted ones.", no_args_is_help=True, add_completion=False)


@app.command("list")
def list_libraries(
    *,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that wait to be purged.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List all libraries."""
    table = Table("library id", "name", "used", "since", *(["purged on"] if deleted else []), box=None)
    with opened(data_dir) as installation, installation.reading(SYSTEM) as unit:
        kept = timedelta(days=installation.settings.libraries.trash_days)
        for each in library.deleted(unit) if deleted else library.seen(unit):
            end = [iso(each.deleted_at + kept)[:10]] if each.deleted_at else []
            table.add_row(ids.encode(each.id), each.name, spoken(each.used_bytes), iso(each.created_at)[:10], *end)
    Console().print(table)


@app.command()
def restore(
    library_id: Annotated[str, typer.Argument(help="Its id, as `list --deleted` shows it.")], data_dir: DataDir = None
) -> None:
    """Bring a deleted library back, with all that was in it."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        found = library.restore(unit, ids.decode(library_id), kept_since=purge.before(installation))
        typer.echo(f"{found.name} is back.")
