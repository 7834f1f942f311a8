"""What a broker gave up to deliver, as failed jobs: keepers see all that failed in one place, and try again there."""

import hashlib
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from albumen.jobs.bell import DeadLetter
from albumen.jobs.models import Job, State
from albumen.jobs.registry import Priority

KIND: Final = "dead-letter"
MOST: Final = 100
"""Letters that are kept; whoever sends us more has a fault that these show well enough."""

_SHOWN: Final = 120

log = structlog.get_logger()


def keep(db: Session, letter: DeadLetter, now: datetime) -> None:
    """Make a failed job of a letter, once for each text."""
    log.warning("dead letter", queue=letter.queue, reason=letter.reason)
    if _is_wanted(db, _subject(letter)):
        db.add(job_of(letter, now))


def _subject(letter: DeadLetter) -> str:
    return f"{_printable(letter.queue)}:{hashlib.sha256(letter.body).hexdigest()[:16]}"


def _is_wanted(db: Session, subject: str) -> bool:
    kept = select(func.count()).select_from(Job).where(Job.kind == KIND)
    is_known = db.scalar(select(Job.id).where(Job.kind == KIND, Job.subject == subject).limit(1)) is not None
    return not is_known and (db.scalar(kept) or 0) < MOST


def job_of(letter: DeadLetter, now: datetime) -> Job:
    """The failed job that tells of a letter."""
    said = _printable(letter.body.decode("utf-8", "replace"))
    return Job(
        kind=KIND,
        subject=_subject(letter),
        args={},
        dedupe=None,
        priority=int(Priority.soon),
        state=State.failed,
        run_after=now,
        created_at=now,
        finished_at=now,
        error=f"The broker could not deliver this ({_printable(letter.reason)}): {said}",
    )


def _printable(text: str) -> str:
    """The beginning of a text that anybody may have written, without what would disturb a page or a log."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:_SHOWN])
