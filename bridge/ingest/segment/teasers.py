"""Boxes that point to other pages: `导读`, `INSIDE`, `INDEX`. They are furniture."""

import re
from collections.abc import Sequence

from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.pieces import Piece

_REFERENCE = re.compile("[A-Z]?[0-9]{1,3} ?[版頁页]?$")
"""A page named at the end of a line."""

MAX_TITLE = 30
MAX_LINE = 130
MAX_FRAMES = 8
"""Frames after the title of a box that may still belong to it."""


def mark_teasers(found: Sequence[Piece], rules: Rules) -> None:
    """Mark the pieces of teaser boxes as furniture."""
    inside = 0
    for at, piece in enumerate(found):
        text = piece.folded
        if len(text) <= MAX_TITLE and rules.teaser.fullmatch(text):
            piece.furniture = True
            inside = MAX_FRAMES
            continue
        title, colon, rest = text.partition(":")
        boxed = colon and len(text) <= MAX_LINE and rules.teaser.fullmatch(title)
        if boxed and _REFERENCE.search(rest):
            piece.furniture = True
            continue
        points = len(text) <= MAX_LINE and rules.teaser_line.fullmatch(text) is not None
        if inside and (points or (piece.gap == 0 and found[at - 1].furniture)):
            piece.furniture = True
            inside -= piece.gap > 0
        elif points and _among(found, at, rules):
            piece.furniture = True
        else:
            inside = 0


def _among(found: Sequence[Piece], at: int, rules: Rules) -> bool:
    """Two pointing lines in one frame are a box without a title."""
    near = [found[n] for n in (at - 1, at + 1) if 0 <= n < len(found)]
    return any(
        len(piece.folded) <= MAX_LINE
        and rules.teaser_line.fullmatch(piece.folded) is not None
        and (piece.gap == 0 or found[at].gap == 0)
        for piece in near
    )
