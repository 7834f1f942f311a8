"""Slow bodies are cut off: whoever sends less than a kibibyte a second for a minute gets 408."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumen.http import problems

BYTES_PER_SECOND = 1024
WINDOW_SECONDS = 60.0


class BodyDeadline:
    """Each window of waiting for a body must bring its share of bytes.

    Only the time in which we wait for the client counts, not what we need to store what came.
    """

    def __init__(
        self, app: ASGIApp, bytes_per_second: int = BYTES_PER_SECOND, window_seconds: float = WINDOW_SECONDS
    ) -> None:
        self._app, self._window_seconds = app, window_seconds
        self._share_bytes = int(bytes_per_second * window_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watching its body."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        body = _Body(receive, send, self._share_bytes, self._window_seconds)
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.is_late:
                raise
        if body.is_late and not body.has_started:
            answer = problems.plain(408, "Request timeout", "The body came too slowly.")
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)


class _Body:
    """One request's body.  Once late, the app is told that the client has gone, and is no longer heard."""

    def __init__(self, receive: Receive, send: Send, share_bytes: int, window_seconds: float) -> None:
        self._receive, self._send = receive, send
        self._share_bytes, self._window_seconds = share_bytes, window_seconds
        self._waited_seconds, self._bytes = 0.0, 0
        self._is_whole = False
        self.is_late = self.has_started = False

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()
        if not self.is_late:
            try:
                return await self._wait()
            except TimeoutError:
                self.is_late = True
        return {"type": "http.disconnect"}

    async def _wait(self) -> Message:
        now = asyncio.get_running_loop().time
        since = now()
        async with asyncio.timeout(self._window_seconds - self._waited_seconds):
            message = await self._receive()
        self._waited_seconds += now() - since
        self._bytes += len(message.get("body", b""))
        if self._bytes >= self._share_bytes:
            self._waited_seconds, self._bytes = 0.0, 0
        self._is_whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self.is_late and not self.has_started:
            return
        self.has_started = True
        await self._send(message)
