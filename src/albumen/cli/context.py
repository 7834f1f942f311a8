"""What commands share: opening the installation in a data directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from albumen import app as composition
from albumen import logs
from albumen.app import App
from albumen.settings import Settings

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the installation (default: ./data).")]


def settings(data_dir: Path | None, **server: object) -> Settings:
    """The settings, with what the command line says on top."""
    given: dict[str, object] = {} if data_dir is None else {"data_dir": data_dir}
    loaded = Settings(**given)  # type: ignore[arg-type]  # checked by pydantic
    said = {name: value for name, value in server.items() if value is not None}
    return loaded.model_copy(update={"server": loaded.server.model_copy(update=said)}) if said else loaded


@contextmanager
def opened(data_dir: Path | None) -> Iterator[App]:
    """The installation, open for one command."""
    chosen = settings(data_dir)
    logs.configure(chosen.log.model_copy(update={"level": "warning"}))
    app = composition.build(chosen)
    try:
        yield app
    finally:
        app.close()
