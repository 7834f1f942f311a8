"""The threads that read bytes for answers: fewer than there are, so that a store that is slow leaves some for pages."""

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread

_limits: WeakKeyDictionary[asyncio.AbstractEventLoop, CapacityLimiter] = WeakKeyDictionary()


async def run[*Given, Result](call: Callable[[*Given], Result], *given: *Given) -> Result:
    """Call in a thread, as soon as one of those for bytes is free."""
    loop = asyncio.get_running_loop()
    limit = _limits.get(loop)
    if limit is None:
        threads = to_thread.current_default_thread_limiter().total_tokens
        limit = _limits.setdefault(loop, CapacityLimiter(max(2, int(threads * 2 // 3))))
    return await to_thread.run_sync(call, *given, limiter=limit)
