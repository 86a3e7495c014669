"""Putting cut text together again: columns, pages, hard-wrapped lines.

Chinese runs on without a space. Latin words are parted by one, and a hyphen at a line's end
goes or stays: it goes when the whole word stands elsewhere in the document, stays when the
hyphenated one does, and else by the words around it.
"""

import re
from collections.abc import Iterable

from bridge.ingest.segment.language.english import (
    KEEP_HYPHEN_AFTER,
    KEEP_HYPHEN_BEFORE,
    WHOLE,
)
from bridge.ingest.segment.language.script import HAN

_LAST = re.compile("([A-Za-z0-9][A-Za-z0-9'’-]*)[-\u00ad]$")
_NEXT = re.compile("[A-Za-z0-9][A-Za-z0-9'’]*(?:-[A-Za-z0-9]+)*")


def run_on(parts: Iterable[str], words: frozenset[str]) -> str:
    """Return fragments as one text; `words` are the document's, in small letters."""
    whole: list[str] = []
    last = ""
    for part in parts:
        if not part:
            continue
        if last:
            cut, between = _seam(last, part, words)
            if cut:
                whole[-1] = whole[-1][:-1]
            whole.append(between)
        whole.append(part)
        last = part
    return "".join(whole)


def _seam(left: str, right: str, words: frozenset[str]) -> tuple[bool, str]:
    """Return whether the last character of the left goes, and what stands between."""
    if left[-1] == "\u00ad":
        return True, ""
    if left[-1] == "-" and len(left) > 1 and left[-2].isalnum() and left[-2].isascii():
        return not keeps_hyphen(left, right, words), ""
    if (
        HAN.match(left[-1])
        or HAN.match(right[0])
        or not (left[-1].isascii() and right[0].isascii())
    ):
        latin = _latin(left[-1]) and _latin(right[0])
        return False, " " if latin else ""
    if left[-1].isdigit() and right[0].isdigit() and HAN.search(left[-12:] + right[:12]):
        return False, ""  # a number cut by a column
    return False, " "


def _latin(character: str) -> bool:
    """Curly quotes and dashes are not ASCII, but part Latin words."""
    return character.isascii() or character in "“”‘’—–…" or "À" <= character <= "ɏ"


def keeps_hyphen(left: str, right: str, words: frozenset[str]) -> bool:
    """Tell whether the hyphen at the end of the left text belongs to the word."""
    before, after = _LAST.search(left), _NEXT.match(right)
    if before is None or after is None or not right[0].islower():
        return True
    head, tail = before[1].lower(), after[0].lower()
    first = tail.split("-")[0]
    if head + first in WHOLE or head + first in words or head + tail in words:
        return False
    if f"{head}-{first}" in words or f"{head}-{tail}" in words:
        return True
    return (
        head.split("-")[-1] in KEEP_HYPHEN_BEFORE
        or head[-1].isdigit()
        or first in KEEP_HYPHEN_AFTER
    )
