"""Migrations: from empty to exactly the models, once, whoever starts first."""

import importlib
import pkgutil
import threading
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

NOT_REFLECTED = pytest.mark.filterwarnings("ignore:.*expression-based index")


def import_every_model() -> None:
    for module in pkgutil.walk_packages(albumen.__path__, "albumen."):
        if module.name.endswith("models"):
            importlib.import_module(module.name)


def is_of_a_model(name: str | None, kind: str, _: Any) -> bool:
    """The search index is the database's own."""
    return kind != "table" or not str(name).startswith("search_")


@NOT_REFLECTED
def test_migrations_from_empty_give_the_models(empty: Database) -> None:
    import_every_model()
    migrate.upgrade(empty)
    with empty.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_of_a_model}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


@NOT_REFLECTED
def test_every_index_of_the_models_is_there(empty: Database) -> None:
    import_every_model()
    migrate.upgrade(empty)
    known = inspect(empty.engine)
    for table in Base.metadata.sorted_tables:
        there = {each["name"] for each in known.get_indexes(table.name)}
        with empty.engine.connect() as connection:
            listed = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :table"
            if not empty.is_sqlite:
                listed = "SELECT indexname FROM pg_indexes WHERE tablename = :table"
            there |= set(connection.scalars(text(listed), {"table": table.name}))
        assert {index.name for index in table.indexes} <= there


def shape(database: Database) -> object:
    """Something that every change of the schema changes."""
    told = "PRAGMA schema_version" if database.is_sqlite else "SELECT max(oid), count(*) FROM pg_class"
    with database.engine.connect() as connection:
        return connection.execute(text(told)).one()


def test_a_second_time_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    before = shape(empty)
    migrate.upgrade(empty)
    assert shape(empty) == before


def test_two_that_start_at_once_agree(empty: Database) -> None:
    url, failures = empty.engine.url.render_as_string(hide_password=False), []

    def start() -> None:
        database = Database(url.replace("+psycopg", ""))
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
    assert "files" in inspect(empty.engine).get_table_names()


def test_a_migration_that_fails_leaves_nothing(empty: Database) -> None:
    with empty.engine.connect() as connection:
        connection.execute(text("CREATE TABLE versions (id INTEGER)"))
        connection.commit()
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(empty)
    assert inspect(empty.engine).get_table_names() == ["versions"]


def test_texts_compare_by_their_bytes(empty: Database) -> None:
    migrate.upgrade(empty)
    if empty.is_sqlite:
        with empty.engine.connect() as connection:
            schema = connection.scalars(text("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'search%'")).all()
        assert not [each for each in schema if "COLLATE" in (each or "").upper()]  # by bytes, unless told otherwise
        return
    told = "SELECT table_name, column_name FROM information_schema.columns WHERE collation_name <> 'C'"
    told += " AND table_schema = current_schema() AND table_name NOT LIKE 'search!_%' ESCAPE '!'"
    with empty.engine.connect() as connection:
        assert connection.execute(text(told)).all() == []


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD
