"""Readers' tokens in the log: none in any form, whoever wrote the line."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from bridge.config import Log
from bridge.config.settings import LogFormat
from bridge.model import access
from bridge.workers.log import configure

TOKEN = access.token(b"harbour" * 2 + b"pilots")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_line_of_any_form_holds_a_token(form: LogFormat) -> None:
    """Security no. 86: in a message, a value, another library's line, and a traceback."""
    stream = io.StringIO()
    configure(Log(level="info", format=form), stream)
    structlog.get_logger("bridge.web").info(f"asked for /r/{TOKEN}/", url=TOKEN)
    shown = {"path": f"/r/{TOKEN}/all/rss.xml", "status": 200}
    logging.getLogger("granian.access").info("%(path)s %(status)d", shown)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("bridge").exception("failed")
    written = stream.getvalue()
    assert TOKEN not in written
    assert "/r/…/all/rss.xml 200" in written
    assert "ValueError: …" in written
