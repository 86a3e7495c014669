"""Where an article says what somebody looks for: a piece of its text, the words in it marked.

All of it is plain text; whoever shows it escapes it and sets the marks.
"""

from collections.abc import Iterator, Sequence

from bridge.model import StoredArticle
from bridge.model.tokens import Phrase, Span, spans
from bridge.publish.text import line

LENGTH = 110
"""Characters of a snippet."""

BEFORE = 24
"""Characters that stand before the first word found, so that it is understood."""

Piece = tuple[str, bool]
"""A piece of text, and whether it was looked for."""


def marked(text: str, phrases: Sequence[Phrase]) -> tuple[Piece, ...]:
    """Return a whole text in pieces."""
    return tuple(_pieces(text, spans(text, phrases), 0, len(text)))


def snippet(stored: StoredArticle, phrases: Sequence[Phrase]) -> tuple[Piece, ...]:
    """Return a piece of the body around the first place that was looked for, else its summary.

    What is left out on either side is an ellipsis.
    """
    for text in _texts(stored):
        if found := spans(text, phrases):
            start = max(0, found[0][0] - BEFORE)
            start = max(0, min(start, len(text) - LENGTH))
            end = min(len(text), max(start + LENGTH, found[0][1]))
            head = (("…", False),) if start else ()
            tail = (("…", False),) if end < len(text) else ()
            return (*head, *_pieces(text, found, start, end), *tail)
    return ((line(stored.summary), False),)


def _texts(stored: StoredArticle) -> Iterator[str]:
    article = stored.article
    yield from map(line, article.deck)
    yield line(article.lead_in or "")
    for paragraph in article.body:
        yield line(paragraph.text)
    for photo in article.photos:
        yield line(photo.caption)


def _pieces(text: str, found: Sequence[Span], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in found:
        if first < at or last > end:
            continue
        if first > at:
            yield text[at:first], False
        yield text[first:last], True
        at = last
    if at < end:
        yield text[at:end], False
