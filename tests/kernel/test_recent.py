"""What was found out a moment ago."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from albumen.kernel.recent import Recent


def test_what_is_recent_is_known_until_it_is_forgotten() -> None:
    recent: Recent[str, int] = Recent(60, most=2)
    recent.remember("a", 1)
    recent.remember("b", 2)
    recent.remember("a", 3)
    recent.remember("c", 4)
    assert [recent.get(each) for each in "abc"] == [3, None, 4]
    recent.forget("c")
    recent.forget("never known")
    assert recent.get("c") is None


def test_what_is_old_is_found_out_anew() -> None:
    recent: Recent[str, int] = Recent(0, most=2)
    recent.remember("a", 1)
    assert recent.get("a") is None


def test_one_finds_out_for_all() -> None:
    recent: Recent[str, int] = Recent(60, most=2)
    asked = threading.Barrier(5)
    found: list[int] = []

    def find() -> int:
        found.append(len(found))
        return found[-1]

    def ask(_: int) -> int:
        asked.wait(10)
        return recent.once("a", find)

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(ask, range(5))) == [0] * 5
    assert found == [0]
    assert recent.once("b", find) == 1


def test_who_finds_nothing_leaves_it_to_the_next() -> None:
    recent: Recent[str, int] = Recent(60, most=2)
    with pytest.raises(ZeroDivisionError):
        recent.once("a", lambda: 1 // 0)
    assert recent.once("a", lambda: 5) == 5
