"""The unit of work: what a verb is handed, and the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from albumen.blobs.port import Blobs
from albumen.db.engine import Database
from albumen.jobs.bell import Bell
from albumen.jobs.chimes import Chimes
from albumen.jobs.queue import RINGS, Queue
from albumen.kernel import spans
from albumen.kernel.actor import Actor
from albumen.kernel.clock import Clock

CHANGED = "changed"
"""Under which a session keeps the ids of the libraries whose feed its transaction moves on."""


@dataclass(frozen=True)
class Rules:
    """What the settings tell verbs.  `user_quota_bytes` is for users without a quota of their own; None: no limit."""

    user_quota_bytes: int | None = None


@dataclass(frozen=True)
class Unit:
    """One request, job or command: one transaction, one actor, one moment, under the installation's rules."""

    db: Session
    blobs: Blobs
    jobs: Queue
    actor: Actor
    now: datetime
    rules: Rules = Rules()


@dataclass(frozen=True)
class Works:
    """Where units come from."""

    database: Database
    blobs: Blobs
    bell: Bell
    clock: Clock
    chimes: Chimes = field(default_factory=Chimes)
    rules: Rules = Rules()

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[Unit]:
        """A unit that commits when the block ends well, and then rings for its jobs and for those who follow it."""
        with spans.beside("unit", {"writes": True}), self.database.session(writes=True) as db:
            now = self.clock()
            yield Unit(db, self.blobs, Queue(db, now), actor, now, self.rules)
            db.commit()
            rings, changed = db.info.pop(RINGS, None), db.info.pop(CHANGED, ())
        if rings:
            self.bell.ring(rings)
        self.chimes.ring(changed)

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Unit]:
        """A unit on a snapshot; nothing it does is kept."""
        with spans.beside("unit", {"writes": False}), self.database.session(writes=False) as db:
            now = self.clock()
            yield Unit(db, self.blobs, Queue(db, now), actor, now, self.rules)
