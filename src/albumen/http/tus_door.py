"""What tus asks of every request and answer, before and after the routes: methods by header, and its version."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumen.http import tus

_VERSION = (b"tus-resumable", tus.VERSION.encode())


class TusDoor:
    """Has `X-HTTP-Method-Override` decide over the method below `path`, and every answer there carry the version."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{self._path}/"):
            return await self._app(scope, receive, send)

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if all(name.lower() != _VERSION[0] for name, _ in headers):
                    message = {**message, "headers": [*headers, _VERSION]}
            await send(message)

        _mean(scope)
        return await self._app(scope, receive, stamped)


def _mean(scope: Scope) -> None:
    """Have the request be of the method that its client means, whatever that is."""
    meant = next((value for name, value in scope["headers"] if name == b"x-http-method-override"), b"")
    if meant:
        scope["method"] = meant.decode("latin-1").upper()
