"""Commands on personal keys."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from albumen.accounts import keys, users
from albumen.cli.context import DataDir, opened
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso

app = typer.Typer(help="Make, list and revoke personal keys.", no_args_is_help=True)


@app.command()
def create(
    who: Annotated[str, typer.Argument(help="E-mail or id of the user it stands for.")],
    *,
    label: Annotated[str, typer.Option(help="What it is for.")] = "key",
    scopes: Annotated[str, typer.Option(help="Of read, write, share, admin; with commas.")] = "read,write",
    data_dir: DataDir = None,
) -> None:
    """Make a key and print it; it is not shown again."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        _, secret = keys.create(unit, users.named(unit, who), label=label, scopes=scopes.split(","))
        typer.echo(secret)


@app.command("list")
def list_keys(
    who: Annotated[str | None, typer.Argument(help="E-mail or id of a user; everyone's when left out.")] = None,
    data_dir: DataDir = None,
) -> None:
    """List keys."""
    table = Table("key id", "begins", "user", "label", "scopes", "last used", "state", box=None)
    with opened(data_dir) as installation, installation.reading(SYSTEM) as unit:
        for key, user in keys.of(unit, users.named(unit, who) if who else None):
            used = iso(key.used_at)[:10] if key.used_at else "never"
            state = "revoked" if key.revoked_at else ""
            scopes = ",".join(key.scopes)
            table.add_row(ids.encode(key.id), key.start, user.email or user.name_key, key.label, scopes, used, state)
    Console().print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id that `key list` shows.")], data_dir: DataDir = None
) -> None:
    """End a key."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        keys.revoke(unit, ids.decode(key_id))
    typer.echo("Revoked.")
