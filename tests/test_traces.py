"""Traces: requests, units of work, jobs and blobs, sent to a collector of the test's own."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests import make
from tests.installation import Installation

from albumen import logs
from albumen.kernel import spans
from albumen.media.guard import Guard
from albumen.settings.tracing import TraceSettings


class Collector:
    """Takes traces over HTTP."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["authorization"] == "Bearer abc"
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self) -> list[Any]:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        sent = map(ExportTraceServiceRequest.FromString, self.bodies)
        return [s for each in sent for r in each.resource_spans for scope in r.scope_spans for s in scope.spans]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    spans.use(None)
    made.server.shutdown()
    made.server.server_close()


def test_what_is_done_for_a_request_and_by_jobs_is_told_without_names(
    tmp_path: Path, guard: Guard, collector: Collector
) -> None:
    told = {"endpoint": collector.url, "headers": "authorization=Bearer abc"}
    installation = Installation.at(tmp_path / "data", guard, trace=told)
    end = logs.trace(installation.app.settings.trace)
    try:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            installation.caller("alice").library().add(make.photo(), "our secret beach.jpg")
        installation.work_off()
    finally:
        end()
        installation.close()
    found, logged = collector.spans(), {each.get("trace_id") for each in lines}
    names = {each.name for each in found}
    assert {"POST /v1/libraries/{library_id}/folders/{folder_id}/files", "unit", "job", "blobs.put"} <= names
    [request] = [each for each in found if each.name.endswith("/files")]
    within = [each for each in found if each.trace_id == request.trace_id and each.span_id != request.span_id]
    assert {each.name for each in within} >= {"unit", "blobs.put"}
    assert request.trace_id.hex() in logged
    assert not any(b"beach" in body or b"alice" in body for body in collector.bodies)


def test_nothing_is_measured_unless_asked_for() -> None:
    logs.trace(TraceSettings())
    assert not spans.is_on()
    with spans.around("request") as span, spans.beside("unit"):
        assert span is None
