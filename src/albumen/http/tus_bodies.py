"""Bodies of resumable uploads: each ends with its connection, or where another connection goes on in its place."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from enum import Enum
from time import monotonic
from types import TracebackType
from typing import Self

from anyio import CancelScope
from starlette.requests import ClientDisconnect

HANGING_SECONDS = 2.0
"""Who has brought nothing for so long may be ended by whoever goes on with the same upload."""

_coming: dict[str, "Coming"] = {}


class End(Enum):
    """How a body ended: whole, with its connection, or because another connection asked; the last keeps nothing new."""

    whole = "whole"
    broken = "broken"
    asked = "asked"
    taken = "taken"


class Coming:
    """A body on its way into the upload `name`.  As a context manager it can be ended by others of this process."""

    def __init__(self, stream: AsyncIterable[bytes], name: str) -> None:
        self._stream, self._name = stream, name
        self._waiting: CancelScope | None = None
        self._waiting_since = 0.0
        self.end = End.whole

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        _coming[self._name] = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if _coming.get(self._name) is self:
            del _coming[self._name]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(self._stream)
        while (chunk := await self._next(chunks)) is not None:
            yield chunk

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        chunk = None
        self._waiting_since = monotonic()
        with CancelScope() as self._waiting:
            try:
                chunk = await anext(chunks, None)
            except ClientDisconnect:
                self.end = End.broken
        self._waiting = None
        return chunk if self.end is End.whole else None

    def is_hanging(self) -> bool:
        """Whether it has waited long for its client."""
        return self._waiting is not None and monotonic() - self._waiting_since >= HANGING_SECONDS

    def stop(self, end: End) -> None:
        """End it, from whatever thread."""
        self._loop.call_soon_threadsafe(self._stop, end)

    def _stop(self, end: End) -> None:
        if self._waiting is not None and self.end is End.whole:
            self.end = end
            self._waiting.cancel()


def stop_hanging(name: str, end: End) -> bool:
    """End the body that comes into this upload, where it hangs; False where none does."""
    found = _coming.get(name)
    if found is None or not found.is_hanging():
        return False
    found.stop(end)
    return True


def is_coming(name: str) -> bool:
    """Whether a body is on its way into this upload, in this process."""
    return name in _coming
