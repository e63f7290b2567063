"""The server's log: structured lines on standard error, configured here alone.

Each line of a request says which, and whose: `request`, `merchant`, `till`. Nothing secret or personal is logged: no
token, PIN, code, name, phone or e-mail. What an exception quotes may be all of that, be it PostgreSQL's of a row,
pydantic's of an input or a KeyError's of a key, so what is quoted is cut out of tracebacks.
"""

import logging
import re
import sys
from typing import Final, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from server.observing.request import current_request

# PostgreSQL's DETAIL quotes the row, its CONTEXT the JSON, SQLAlchemy's "parameters" what was sent.
_TOLD: Final = re.compile(r"^(\s*)(DETAIL:|CONTEXT:|\[parameters:).*$")
_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*\'|\binput_value=.*""")
_FRAME: Final = re.compile(r'\s*(\| )?\s*File "[^"]*", line \d+')
_MARKERS: Final = re.compile(r"[\s|~^]+")


def with_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say whose request a line belongs to."""
    if (request := current_request()) is not None:
        event.update(request.fields())
    return event


def _answered_twice(record: logging.LogRecord) -> bool:
    """Uvicorn tells once more of what failed, and knows less of it (api/observed.py)."""
    return not (record.name == "uvicorn.error" and record.msg.startswith("Exception in ASGI application"))


_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    with_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure_logs(level: Literal["debug", "info", "warning"] = "info") -> None:
    """Send every log line of this process, also the libraries', through one format: JSON, or text in a terminal.

    `level` is of our own lines; the libraries' are told from INFO on.
    """
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
    handler.addFilter(_answered_twice)
    logging.basicConfig(
        level=max(logging.INFO, logging.getLevelNamesMapping()[level.upper()]), handlers=[handler], force=True
    )
    logging.getLogger("server").setLevel(level.upper())
    # Uvicorn tells of its coming and going what `serve` tells already.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def without_quoted_rows(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Cut what an exception quotes out of a traceback. Its frames stay: they are our own text."""
    if isinstance(event.get("exception"), str):
        lines = event["exception"].split("\n")
        event["exception"] = "\n".join(
            line if _is_ours(line, before) else _QUOTED.sub("(left out)", _TOLD.sub(r"\1(left out)", line))
            for before, line in zip(["", *lines], lines, strict=False)
        )
    return event


def _is_ours(line: str, before: str) -> bool:
    """A frame, the line of source below it, or what marks a place in that."""
    return bool(_FRAME.match(line) or _FRAME.match(before) or _MARKERS.fullmatch(line))
