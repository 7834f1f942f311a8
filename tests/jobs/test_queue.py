"""The books of the jobs table: order, leases, attempts, ends."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from tests.jobs.conftest import Table

from albumen.jobs import queue
from albumen.jobs.models import Job, State
from albumen.jobs.queue import Lease, Queue, Setback, Terms
from albumen.jobs.registry import Priority

ME = Lease("me", 60)
OTHER = Lease("other", 60)


def claim(table: Table, lease: Lease = ME, most: int = 1, kinds: tuple[str, ...] = ("work",)) -> list[Job]:
    return table.write(queue.claim, lease, kinds=kinds, most=most, now=table.clock())


def test_the_most_urgent_comes_first_then_the_oldest(table: Table) -> None:
    for subject, priority in (
        ("a", Priority.later),
        ("b", Priority.usual),
        ("c", Priority.now),
        ("d", Priority.usual),
        ("e", Priority.now),
    ):
        table.add("work", subject, Terms(priority=priority))
    assert [claim(table)[0].subject for _ in range(5)] == ["c", "e", "b", "d", "a"]
    assert claim(table) == []


def test_what_is_put_back_queues_behind_what_was_due_before(table: Table) -> None:
    table.add("work", "first")
    [first] = claim(table)
    table.write(queue.set_back, ME, first, Setback("not yet", blameless=True), table.clock())
    table.clock.advance(seconds=1)
    table.add("work", "second")
    table.clock.advance(seconds=60)
    assert [job.subject for job in claim(table, most=2)] == ["first", "second"]
    assert table.all()[0].run_after < table.clock()


def test_what_is_asked_for_while_it_runs_runs_once_more(table: Table) -> None:
    table.add("work", "x")
    [job] = claim(table)
    assert table.add("work", "x") is None
    assert table.add("work", "x") is None
    assert table.write(queue.finish, ME, job.id, keep=False, now=table.clock())
    [again] = claim(table)
    assert (again.subject, again.attempts) == ("x", 1)
    assert table.write(queue.finish, ME, again.id, keep=False, now=table.clock())
    assert claim(table) == []
    assert table.all() == []


def test_a_job_is_not_claimed_before_its_time_nor_by_who_does_not_know_it(table: Table) -> None:
    table.add("work", "x")
    with table.database.session(writes=True) as db:
        db.query(Job).update({Job.run_after: table.clock() + timedelta(minutes=1)})
        db.commit()
    assert claim(table) == []
    table.clock.advance(minutes=2)
    assert claim(table, kinds=("other",)) == []
    assert [job.subject for job in claim(table)] == ["x"]


def test_the_attempt_is_counted_before_the_work(table: Table) -> None:
    table.add("work")
    claim(table)
    job = table.job()
    assert (job.attempts, job.state, job.owner) == (1, State.running, "me")
    assert job.lease_until is not None
    assert timedelta(seconds=55) < job.lease_until - table.clock() <= timedelta(seconds=60)


def test_four_threads_claim_each_of_500_jobs_once(table: Table) -> None:
    with table.database.session(writes=True) as db:
        for number in range(500):
            Queue(db, table.clock()).add("work", str(number))
        db.commit()
    taken: list[list[str]] = [[] for _ in range(4)]

    def work(mine: list[str], lease: Lease) -> None:
        while found := claim(table, lease):
            mine.append(found[0].subject)

    threads = [threading.Thread(target=work, args=(mine, Lease(str(n), 60))) for n, mine in enumerate(taken)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [subject for mine in taken for subject in mine]
    assert len(everything) == 500
    assert len(set(everything)) == 500


def test_a_lease_is_kept_as_long_as_it_is_renewed(table: Table) -> None:
    job_id = table.add("work")
    claim(table)
    for _ in range(3):
        table.clock.advance(seconds=50)
        assert table.write(queue.renew, ME, [job_id], table.clock()) == {job_id}
        assert table.write(queue.reclaim, dead_owners=None, now=table.clock()) == 0
    table.clock.advance(seconds=61)
    assert table.write(queue.reclaim, dead_owners=None, now=table.clock()) == 1
    assert claim(table, OTHER)[0].attempts == 2
    assert table.write(queue.renew, ME, [job_id], table.clock()) == set()


def test_who_lost_the_lease_cannot_end_report_or_put_back(table: Table) -> None:
    job_id = table.add("work")
    [mine] = claim(table)
    table.clock.advance(seconds=61)
    table.write(queue.reclaim, dead_owners=None, now=table.clock())
    claim(table, OTHER)
    assert table.write(queue.finish, ME, job_id, keep=False, now=table.clock()) is False
    assert table.write(queue.report, ME, job_id, share=0.5, note="") is False
    assert table.write(queue.set_back, ME, mine, Setback("late"), table.clock()) is None
    assert table.job().owner == "other"
    assert table.write(queue.finish, OTHER, job_id, keep=False, now=table.clock()) is True
    assert table.all() == []


def test_dead_owners_are_told_by_the_beginning_of_their_name(table: Table) -> None:
    for subject, owner in (("a", "serve@host:1:x"), ("b", "serve@host:2:y"), ("c", "worker@host:1:z"), ("d", "se%")):
        table.add("work", subject)
        claim(table, Lease(owner, 60))
    assert table.write(queue.reclaim, dead_owners="serve@host:", now=table.clock()) == 2
    assert table.write(queue.reclaim, dead_owners="se%", now=table.clock()) == 1
    assert [job.state for job in table.all()] == [State.ready, State.ready, State.running, State.ready]


def test_each_setback_lengthens_the_pause(table: Table) -> None:
    table.add("work")
    pauses = []
    for _ in range(2):
        [job] = claim(table)
        table.write(queue.set_back, ME, job, Setback("no luck"), table.clock())
        pauses.append(table.job().run_after - table.clock())
        assert claim(table) == []
        table.clock.advance(hours=1)
    assert all(later > 2 * sooner for sooner, later in pairwise(pauses))
    [job] = claim(table)
    assert table.write(queue.set_back, ME, job, Setback("no luck"), table.clock()) == State.failed
    assert (table.job().error, table.job().attempts) == ("no luck", 3)
    table.clock.advance(days=400)
    assert claim(table) == []


def test_a_blameless_setback_costs_no_attempt(table: Table) -> None:
    table.add("work")
    for _ in range(10):
        [job] = claim(table)
        assert job.attempts == 1
        assert table.write(queue.set_back, ME, job, Setback("away", blameless=True), table.clock()) == State.ready
        table.clock.advance(hours=1)


def test_a_final_setback_ends_at_once(table: Table) -> None:
    table.add("work")
    [job] = claim(table)
    assert table.write(queue.set_back, ME, job, Setback("no photo", final=True), table.clock()) == State.failed
    assert table.job().finished_at is not None


def test_a_job_whose_workers_went_away_ten_times_is_begun_no_more(table: Table) -> None:
    table.add("work")
    for _ in range(3 + queue.LOSSES):
        assert len(claim(table)) == 1
        table.clock.advance(seconds=61)
        table.write(queue.reclaim, dead_owners=None, now=table.clock())
    assert claim(table) == []
    with table.database.session(writes=False) as db:
        assert not queue.has_due(db, ME, kinds=["work"], now=table.clock())
        assert [job.subject for job in queue.exhausted(db, ME, kinds=["work"])] == [""]
        assert queue.exhausted(db, ME, kinds=["other"]) == []
    table.write(queue.quarantine, [table.job().id], table.clock())
    assert table.job().state == State.failed


def test_the_same_work_is_queued_once_while_it_is_open(table: Table) -> None:
    first = table.add("work", "x")
    assert table.add("work", "x") is None
    assert table.add("work", "y") is not None
    assert table.add("other", "x") is not None
    assert claim(table)[0].id == first
    table.write(queue.finish, ME, first, keep=True, now=table.clock())
    assert table.add("work", "x") is not None


def test_repeatable_work_is_queued_as_often_as_asked(table: Table) -> None:
    assert None not in [table.add("work", "x", Terms(once=False)) for _ in range(3)]


def test_a_ready_job_is_cancelled_at_once(table: Table) -> None:
    job_id = table.add("work")
    assert table.write(queue.cancel, job_id, table.clock()) is True
    assert (table.job().state, table.job().finished_at is not None) == (State.cancelled, True)
    assert claim(table) == []
    assert table.write(queue.cancel, job_id, table.clock()) is False


def test_a_running_job_is_asked_to_stop(table: Table) -> None:
    job_id = table.add("work")
    claim(table)
    assert table.write(queue.report, ME, job_id, share=0.2, note="going") is True
    assert (table.job().progress, table.job().note) == (0.2, "going")
    assert table.write(queue.cancel, job_id, table.clock()) is True
    assert table.job().state == State.running
    assert table.write(queue.report, ME, job_id, share=0.4, note="") is False
    assert table.write(queue.renew, ME, [job_id], table.clock()) == set()


@pytest.mark.parametrize(("keep", "left"), [(True, [State.done]), (False, [])])
def test_a_finished_job_is_kept_only_where_its_kind_says_so(table: Table, keep: bool, left: list[State]) -> None:
    job_id = table.add("work")
    claim(table)
    table.write(queue.finish, ME, job_id, keep=keep, now=table.clock())
    assert [job.state for job in table.all()] == left


def test_finished_jobs_are_forgotten_and_failed_ones_are_not(table: Table) -> None:
    done, failed, cancelled = (table.add("work", word) for word in ("done", "failed", "cancelled"))
    jobs = {job.id: job for job in claim(table, most=2)}
    table.write(queue.finish, ME, done, keep=True, now=table.clock())
    table.write(queue.set_back, ME, jobs[failed or 0], Setback("no", final=True), table.clock())
    table.write(queue.cancel, cancelled, table.clock())
    assert table.write(queue.forget_finished, before=table.clock() - timedelta(days=7)) == 0
    table.clock.advance(days=8)
    assert table.write(queue.forget_finished, before=table.clock() - timedelta(days=7)) == 2
    assert [job.subject for job in table.all()] == ["failed"]


def test_lengths_by_kind_and_state(table: Table) -> None:
    table.add("work", "a")
    table.add("work", "b")
    table.add("other")
    claim(table)
    with table.database.session(writes=False) as db:
        assert queue.lengths(db) == {("work", "ready"): 1, ("work", "running"): 1, ("other", "ready"): 1}
