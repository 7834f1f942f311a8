"""A jobs table of its own, and crews on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests import databases
from tests.installation import TurnableClock

from albumen.db import migrate
from albumen.db.engine import Database
from albumen.jobs.bell import Bell, LocalBell
from albumen.jobs.local import Crew, Shift
from albumen.jobs.models import Job, State
from albumen.jobs.queue import USUAL, Lease, Queue, Terms
from albumen.jobs.registry import JobKind, Registry


@dataclass
class Table:
    """The jobs table, and what a test does with it."""

    database: Database
    clock: TurnableClock = field(default_factory=TurnableClock)
    bell: Bell = field(default_factory=LocalBell)

    def add(self, kind: str, subject: str = "", terms: Terms = USUAL, **args: Any) -> int | None:
        with self.database.session(writes=True) as db:
            added = Queue(db, self.clock()).add(kind, subject, args=args, terms=terms)
            db.commit()
        self.bell.ring()
        return added

    def write[Result](self, call: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Call a function of the queue in a transaction of its own."""
        with self.database.session(writes=True) as db:
            result = call(db, *args, **options)
            db.commit()
        return result

    def all(self) -> list[Job]:
        with self.database.session(writes=False) as db:
            return list(db.scalars(select(Job).order_by(Job.id)))

    def job(self) -> Job:
        """The only one."""
        [job] = self.all()
        return job

    def is_quiet(self) -> bool:
        """Whether no job is ready or running."""
        return not any(job.state in (State.ready, State.running) for job in self.all())

    @contextmanager
    def crew(self, *kinds: JobKind[Any], threads: int = 1, context: Any = None, **lease: Any) -> Iterator[Crew[Any]]:
        """A crew at work until the block ends."""
        terms = Lease(**{"owner": "crew", "seconds": 60, **lease})
        shift = Shift(terms, self.bell, self.clock, threads, poll_seconds=0.02)
        crew = Crew(context, Registry(kinds), self.database, shift)
        crew.start()
        try:
            yield crew
        finally:
            crew.stop()


@pytest.fixture
def table(tmp_path: Path, database_kind: str) -> Iterator[Table]:
    databases.begin(tmp_path)
    database = Database(databases.url_for(tmp_path) or f"sqlite:///{tmp_path / 'albumen.db'}")
    migrate.upgrade(database)
    yield Table(database)
    database.close()
