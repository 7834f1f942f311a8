"""Commands on users."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from albumen.accounts import factors, sessions, users
from albumen.cli.context import DataDir, opened
from albumen.cli.import_report import size as spoken
from albumen.cli.sizes import parsed
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso

app = typer.Typer(help="Add, list and remove users, and set passwords.", no_args_is_help=True, add_completion=False)

Who = Annotated[str, typer.Argument(help="E-mail or user id.")]
Password = Annotated[
    str | None, typer.Option("--password", help="Asked for when left out.", prompt=False, hide_input=True)
]


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="E-mail to sign in with.")],
    *,
    name: Annotated[str, typer.Option(help="Name to show.")] = "",
    keeper: Annotated[bool, typer.Option("--keeper", help="May look after the whole installation.")] = False,
    password: Password = None,
    data_dir: DataDir = None,
) -> None:
    """Add a user."""
    chosen = password if password is not None else _ask()
    with opened(data_dir, is_begun=True) as installation, installation.writing(SYSTEM) as unit:
        user = users.add(unit, email, name=name, password=chosen, is_keeper=keeper)
        typer.echo(f"{user.email} added, user id {user.name_key}.")


def _ask() -> str:
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


@app.command("list")
def list_users(data_dir: DataDir = None) -> None:
    """List all users."""
    table = Table("user id", "name", "e-mail", "keeper", "since", "state", box=None)
    with opened(data_dir) as installation, installation.reading(SYSTEM) as unit:
        for user in users.everyone(unit):
            state = "removed" if user.disabled_at else ""
            is_keeper = "yes" if user.is_keeper else ""
            table.add_row(user.name_key, user.name, user.email or "", is_keeper, iso(user.created_at)[:10], state)
    Console().print(table)


@app.command("password")
def set_password(who: Who, password: Password = None, data_dir: DataDir = None) -> None:
    """Set a user's password and end the user's sessions."""
    chosen = password if password is not None else _ask()
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        users.set_password(unit, users.named(unit, who), chosen)
    typer.echo("The password is set.")


@app.command()
def link(who: Who, data_dir: DataDir = None) -> None:
    """Print a link that signs a user in once."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        hours = installation.settings.session.link_hours
        token = sessions.make_link(unit, users.named(unit, who), hours=hours)
        typer.echo(f"{installation.settings.address}/sign-in/{token}")


@app.command()
def remove(who: Who, data_dir: DataDir = None) -> None:
    """Take a user's sign-in and keys away; the user's photos stay."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        users.remove(unit, users.named(unit, who))
    typer.echo("Removed.")


@app.command()
def quota(
    who: Who,
    size: Annotated[str, typer.Argument(help="Such as `50GB` or `1.5TiB`; `none`; or `default`, as the setting says.")],
    data_dir: DataDir = None,
) -> None:
    """Set how many bytes a user may use over all libraries, the trash included."""
    chosen = {"none": -1, "default": None}[size] if size in ("none", "default") else parsed(size)
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        user = users.named(unit, who)
        users.set_quota(unit, user, chosen)
        limit = users.quota_of(unit, chosen)
        typer.echo(f"{spoken(user.used_bytes)} used, {'no limit' if limit is None else f'{spoken(limit)} allowed'}.")


@app.command("reset-factor")
def reset_factor(who: Who, data_dir: DataDir = None) -> None:
    """Take away a second factor, and passkeys, that a user has lost."""
    with opened(data_dir) as installation, installation.writing(SYSTEM) as unit:
        factors.reset(unit, users.named(unit, who))
    typer.echo("The password alone signs in.")
