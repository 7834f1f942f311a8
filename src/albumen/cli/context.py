"""What commands share: opening the installation in a data directory."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from albumen import app as composition
from albumen import logs
from albumen.app import App
from albumen.kernel.errors import Invalid, NotFound, Unavailable
from albumen.settings import Settings, nearly

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
    except SettingsError as error:
        raise Invalid(f"{error}") from None
    for wrong, right in nearly().items():
        typer.echo(f"albumen: {wrong} is no setting and is passed over. Is it {right}?", err=True)
    said = {name: value for name, value in server.items() if value is not None}
    return loaded.model_copy(update={"server": loaded.server.model_copy(update=said)}) if said else loaded


def _wrong(error: ValidationError) -> str:
    """Which settings are wrong, without the values: they may be secrets."""
    wrong = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
    return "These settings are wrong. " + "; ".join(wrong)


def data_folder(chosen: Settings) -> Path:
    """The folder of an installation, made if need be.  Raises Unavailable where it cannot be."""
    try:
        chosen.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The folder {chosen.data_dir} cannot be made: {error.strerror}.") from None
    return chosen.data_dir


def check_there(chosen: Settings) -> None:
    """Raises NotFound where there is no installation, so that a command in a wrong folder does not begin one."""
    if not chosen.database.url and not chosen.database_file.is_file():
        where = chosen.data_dir.absolute()
        raise NotFound(f"There is no installation in {where}. Say where it is: --data-dir, or ALBUMEN_DATA_DIR.")


@contextmanager
def opened(data_dir: Path | None, store: Path | None = None, *, is_begun: bool = False) -> Iterator[App]:
    """The installation, open for one command; with a `store` in the place of its own.

    Raises NotFound where there is none, unless the command may begin one (`is_begun`).
    """
    chosen = settings(data_dir)
    if is_begun:
        data_folder(chosen)
    else:
        check_there(chosen)
    if store is not None:
        chosen = chosen.model_copy(update={"store": chosen.store.model_copy(update={"folder": store})})
    logs.configure(chosen.log.model_copy(update={"level": "warning"}))
    app = composition.build(chosen)
    try:
        yield app
    finally:
        app.close()
