"""Reads a PDF in a child process with limits of memory and time (security nos. 63 and 64).

`reader` runs as a script of its own, so that only what it needs is loaded; its death, whatever
the file did to it, marks that file only.
"""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bridge.errors import BridgeError, FormatError
from bridge.ingest.geometry.shapes import PageContent, Rect, Word
from bridge.model import Box
from bridge.model.printed import FORBIDDEN

READER = Path(__file__).with_name("reader.py")

RENDER = "bridge.ingest.formats.pdf.render"

SECONDS = 60.0
"""Time a whole document may take; a page has its own, shorter limit."""


def read(data: bytes, seconds: float = SECONDS) -> list[PageContent]:
    """Return the pages of a PDF.

    Raises FormatError: what `reader.pages` raises, and `too-complex` when the child needed more
    time or memory than it has.
    """
    found: list[PageContent] = []
    for line in _run([str(READER)], data, seconds).splitlines():
        said = json.loads(line)
        if isinstance(said, dict):
            raise FormatError(said["what"], code=said["code"], hint=said["hint"])
        found.append(_page(said))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page to draw: its place in the document, and the boxes to cut out of it."""

    index: int  # from 0
    area: Box | None = None  # the part that counts, for one page of a spread
    boxes: tuple[Box, ...] = ()  # points from the top left of that part


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A page, or a part of one, as a WebP image of at most 1600 pixels."""

    data: bytes
    width: int  # pixels
    height: int
    scale: float  # pixels per point


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """What was drawn of a page: the whole and its boxes in the order they were asked for."""

    whole: Drawn
    cuts: tuple[Drawn, ...]


def images(
    data: bytes, wanted: Sequence[Wanted], seconds: float = SECONDS
) -> tuple[DrawnPage | None, ...]:
    """Return the pages wanted as images, None in the place of those that cannot be drawn.

    A page that takes too much ends its process; another goes on behind it while there is time.
    Raises FormatError as `read` does when the document cannot be opened.
    """
    until = time.monotonic() + seconds
    found: list[DrawnPage | None] = []
    while len(found) < len(wanted) and (left := until - time.monotonic()) > 0:
        drawn, error = _draw(data, wanted[len(found) :], left)
        if error and error.code == "broken" and not (found or drawn):
            raise error
        found += [*drawn, None][: len(wanted) - len(found)]
    return (*found, *[None] * (len(wanted) - len(found)))


def _draw(
    data: bytes, wanted: Sequence[Wanted], seconds: float
) -> tuple[list[DrawnPage], FormatError | None]:
    """Return the pages that one process drew, and what ended it before the last."""
    asked = json.dumps(
        [(one.index, _edges(one.area), [*map(_edges, one.boxes)]) for one in wanted]
    )
    done = _start(["-m", RENDER, asked], data, seconds)
    said, found = io.BytesIO(done.stdout), list[DrawnPage]()
    while (line := said.readline()).endswith(b"\n"):
        heads = json.loads(line)
        parts = tuple(
            Drawn(data=said.read(size), width=width, height=height, scale=scale)
            for width, height, scale, size in heads
        )
        if len(parts[-1].data) == heads[-1][-1]:  # else it was ended in the middle of it
            found.append(DrawnPage(whole=parts[0], cuts=parts[1:]))
    return found, _failure(done)


def _edges(box: Box | None) -> tuple[float, float, float, float] | None:
    return (box.x0, box.y0, box.x1, box.y1) if box else None


def _run(arguments: Sequence[str], data: bytes, seconds: float) -> bytes:
    done = _start(arguments, data, seconds)
    if error := _failure(done):
        raise error
    return done.stdout


def _start(
    arguments: Sequence[str], data: bytes, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-P", *arguments]
    paths = os.pathsep.join(path for path in sys.path if path)
    environ = {"PYTHONPATH": paths, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with _spooled(data) as file:
        try:
            return subprocess.run(  # noqa: S603 - our own interpreter and file, no shell
                command,
                stdin=file,
                capture_output=True,
                timeout=seconds,
                env=environ,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            killed = -signal.SIGALRM
            return subprocess.CompletedProcess(command, killed, expired.stdout or b"", b"")


def _spooled(data: bytes) -> IO[bytes]:
    """Return a file of no name that holds the data: the child maps it and needs no copy."""
    try:
        file = tempfile.TemporaryFile(prefix="broadsheet-")  # noqa: SIM115 - the caller closes it
        file.write(data)
        file.seek(0)
    except OSError as error:
        raise BridgeError(
            "a PDF cannot be copied for reading",
            where=tempfile.gettempdir(),
            why=error.strerror or str(error),
            hint="make room there, or set TMPDIR to a folder that has some",
        ) from error
    return file


def _failure(done: subprocess.CompletedProcess[bytes]) -> FormatError | None:
    """Return why a process did not finish, None when it did."""
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        return _too_complex()
    if done.returncode:
        return FormatError("the PDF cannot be read, it is damaged", code="broken")
    return None


def _too_complex() -> FormatError:
    return FormatError(
        "the PDF needs more time or memory than a page may take",
        code="too-complex",
        hint="export it again with flattened graphics",
    )


def _page(said: list[Any]) -> PageContent:
    """Return what the child wrote as a page; characters no text may hold are dropped."""
    width, height, words, frames, rules, pictures, turn = said
    return PageContent(
        width=width,
        height=height,
        words=tuple(word for word in map(_word, words) if word.text),
        frames=tuple(Rect(*box) for box in frames),
        rules=tuple(Rect(*box) for box in rules),
        pictures=tuple(Rect(*box) for box in pictures),
        turn=turn,
    )


def _word(said: list[Any]) -> Word:
    text, box, *rest = said
    return Word(FORBIDDEN.sub("", text), Rect(*box), *rest)
