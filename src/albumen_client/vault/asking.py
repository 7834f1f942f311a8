"""How the commands of a vault ask, show how far they are, and say what went wrong."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from albumen_client.errors import ClientError
from albumen_client.vault import hosts
from albumen_client.vault.home import KeyFile, alone
from albumen_client.vault.state import Asset, State
from albumen_client.vault.vault import Vault

HOME = Path("~/.local/share/albumen-vault")
_AT_HOME = typer.Option(
    "--home",
    envvar="ALBUMEN_VAULT",
    default_factory=HOME.expanduser,
    show_default=str(HOME),
    help="Where the keys are.",
)
Home = Annotated[Path, _AT_HOME]
Host = Annotated[str, typer.Argument(help="A server by its address, a bucket by aws:REGION, or a folder by its path.")]
Key = Annotated[str, typer.Option(help="Personal key for the server.", envvar="ALBUMEN_KEY")]
LEAST_LETTERS = 12


@contextmanager
def complaints() -> Iterator[None]:
    """Say in a line what went wrong, and end with 1."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except (ClientError, OSError) as error:
        typer.echo(f"albumen: {error}", err=True)
        sys.exit(1)


@contextmanager
def opened(home: Path) -> Iterator[Vault]:
    """The vault of this device.  Raises Absent, and ClientError where another program works with it."""
    with alone(home), unguarded(home) as vault:
        yield vault


@contextmanager
def unguarded(home: Path) -> Iterator[Vault]:
    """The same for who has the folder for itself already."""
    holder = KeyFile.open(home)
    (home / "spool").mkdir(exist_ok=True)
    with closing(State(home / "memory.db")) as state, hosts.connected(holder.place) as remote:
        yield Vault(remote, state, holder, home / "spool")


def passphrase() -> str:
    """The passphrase, from the environment or typed."""
    return os.environ.get("ALBUMEN_VAULT_PASSPHRASE") or str(typer.prompt("Passphrase", hide_input=True))


def new_passphrase() -> str:
    """A passphrase that is long enough.  Raises ClientError."""
    given = os.environ.get("ALBUMEN_VAULT_PASSPHRASE")
    chosen = given or str(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True))
    if len(chosen) < LEAST_LETTERS:
        raise ClientError(f"A passphrase has at least {LEAST_LETTERS} letters; several words are best.")
    return chosen


def told(asset: Asset) -> str:
    """A line about a photo."""
    first = asset.record.originals[0]
    taken = str(asset.record.fields.get("takenAt", "-"))
    return f"{asset.signature}  {taken:19.19}  {first.size_bytes:>12}  {first.file_name}"


class Work:
    """How far something is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, int] = {}

    def each[T](self, things: Iterable[T], label: str) -> Iterator[T]:
        """The same things, counted as they go by."""
        total = len(things) if isinstance(things, list) else None
        yield from self._progress.track(things, total=total, description=label)

    def telling(self, name: str, sent: int, size: int) -> None:
        """How much of a file has been sent."""
        self._at(name, sent, size)

    def bytes_of(self, name: str, size: int) -> Callable[[int], None]:
        """The same for a file that comes."""
        return lambda done: self._at(name, done, size)

    def counting(self, label: str) -> Callable[[int], None]:
        """The same for things of which nobody knows how many there are."""
        return lambda done: self._at(label, done, None)

    def _at(self, name: str, done: int, size: int | None) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=size)
        task = self._progress.tasks[self._progress.task_ids.index(self._tasks[name])]  # type: ignore[arg-type]  # an id
        self._progress.update(task.id, completed=done, visible=done != size)


@contextmanager
def working() -> Iterator[Work]:
    """Show how far things are, on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Work(progress)
