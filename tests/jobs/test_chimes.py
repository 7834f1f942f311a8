"""Chimes wake who listens to that library, from any thread, and everyone at the end."""

import asyncio
import threading

from albumen.jobs.chimes import Chimes


async def heard(chimes: Chimes, library_id: int, ring: list[int]) -> bool:
    with chimes.heard(library_id) as rung:
        threading.Thread(target=chimes.ring, args=(ring,)).start()
        try:
            async with asyncio.timeout(0.2 if library_id not in ring else 10):
                await rung.wait()
        except TimeoutError:
            return False
        return True


def test_only_its_own_library_wakes() -> None:
    chimes = Chimes()
    assert asyncio.run(heard(chimes, 1, [2, 1]))
    assert not asyncio.run(heard(chimes, 1, [2]))


def test_nothing_is_kept_for_those_who_went() -> None:
    chimes = Chimes()
    asyncio.run(heard(chimes, 1, [1]))
    chimes.ring([1])
    assert vars(chimes)["_ears"] == {}


def test_closing_wakes_everyone_now_and_later() -> None:
    async def closing() -> bool:
        chimes = Chimes()
        with chimes.heard(1) as before:
            threading.Thread(target=chimes.close).start()
            async with asyncio.timeout(10):
                await before.wait()
        with chimes.heard(2) as after:
            return before.is_set() and after.is_set()

    assert asyncio.run(closing())
