"""The server's log: structured lines on standard error, configured here alone.

Nothing secret or personal is logged: no token, PIN, code, name, phone or e-mail. What PostgreSQL quotes of a row in its
errors may be all of that, so it is cut out of tracebacks.
"""

import logging
import re
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# PostgreSQL's DETAIL quotes the row, SQLAlchemy's "parameters" what was sent.
_QUOTED: Final = re.compile(r"^(\s*)(DETAIL:|\[parameters:).*$", re.MULTILINE)

_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure_logs() -> None:
    """Send every log line of this process, also the libraries', through one format: JSON, or text in a terminal."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    for_people = sys.stderr.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if for_people
        else structlog.processors.JSONRenderer()
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_quoted_rows,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Uvicorn tells of its coming and going what `serve` tells already.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def without_quoted_rows(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Cut what PostgreSQL quotes of a row out of a traceback."""
    if isinstance(event.get("exception"), str):
        event["exception"] = _QUOTED.sub(r"\1(left out)", event["exception"])
    return event
