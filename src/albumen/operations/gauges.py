"""How the whole house stands, in numbers that are taken when Prometheus asks: jobs, room, damage, checks, backups."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from albumen import __version__
from albumen.accounts.models import User
from albumen.app import App
from albumen.jobs import queue
from albumen.jobs.models import Job, State
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Problem
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import Folder, Library, Resumable
from albumen.operations import backups
from albumen.operations.checking import checks
from albumen.unit import Unit

_NEARLY = 0.95


class House(Collector):
    """Registered with the metrics of a server; every process of a cluster tells the same, but for its bell."""

    def __init__(self, app: App) -> None:
        self._app = app

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The numbers; `albumen_up` is 0 where the database or the store does not answer, and the rest is left out."""
        yield InfoMetricFamily("albumen_build", "The release that runs.", {"version": __version__})
        yield from _bell(self._app)
        found: list[Metric] = []
        try:
            found.extend(self._found())
        except Problem:
            found = []
        yield GaugeMetricFamily("albumen_up", "Whether database and store answer.", value=float(bool(found)))
        yield from found

    def _found(self) -> Iterator[Metric]:
        yield from _space(self._app)
        with self._app.reading(SYSTEM) as unit:
            yield from _jobs(unit)
            yield from _sizes(unit)
            yield from _checks(unit)
            yield from _backups(unit)


def _one(name: str, words: str, value: float | None) -> Iterator[Metric]:
    """A gauge; none where there is nothing to tell yet."""
    if value is not None:
        yield GaugeMetricFamily(f"albumen_{name}", words, value=value)


def _age(now: datetime, then: datetime | None) -> float | None:
    return None if then is None else (now - then).total_seconds()


def _space(app: App) -> Iterator[Metric]:
    space = app.blobs.space()
    if space is not None:
        yield from _one("store_total_bytes", "Size of the disk below the store.", space.total_bytes)
        yield from _one("store_free_bytes", "Room left below the store.", space.free_bytes)


def _jobs(unit: Unit) -> Iterator[Metric]:
    counted = GaugeMetricFamily("albumen_jobs", "Jobs by kind and state.", labels=("kind", "state"))
    for (kind, state), count in sorted(queue.lengths(unit.db).items()):
        counted.add_metric((kind, state), count)
    yield counted
    waiting = GaugeMetricFamily("albumen_job_waiting_seconds", "How long the oldest due job waits.", labels=("kind",))
    due = select(Job.kind, func.min(Job.run_after)).where(Job.state == State.ready, Job.run_after <= unit.now)
    for kind, since in unit.db.execute(due.group_by(Job.kind)):
        waiting.add_metric((kind,), _age(unit.now, since) or 0.0)
    yield waiting


def _bell(app: App) -> Iterator[Metric]:
    """Nothing where there is no broker; each process tells its own."""
    tally = app.bell.tally()
    if tally is None:
        return
    yield from _one("bell_up", "Whether RabbitMQ answers.", float(tally.is_up))
    for name, words, count in (
        ("rings", "Rings that RabbitMQ has taken.", tally.rings),
        ("rings_spared", "Rings that were not needed, as enough waited.", tally.full),
        ("rings_heard", "Rings heard by this process.", tally.heard),
        ("bell_failures", "Lines to RabbitMQ that broke, or did not come about.", tally.failures),
        ("bell_connects", "Lines to RabbitMQ that came about.", tally.connects),
        ("dead_letters", "Messages that RabbitMQ gave up, kept as failed jobs.", tally.dead),
    ):
        yield CounterMetricFamily(f"albumen_{name}", words, value=count)


def _sizes(unit: Unit) -> Iterator[Metric]:
    living = Library.deleted_at.is_(None)
    used = unit.db.scalar(select(func.sum(Library.used_bytes)))
    yield from _one("used_bytes", "Bytes that count in libraries, the trash included.", float(used or 0))
    yield from _one("libraries", "Libraries.", unit.db.scalar(select(func.count()).where(living)))
    files = unit.db.scalar(select(func.sum(Folder.file_count)).where(Folder.deleted_at.is_(None)))
    yield from _one("files", "Photos and films, without the trash.", float(files or 0))
    told = unit.rules.user_quota_bytes
    quota = func.coalesce(User.quota_bytes, told) if told else User.quota_bytes
    near = select(func.count()).where(quota > 0, User.used_bytes >= quota * _NEARLY)
    yield from _one("users_near_quota", "Users who have used 95 % of their quota.", unit.db.scalar(near))
    begun = select(func.count()).where(Resumable.file_id.is_(None))
    yield from _one("uploads_begun", "Resumable uploads that are not whole yet.", unit.db.scalar(begun))


def _checks(unit: Unit) -> Iterator[Metric]:
    damaged = unit.db.scalar(select(func.count()).select_from(Damage))
    yield from _one("damaged_originals", "Originals known to be lost or damaged.", damaged)
    last = checks.last(unit.db)
    if last is not None:
        yield from _one("check_age_seconds", "Since the last whole check ended.", _age(unit.now, last.finished_at))
        yield from _one("check_defects", "What the last whole check found.", last.defect_count)


def _backups(unit: Unit) -> Iterator[Metric]:
    found = backups.state(unit)
    yield from _one("backup_age_seconds", "Since the newest backup began.", _age(unit.now, found.made_at))
    yield from _one("backup_bytes", "Bytes that the newest backup holds.", found.size_bytes if found.made_at else None)
    yield from _one("backup_failed", "Whether the last try to make one had a fault.", float(found.error is not None))
    yield from _one("backup_drill_age_seconds", "Since a drill went well.", _age(unit.now, found.drilled_at))
    failed = float(found.drill_error is not None)
    yield from _one("backup_drill_failed", "Whether the last drill went wrong.", failed)
