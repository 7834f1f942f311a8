"""Spans: what took how long, within what.  Nothing is measured until a tracer is put in place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

type Facts = Mapping[str, str | int | float | bool]


class Span(Protocol):
    """What is being measured; facts must tell nothing of who it is, or of names and words of users."""

    def update_name(self, name: str) -> None:
        """Call it otherwise."""

    def set_attribute(self, key: str, value: str | int | float | bool) -> None:
        """Add a fact."""

    def end(self) -> None:
        """Say that it is over."""


_tracers: list[Any] = []


def trace_of(span: Any) -> str:
    """The id of the trace that a span is of, as other programs show it."""
    return f"{span.get_span_context().trace_id:032x}"


def use(tracer: Any | None) -> None:
    """Measure by this tracer (of OpenTelemetry) from now on, in this process; None: no longer."""
    _tracers[:] = [] if tracer is None else [tracer]


def is_on() -> bool:
    """Whether anything is measured."""
    return bool(_tracers)


@contextmanager
def around(name: str, facts: Facts | None = None) -> Iterator[Span | None]:
    """Measure a block; what is measured inside it is within it."""
    if not _tracers:
        yield None
        return
    quiet = {"record_exception": False, "set_status_on_exception": False}  # errors may name files
    with _tracers[0].start_as_current_span(name, attributes=facts or {}, **quiet) as span:
        yield span


@contextmanager
def beside(name: str, facts: Facts | None = None) -> Iterator[None]:
    """Measure a block that may end in another thread than it began in: what is measured inside is not within it."""
    if not _tracers:
        yield
        return
    span: Span = _tracers[0].start_span(name, attributes=facts or {})
    try:
        yield
    finally:
        span.end()
