"""What the program says while it works: one line per event, for eyes or for machines.

The libraries' loggers (the engine, the scheduler, the web server) end in the same handler.
Control characters never reach the log as they are (security no. 81): a headline or a file
name cannot begin a line of its own or move the reader's cursor. Nor does any reader's token.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from bridge.config import Log
from bridge.model import access

QUIET = dict.fromkeys(("alembic", "apscheduler", "dbos", "_granian"), logging.WARNING)
"""Libraries whose own progress is of no use to the operator."""

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Event = MutableMapping[str, Any]


def configure(log: Log, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (stderr), in the form of the config."""
    stream = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=_form(log, stream)
        )
    )
    _install(handler, log)


def escaped(text: str) -> str:
    r"""Return the text with control and direction characters written as `\x0a`, `\u202e`."""
    return CONTROL.sub(_code, text)


def _form(log: Log, stream: TextIO) -> list[Any]:
    """Return the last processors: what makes a line of an event."""
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log.format == "json":
        # JSON escapes by itself what could break a line; direction marks are left to viewers.
        return [
            strip,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            _one_line,
            _hide,
        ]
    plain = structlog.dev.plain_traceback
    colours = stream.isatty()
    renderer = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)
    return [strip, structlog.processors.format_exc_info, _escape, renderer, _hide]


def _install(handler: logging.Handler, log: Log) -> None:
    """Make the handler the only one of the process."""
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(log.level.upper())
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(max(level, root.level))


def _escape(_logger: object, _method: str, event: Event) -> Event:
    """Escape every value; the lines of a traceback are kept, indented as what they are."""
    for key, value in event.items():
        text = value if isinstance(value, str) else str(value)
        if key == "exception":
            event[key] = "\n".join(f"    {escaped(line)}" for line in text.split("\n"))
        elif not isinstance(value, int | float | None):
            event[key] = escaped(text)
    return event


def _one_line(_logger: object, _method: str, line: str) -> str:
    """Escape what JSON leaves: DEL, C1 controls and the separators some viewers break at."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _hide(_logger: object, _method: str, line: str) -> str:
    """Leave readers' tokens out of the finished line, whoever wrote it: see security no. 86."""
    return access.hide(line)


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
