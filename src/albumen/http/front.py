"""The front of the server: gives each request an id, counts it, logs it, and sends it to the part that answers it."""

import logging
import re
import secrets
import time
from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumen.http.metrics import Metrics
from albumen.kernel import spans

log = structlog.get_logger("albumen.http")
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PROBES = frozenset({"/healthz", "/readyz"})
"""What fronts and containers ask again and again: logged at debug as long as all is well."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Front:
    """An ASGI app that sends requests by their first path segment to a part, else to the main app.

    Parts, such as signed links, are counted and not logged.
    """

    def __init__(self, main: ASGIApp, parts: Mapping[str, ASGIApp], metrics: Metrics) -> None:
        self._main, self._parts, self._metrics = main, dict(parts), metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._main(scope, receive, send)
            return
        head = scope["path"][1:].partition("/")[0]
        part = self._parts.get(head)
        if part is not None:
            await self._count(part, f"/{head}", (scope, receive, send))
        else:
            await self._log(scope, receive, send)

    async def _count(self, part: ASGIApp, route: str, call: tuple[Scope, Receive, Send]) -> None:
        scope, receive, send = call
        started, status = time.perf_counter(), 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await part(scope, receive, counted)
        finally:
            self._metrics.answered(_method(scope), route, status, time.perf_counter() - started)

    async def _log(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        exchange = _Exchange(receive, send, request_id)
        with spans.around("request", {"http.request.method": _method(scope)}) as span:
            if span is not None:
                structlog.contextvars.bind_contextvars(trace_id=spans.trace_of(span))
            try:
                await self._main(scope, exchange.receive, exchange.send)
            finally:
                self._ended(scope, exchange)
                _tell(span, scope, exchange.status)

    def _ended(self, scope: Scope, exchange: "_Exchange") -> None:
        route = _route(scope)
        seconds = time.perf_counter() - exchange.started
        method = _method(scope)
        self._metrics.answered(method, route, exchange.status, seconds)
        self._metrics.received(exchange.received_bytes)
        well = exchange.status < 400 and route in _PROBES
        log.log(
            logging.DEBUG if well else logging.INFO,
            "request",
            method=method,
            route=route,
            status=exchange.status,
            ms=round(seconds * 1000, 1),
            received=exchange.received_bytes,
            sent=exchange.sent_bytes,
        )


class _Exchange:
    """One request and its answer, as they pass."""

    def __init__(self, receive: Receive, send: Send, request_id: str) -> None:
        self._receive, self._send = receive, send
        self._header = (b"x-request-id", request_id.encode())
        self.started, self.status = time.perf_counter(), 500
        self.received_bytes = self.sent_bytes = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self.received_bytes += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], self._header]}
        elif message["type"] == "http.response.body":
            self.sent_bytes += len(message.get("body", b""))
        await self._send(message)


def _route(scope: Scope) -> str:
    """The template of the path, never what a client chose."""
    return getattr(scope.get("route"), "path", None) or "other"


def _tell(span: spans.Span | None, scope: Scope, status: int) -> None:
    if span is not None:
        span.update_name(f"{_method(scope)} {_route(scope)}")
        span.set_attribute("http.route", _route(scope))
        span.set_attribute("http.response.status_code", status)


def _method(scope: Scope) -> str:
    """The method, unless it is a word of the client's own."""
    return scope["method"] if scope["method"] in _METHODS else "other"


def _request_id(scope: Scope) -> str:
    """The id a proxy gave the request, or a new one."""
    given: bytes = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
