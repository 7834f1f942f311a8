"""Copying SQLite into PostgreSQL: every row as it was, or nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from tests import databases, make
from tests.commands import run
from tests.installation import Installation

from albumen.accounts.models import User
from albumen.db import copying, migrate
from albumen.db.engine import Database
from albumen.jobs.models import Job
from albumen.jobs.queue import Queue
from albumen.kernel.clock import system_clock
from albumen.kernel.errors import Conflict
from albumen.libraries.models import File, Folder
from albumen.media.guard import Guard


@pytest.fixture
def house(tmp_path: Path, guard: Guard) -> Iterator[Installation]:
    """On SQLite, with photos in folders below each other, and jobs that wait."""
    with databases.running_on(databases.SQLITE):
        made = Installation.at(tmp_path / "data", guard)
    shelf = made.caller("alice").library()
    for name in ("Zebra", "Ärger", "apple"):
        shelf = shelf.below(name)
        file = shelf.add(make.photo(taken="2021-07-01 12:00:00"), f"{name}.jpg")
        told = {"tags": ["Straße", "b"], "properties": {"a": 1, "b": 2.5, "c": True, "d": "x"}}
        assert shelf.by.call("PATCH", f"{shelf.library}/files/{file['fileId']}", json=told).status_code == 200
    yield made
    made.close()


@pytest.fixture
def target() -> Iterator[str]:
    databases.check_server()
    url = databases.fresh(migrated=False)
    yield url
    databases.drop(url)


def counted(database: Database, table: type) -> int:
    with database.session(writes=False) as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_all_is_there_afterwards_and_goes_on(house: Installation, target: str, guard: Guard, tmp_path: Path) -> None:
    files, jobs = house.rows(File), house.rows(Job)
    folder = house.app.settings.data_dir
    database = Database(target)
    told: dict[str, int] = {}
    copying.copy(house.app.database, database, told.__setitem__)
    assert (told["files"], told["jobs"]) == (files, jobs) == (counted(database, File), counted(database, Job))
    with database.session(writes=True) as db:
        assert Queue(db, system_clock()).add("later") not in {None, *db.scalars(select(Job.id).limit(jobs))}
        db.rollback()
    database.close()
    moved = Installation.at(folder, guard, database={"url": target})
    alice = moved.caller("alice")
    [library] = alice.get("/libraries").json()
    found = alice.get(f"/libraries/{library['libraryId']}/search", params={"q": "tag:strasse"})
    assert found.status_code == 200, found.text
    assert len(found.json()["files"]) == files
    moved.work_off()
    moved.check_counts()
    moved.close()


def test_a_database_that_holds_something_is_left_alone(house: Installation, target: str) -> None:
    database = Database(target)
    copying.copy(house.app.database, database)
    with pytest.raises(Conflict, match="not empty"):
        copying.copy(house.app.database, database)
    database.close()


SPOILING = (
    "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.file_count = 77; RETURN NEW; END $$",
    "CREATE TRIGGER spoil BEFORE INSERT ON folders FOR EACH ROW EXECUTE FUNCTION spoil()",
)


def test_what_comes_out_otherwise_is_not_kept(house: Installation, target: str) -> None:
    database = Database(target)
    migrate.upgrade(database)
    with database.session(writes=True) as db:
        for statement in SPOILING:
            db.execute(text(statement))
        db.commit()
    with pytest.raises(Conflict, match="folders"):
        copying.copy(house.app.database, database)
    assert (counted(database, Folder), counted(database, User)) == (0, 0)
    database.close()


def test_the_command_says_what_it_copied(house: Installation, target: str) -> None:
    answer = run(house.app.settings.data_dir.parent, "db", "copy", "--to", target)
    assert answer.returncode == 0, answer.stderr
    assert "rows copied and compared" in answer.stdout
