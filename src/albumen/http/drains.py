"""Refusals that arrive: what a client is still sending is taken and forgotten before it is answered."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 << 20


class Drain:
    """Reads the rest of a body, up to a bound, before an early answer goes out.

    A server that answers and closes while bytes still come makes many clients report a broken connection instead of
    the reason.  A client that waits for `100 Continue` and has sent nothing is answered at once.
    """

    def __init__(self, main: ASGIApp, most_bytes: int = MOST_BYTES) -> None:
        self._main, self._most_bytes = main, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._main(scope, receive, send)
        else:
            body = _Body(scope, receive, send, self._most_bytes)
            await self._main(scope, body.receive, body.send)


class _Body:
    """A body on its way in, and the answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, most_bytes: int) -> None:
        self._receive, self._send, self._left = receive, send, most_bytes
        self._is_waiting = any(name == b"expect" for name, _ in scope["headers"])
        self._is_whole = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._is_waiting = False
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._is_waiting:
            while not self._is_whole and self._left > 0:
                self._left -= len((await self.receive()).get("body", b""))
        await self._send(message)
