"""Metrics for Prometheus: requests, bytes that came in, and what others register."""

from anyio import to_thread
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import Receive, Scope, Send

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("albumen_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "albumen_request_seconds",
            "Seconds to the end of the answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._received = Counter("albumen_received_bytes", "Bytes of request bodies.", registry=self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template, never a path that a client chose."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def received(self, size_bytes: int) -> None:
        """Count the bytes of a body."""
        self._received.inc(size_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show all metrics in Prometheus' text format."""
        headers = [(b"content-type", CONTENT_TYPE)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": await to_thread.run_sync(generate_latest, self.registry)})
