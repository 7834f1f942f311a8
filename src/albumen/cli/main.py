"""The root of the command line; problems end as one plain sentence and an exit code."""

import sys

import typer
from rich.console import Console

from albumen import __version__
from albumen.cli import import_, key, ops, serve, user
from albumen.kernel.errors import Conflict, Denied, Invalid, NotFound, OverQuota, Problem, Unavailable

EXIT_CODES: tuple[tuple[type[Problem], int], ...] = (
    (Invalid, 2),
    (NotFound, 3),
    (Conflict, 4),
    (Denied, 5),
    (OverQuota, 6),
    (Unavailable, 7),
)

app = typer.Typer(
    name="albumen", help="A self-hosted home for photos and videos.", no_args_is_help=True, add_completion=False
)
app.command("serve")(serve.serve)
app.command("worker")(serve.work)
app.command("import")(import_.import_folder)
app.command("sweep")(ops.sweep)
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run a command; a problem becomes a sentence on standard error and an exit code."""
    try:
        app()
    except Problem as problem:
        Console(stderr=True, highlight=False).print(f"albumen: {problem.detail}", style="red")
        sys.exit(next((code for kind, code in EXIT_CODES if isinstance(problem, kind)), 1))
