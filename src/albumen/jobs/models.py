"""The tables of jobs and of what is scheduled."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


class State(StrEnum):
    """Where a job stands."""

    ready = "ready"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class Job(Base):
    """One piece of work, written in the same transaction as what it is about.

    `again` is set when the same was asked for while it ran: it may have looked before that, so it runs once more.
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    args: Mapped[dict[str, Any]]
    dedupe: Mapped[str | None]
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.ready)
    run_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    owner: Mapped[str | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    note: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    again: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None]
    user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_jobs_claim", "state", "priority", "run_after", "id"),
        Index("ix_jobs_finished_at", "finished_at"),
        Index("ix_jobs_kind_state", "kind", "state"),
        Index(
            "uq_jobs_dedupe_open",
            "dedupe",
            unique=True,
            sqlite_where=text("state IN ('ready', 'running')"),
            postgresql_where=text("state IN ('ready', 'running')"),
        ),
    )


class Schedule(Base):
    """When a recurring job is due next; one row a kind, shared by the whole cluster."""

    __tablename__ = "schedules"
    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
