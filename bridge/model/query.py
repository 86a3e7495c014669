"""What somebody looks for: words that all occur, "phrases", -exclusions, OR between two.

The grammar is small on purpose, and nothing in a query can go wrong except as `QueryError`
says: whatever is no word, quotation mark, minus or OR is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bridge.model.tokens import Phrase, phrase

LONGEST = 256
"""Characters of a query."""

MOST = 16
"""Words and phrases of a query."""

OR = ("OR", "|")

Reason = Literal["empty", "long", "many", "negative", "or", "date", "place"]

REASONS: dict[Reason, str] = {
    "empty": "there is no word in it",
    "long": f"it has more than {LONGEST} characters",
    "many": f"it has more than {MOST} words and phrases",
    "negative": "it only says what is not wanted",
    "or": "OR stands between two words or phrases",
    "date": "a date in it is not written like 2026-03-04",
    "place": "there is no such paper or section",
}

_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")  # neither in a feed nor in a URL
_PIECE = re.compile(
    r"(?P<minus>(?<!\S)[-－](?=\S))?(?:[\"“”„「『](?P<quoted>[^\"“”」』]*)[\"“”」』]?|(?P<word>[^\s\"“”„「」『』]+))"
)


class QueryError(ValueError):
    """A query that asks for nothing, or for too much; `reason` is a stable word."""

    def __init__(self, reason: Reason) -> None:
        """Take the reason, one of `REASONS`."""
        super().__init__(REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query taken apart."""

    text: str  # as it was written, on one line
    every: tuple[tuple[Phrase, ...], ...]  # of each group one phrase at least occurs
    none: tuple[Phrase, ...] = ()  # and none of these

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """Return every phrase that may occur, to mark it where it does."""
        return tuple(phrase for group in self.every for phrase in group)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    phrase: Phrase
    excluded: bool
    either: bool  # an OR


def parse(text: str) -> Query:
    """Take a query apart; raises QueryError."""
    if len(text) > LONGEST:
        raise QueryError("long")
    text = " ".join(_CONTROL.sub(" ", text).split())
    pieces = [piece for piece in _pieces(text) if piece.phrase or piece.either]
    if sum(not piece.either for piece in pieces) > MOST:
        raise QueryError("many")
    none = tuple(piece.phrase for piece in pieces if piece.excluded)
    every = tuple(_groups(pieces))
    if not every:
        raise QueryError("negative" if none else "empty")
    return Query(text=text, every=every, none=none)


def _groups(pieces: list[_Piece]) -> Iterator[tuple[Phrase, ...]]:
    """Yield the phrases of which one must occur; OR binds its two neighbours."""
    group: list[Phrase] = []
    joined = False
    for piece in pieces:
        if piece.either:
            if joined or not group:
                raise QueryError("or")
            joined = True
        elif piece.excluded:
            if joined:
                raise QueryError("or")
            yield from (tuple(group),) if group else ()
            group = []
        elif joined:
            group.append(piece.phrase)
            joined = False
        else:
            yield from (tuple(group),) if group else ()
            group = [piece.phrase]
    if joined:
        raise QueryError("or")
    yield from (tuple(group),) if group else ()


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PIECE.finditer(text):
        word = match["word"]
        either = word in OR and not match["minus"]
        yield _Piece(
            phrase=() if either else phrase(match["quoted"] if word is None else word),
            excluded=bool(match["minus"]),
            either=either,
        )
