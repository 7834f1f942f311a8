"""Migrations: from empty to exactly the models, once, whoever starts first."""

import importlib
import pkgutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import albumen
from albumen.db import migrate
from albumen.db.base import Base
from albumen.db.engine import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'some.db'}")
    yield made
    made.close()


NOT_REFLECTED = pytest.mark.filterwarnings("ignore:.*expression-based index")


def import_every_model() -> None:
    for module in pkgutil.walk_packages(albumen.__path__, "albumen."):
        if module.name.endswith("models"):
            importlib.import_module(module.name)


def is_of_a_model(name: str | None, kind: str, _: Any) -> bool:
    """The search index is the database's own."""
    return kind != "table" or not str(name).startswith("search_")


@NOT_REFLECTED
def test_migrations_from_empty_give_the_models(database: Database) -> None:
    import_every_model()
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_of_a_model}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


@NOT_REFLECTED
def test_every_index_of_the_models_is_there(database: Database) -> None:
    import_every_model()
    migrate.upgrade(database)
    known = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        there = {each["name"] for each in known.get_indexes(table.name)}
        with database.engine.connect() as connection:
            listed = text("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :table")
            there |= set(connection.scalars(listed, {"table": table.name}))
        assert {index.name for index in table.indexes} <= there


def test_a_second_time_changes_nothing(database: Database) -> None:
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        before = connection.scalar(text("PRAGMA schema_version"))
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA schema_version")) == before


def test_two_that_start_at_once_agree(tmp_path: Path) -> None:
    url, failures = f"sqlite:///{tmp_path / 'some.db'}", []

    def start() -> None:
        database = Database(url)
        try:
            migrate.upgrade(database)
        except Exception as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    database = Database(url)
    assert "files" in inspect(database.engine).get_table_names()
    database.close()


def test_a_migration_that_fails_leaves_nothing(database: Database) -> None:
    with database.session(writes=True) as db:
        db.execute(text("CREATE TABLE versions (id INTEGER)"))
        db.commit()
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(database)
    assert inspect(database.engine).get_table_names() == ["versions"]


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD
