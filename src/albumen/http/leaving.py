"""Leaving without a word cut off: a server that is to stop says so where proxies ask, and still answers meanwhile."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumen.http import problems

READY = "/readyz"


class Leaving:
    """Stands before everything.  From `begin` on `/readyz` says no, and each answer closes its connection."""

    def __init__(self, main: ASGIApp) -> None:
        self._main = main
        self._is_leaving = False

    def begin(self) -> None:
        """Have proxies send their requests elsewhere."""
        self._is_leaving = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if not self._is_leaving or scope["type"] != "http":
            return await self._main(scope, receive, send)

        async def polite(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        if scope["path"] == READY:
            answer = problems.plain(503, "The server is stopping")
            answer.headers["Retry-After"] = "5"
            return await answer(scope, receive, polite)
        return await self._main(scope, receive, polite)
