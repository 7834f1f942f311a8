"""What commands share: opening the installation in a data directory."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from albumen import app as composition
from albumen import logs
from albumen.app import App
from albumen.kernel.errors import Invalid
from albumen.settings import Settings

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the installation (default: ./data).")]


def settings(data_dir: Path | None, **server: object) -> Settings:
    """The settings, with what the command line says on top."""
    given: dict[str, object] = {} if data_dir is None else {"data_dir": data_dir}
    try:
        loaded = Settings(**given)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        raise Invalid(_wrong(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The configuration file is not TOML: {error}.") from None
    said = {name: value for name, value in server.items() if value is not None}
    return loaded.model_copy(update={"server": loaded.server.model_copy(update=said)}) if said else loaded


def _wrong(error: ValidationError) -> str:
    """Which settings are wrong, without the values: they may be secrets."""
    wrong = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
    return "These settings are wrong. " + "; ".join(wrong)


@contextmanager
def opened(data_dir: Path | None, store: Path | None = None) -> Iterator[App]:
    """The installation, open for one command; with a `store` in the place of its own."""
    chosen = settings(data_dir)
    if store is not None:
        chosen = chosen.model_copy(update={"store": chosen.store.model_copy(update={"folder": store})})
    logs.configure(chosen.log.model_copy(update={"level": "warning"}))
    app = composition.build(chosen)
    try:
        yield app
    finally:
        app.close()
