"""Reads a PDF in a child process with limits of memory and time (security nos. 63 and 64).

`reader` runs as a script of its own, so that only what it needs is loaded; its death, whatever
the file did to it, marks that file only.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.errors import FormatError
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


def images(
    data: bytes,
    index: int,
    boxes: Sequence[Box] = (),
    *,
    pages: int | None = None,
    seconds: float = SECONDS,
) -> tuple[bytes, ...]:
    """Return a page as a WebP image of at most 1600 pixels, and each box of it as another.

    `index` counts from 0; boxes are in points from the top left of the page as shown; `pages`
    is how many the PDF must have, for a sheet that was read as two has other boxes. Raises
    FormatError as `read` does.
    """
    cuts = [[box.x0, box.y0, box.x1, box.y1] for box in boxes]
    said = _run(["-m", RENDER, str(index), json.dumps(cuts), str(pages or 0)], data, seconds)
    found: list[bytes] = []
    while said:
        size = int.from_bytes(said[:4], "big")
        found.append(said[4 : 4 + size])
        said = said[4 + size :]
    if len(found) != len(boxes) + 1:
        raise FormatError("the page could not be drawn", code="broken")
    return tuple(found)


def _run(arguments: Sequence[str], data: bytes, seconds: float) -> bytes:
    command = [sys.executable, "-P", *arguments]
    paths = os.pathsep.join(path for path in sys.path if path)
    environ = {"PYTHONPATH": paths, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file, no shell
            command, input=data, capture_output=True, timeout=seconds, env=environ, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_complex() from None
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise _too_complex()
    if done.returncode:
        raise FormatError("the PDF cannot be read, it is damaged", code="broken")
    return done.stdout


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
    text, box, base, size, bold, order = said
    return Word(
        text=FORBIDDEN.sub("", text),
        rect=Rect(*box),
        base=base,
        size=size,
        bold=bold,
        order=order,
    )
