"""Logs: structured lines on standard error, for people on a terminal and as JSON elsewhere; and traces."""

import logging
import sys
from collections.abc import Callable

import structlog

from albumen.kernel import spans
from albumen.kernel.errors import Invalid
from albumen.settings.rooms import LogSettings
from albumen.settings.tracing import TraceSettings

_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(settings: LogSettings) -> None:
    """Send the house's own logs and those of libraries through one format."""
    as_text = settings.format == "text" or (settings.format == "auto" and sys.stderr.isatty())
    if as_text:
        renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
            pad_event_to=24,
            exception_formatter=structlog.dev.plain_traceback,  # the other takes seconds, and shows what values were
        )
    else:
        renderer = structlog.processors.JSONRenderer()
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    structlog.configure(
        processors=[*_SHARED, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)


def trace(settings: TraceSettings) -> Callable[[], object]:
    """Send traces where the settings say; what is returned sends the last ones and ends it.  Raises Invalid."""
    if not settings.endpoint:
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise Invalid(f"Traces need {error.name}, not installed here: `make setup` brings it.") from None
    sampler = ParentBasedTraceIdRatio(settings.share)
    provider = TracerProvider(resource=Resource({"service.name": settings.name}), sampler=sampler)
    exporter = OTLPSpanExporter(settings.endpoint, headers=settings.sent_along, timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    spans.use(provider.get_tracer("albumen"))
    return provider.shutdown
