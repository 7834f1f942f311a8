"""Commands on personal keys."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from albumen.accounts import keys, users
from albumen.accounts.models import User
from albumen.cli.context import DataDir, opened
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.clock import iso
from albumen.libraries import library as library_of
from albumen.unit import Unit

app = typer.Typer(help="Make, list and revoke personal keys.", no_args_is_help=True, add_completion=False)


@app.command()
def create(
    who: Annotated[str, typer.Argument(help="E-mail or id of the user it stands for.")],
    *,
    label: Annotated[str, typer.Option(help="What it is for.")] = "key",
    scopes: Annotated[str, typer.Option(help="Of read, write, share, admin; with commas.")] = "read,write",
    library: Annotated[
        list[str] | None, typer.Option(help="Id of a library it opens, and no other; give it for each.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key and print it; it is not shown again."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        user = users.named(unit, who)
        opens = [_seen(unit, user, each) for each in library] if library else None
        _, secret = keys.create(unit, user, label=label, scopes=scopes.split(","), libraries=opens)
        typer.echo(secret)


def _seen(unit: Unit, user: User, library_id: str) -> int:
    """The id of a library that the user may see, so that a typing mistake does not make a key that opens nothing."""
    return library_of.get(replace(unit, actor=Actor(user.id)), ids.decode(library_id)).id


@app.command("list")
def list_keys(
    who: Annotated[str | None, typer.Argument(help="E-mail or id of a user; everyone's when left out.")] = None,
    data_dir: DataDir = None,
) -> None:
    """List keys."""
    table = Table("key id", "begins", "user", "label", "scopes", "libraries", "last used", "state", box=None)
    with opened(data_dir) as installation, installation.reading(SYSTEM) as unit:
        for key, user in keys.of(unit, users.named(unit, who) if who else None):
            used = iso(key.used_at)[:10] if key.used_at else "never"
            state = "revoked" if key.revoked_at else ""
            scopes = ",".join(key.scopes)
            opens = "all" if key.libraries is None else ",".join(map(ids.encode, key.libraries))
            whose = user.email or user.name_key
            table.add_row(ids.encode(key.id), key.start, whose, key.label, scopes, opens, used, state)
    Console().print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id that `key list` shows.")], data_dir: DataDir = None
) -> None:
    """End a key."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        keys.revoke(unit, ids.decode(key_id))
    typer.echo("Revoked.")
