"""The root of the command line; a command's module is loaded when it is called, problems end as one plain sentence."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound, OverQuota, Problem, Unavailable

EXIT_CODES: tuple[tuple[type[Problem], int], ...] = (
    (Invalid, 2),
    (NotFound, 3),
    (Conflict, 4),
    (Denied, 5),
    (OverQuota, 6),
    (Unavailable, 7),
)

_STAYING = "albumen.cli.serve"

# Each names the Typer that holds the command or its group: serving takes a second to load, `key create` half of one.
COMMANDS = {
    "serve": "serve:serving",
    "worker": "serve:working",
    "import": "import_:app",
    "user": "user:app",
    "key": "key:app",
    "library": "library:app",
    "db": "db:app",
    "blobs": "blobs:app",
    "upgrade": "upgrade:app",
    "mirror": "network:mirroring",
    "vault": "vaults:vault",
    "check": "check:app",
    "backup": "backup:app",
    "restore": "backup:restoring_app",
    "rebuild": "rebuild:app",
    "sweep": "ops:sweeping",
    "version": "about:app",
    "about": "about:telling",
}


class Lazy(TyperGroup):
    """The group of all commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a command; None where there is none of this name."""
        module, _, attribute = COMMANDS.get(cmd_name, "").partition(":")
        if not module:
            return None
        command = typer.main.get_command(getattr(_loaded(f"albumen.cli.{module}"), attribute))
        command.name = cmd_name
        return command


def _loaded(module: str) -> ModuleType:
    """The module, with all that it imports set aside from what Python's collector looks through.

    Modules make some hundred thousand objects that stay.  To look for garbage among them takes a sixth of a start, and
    later a tenth of a second each time, in which no request is answered.
    """
    gc.disable()
    try:
        with _without_rich() if module == _STAYING else nullcontext():
            return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _without_rich() -> Iterator[None]:
    """Load what stays as if rich were not installed: structlog would load it for tracebacks that are not shown so.

    It would take 40 ms and 3.5 MB.  Other commands write with it.
    """
    absent: dict[str, Any] = {} if "rich" in sys.modules else {"rich": None}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


app = typer.Typer(
    name="albumen",
    cls=Lazy,
    help="A self-hosted home for photos and videos.",
    no_args_is_help=True,
    add_completion=False,
)


def _tell_version(*, is_asked: bool) -> None:
    if is_asked:
        from albumen import __version__  # noqa: PLC0415 - asked for rarely

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A self-hosted home for photos and videos."""


def main() -> None:
    """Run a command; a problem becomes a sentence on standard error and an exit code."""
    try:
        app()
    except Problem as problem:
        from rich.console import Console  # noqa: PLC0415 - a tenth of a second, needed for this alone

        Console(stderr=True, highlight=False, markup=False).print(f"albumen: {problem.detail}", style="red")
        sys.exit(next((code for kind, code in EXIT_CODES if isinstance(problem, kind)), 1))
