"""The breaker: who meets silence is not followed by others, and what comes back is found at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.installation import wait_until

from albumen.blobs.breaker import FAILURES, Breaker
from albumen.kernel.errors import NotFound, Unavailable


class Store:
    """Answers, refuses or is silent, as it is told."""

    def __init__(self, patience_seconds: float = 60.0) -> None:
        self.is_there, self.looks, self.served = True, 0, 0
        self.speaks, self.looking, self.may_look = threading.Event(), threading.Event(), threading.Event()
        self.speaks.set()
        self.may_look.set()
        self.breaker = Breaker(self.look, patience_seconds)

    def look(self) -> None:
        self.looks += 1
        self.looking.set()
        self.may_look.wait(60)
        if not self.is_there:
            raise Unavailable("It looked in vain.", retry_seconds=7)

    def ask(self) -> None:
        with self.breaker.asking():
            self.served += 1
            self.speaks.wait(60)
            if not self.is_there:
                raise Unavailable("It asked in vain.")


def fail(store: Store, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable):
            store.ask()


def test_after_failures_only_looks_reach_the_store_until_one_succeeds() -> None:
    store = Store()
    store.is_there = False
    fail(store, FAILURES)
    assert (store.served, store.looks) == (FAILURES, 0)
    fail(store, 5)
    assert (store.served, store.looks) == (FAILURES, 5)
    store.is_there = True
    store.ask()
    store.ask()
    assert (store.served, store.looks) == (FAILURES + 2, 6)


def test_answers_between_failures_and_what_is_not_there_keep_it_closed() -> None:
    store = Store()
    for _ in range(FAILURES):
        store.is_there = False
        fail(store, FAILURES - 1)
        store.is_there = True
        with pytest.raises(NotFound), store.breaker.asking():
            raise NotFound
    assert store.looks == 0


def test_one_looks_and_the_others_are_refused_at_once() -> None:
    store = Store()
    store.is_there = False
    fail(store, FAILURES)
    store.may_look.clear()
    store.is_there = True
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(store.ask)
        assert store.looking.wait(60)
        fail(store, 10)
        store.may_look.set()
        first.result(60)
    assert (store.served, store.looks) == (FAILURES + 1, 1)


def test_silence_is_noticed_while_somebody_still_waits() -> None:
    store = Store(patience_seconds=0.0)
    store.speaks.clear()
    with ThreadPoolExecutor(8) as threads:
        stuck = threads.submit(store.ask)
        wait_until(lambda: store.served == 1)
        store.is_there = False
        others = [threads.submit(store.ask) for _ in range(7)]
        refused = [each.exception(60) for each in others]
        assert all(isinstance(each, Unavailable) and each.retry_seconds == 7 for each in refused)
        assert store.served == 1, "nobody follows"
        store.is_there = True
        threads.submit(store.speaks.set)
        store.ask()
        stuck.result(60)


def test_one_slow_request_keeps_nobody_out_while_the_store_answers() -> None:
    store = Store(patience_seconds=0.0)
    store.speaks.clear()
    with ThreadPoolExecutor(8) as threads:
        slow = [threads.submit(store.ask) for _ in range(8)]
        wait_until(lambda: store.served == 8)
        store.speaks.set()
        assert [each.result(60) for each in slow] == [None] * 8
    assert store.looks >= 7
