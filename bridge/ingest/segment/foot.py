"""Page feet, and the numbers of pages that stand alone: what a head leaves open."""

from collections.abc import Sequence

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.dates import dates
from bridge.ingest.segment.header import MAX_HEAD_LINE, PageHead, head_fields
from bridge.ingest.segment.labels import canonical, read_label
from bridge.ingest.segment.language.rules import HeaderField, Rules
from bridge.model import Line

MAX_FOOT = 4
"""Lines a page's foot may have."""


def read_foot(
    lines: Sequence[Line], rules: Rules
) -> tuple[int, list[tuple[HeaderField, str]], str | None]:
    """Return how many lines at the end of a page are its folio, what they say, and a label.

    A foot counts only with the date in it; a bare number in it is the page's.
    """
    length, dated, label = 0, False, None
    found: list[tuple[HeaderField, str]] = []
    for line in reversed(lines[-MAX_FOOT:]):
        text = fold(line.text)
        fields = head_fields(line.text, rules) if len(text) <= MAX_HEAD_LINE else None
        named = read_label(text)
        if text.isdigit() and len(text) <= 3:
            label = label or canonical(text)
        elif named is not None and named.sure:
            label = label or named.label
        elif not (fields or rules.furniture.fullmatch(text) or rules.title.fullmatch(text)):
            break
        length += 1
        found += [pair for pair in fields or [] if pair[0] != "day"]
        dated = dated or any(kind == "date" for kind, _ in fields or [])
    return (length, found, label) if dated else (0, [], None)


def lone_label(lines: Sequence[Line], head: PageHead) -> str | None:
    """Return the bare number beside a whole date: the page's, for the day is known."""
    if not dates(head.text.replace("\n", " ")):
        return None
    bare = [fold(line.text) for line in lines if fold(line.text).isdigit()]
    return canonical(bare[0]) if len(bare) == 1 and len(bare[0]) <= 3 else None
