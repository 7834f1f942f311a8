"""Logs: structured lines on standard error, for people on a terminal and as JSON elsewhere."""

import logging
import sys

import structlog

from albumen.settings.rooms import LogSettings

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
