"""Digests of the pixels of originals that were developed before there were any."""

from contextlib import ExitStack

from sqlalchemy import Row, bindparam, select

from albumen.app import App
from albumen.assets import ingest
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Problem, Unavailable
from albumen.libraries.models import Original

KIND = "pixels"
_lacking = (
    select(Original.signature, Original.key, Original.kind)
    .where(
        Original.signature > bindparam("after"),
        Original.pixel_hash.is_(None),
        Original.is_video.is_(False),
        Original.developed_at.is_not(None),
        Original.failure.is_(None),
    )
    .order_by(Original.signature)
    .limit(100)
)


def everywhere(app: App, task: Task) -> None:
    """Decode each original without a digest once more; what was done stays done when the job is broken off."""
    after, done = "", 0
    while True:
        with app.reading(SYSTEM) as unit:
            rows = unit.db.execute(_lacking, {"after": after}).all()
        if not rows:
            return
        for row in rows:
            _digest(app, row)
        after, done = rows[-1].signature, done + len(rows)
        task.progress(0.0, f"{done} done")


def _digest(app: App, row: Row[str, str, str]) -> None:
    """Decode as if it were new; what cannot be decoded any more gets an empty digest, and is not tried again."""
    try:
        pixels = _decoded(app, row.key, row.kind)
    except Unavailable:
        raise
    except Problem:
        pixels = b""
    with app.writing(SYSTEM) as unit:
        ingest.keep_pixels(unit, row.signature, pixels)


def _decoded(app: App, key: str, kind: str) -> bytes:
    with ExitStack() as stack:
        spools = {variant: stack.enter_context(app.blobs.spool()) for variant in ingest.due(kind)}
        with app.blobs.local(key) as file:
            outputs = {variant: spool.fileno() for variant, spool in spools.items()}
            return app.guard.develop(file, kind, outputs).pixels
