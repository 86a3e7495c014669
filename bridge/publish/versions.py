"""What changed between two versions of an article, part by part and word by word.

Parts are named as in `Revision.note`. Han characters are compared one by one, other scripts
word by word; what is too long to compare so is shown whole, before and after.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Literal

from bridge.model import Article, Revision
from bridge.publish import body
from bridge.publish.words import Words

Kept = Literal["same", "gone", "new"]

LONGEST = 3_000
"""Tokens of one paragraph up to which it is compared word by word: the cost is their square."""

_TOKEN = re.compile(r"[^\W\d_\u2e80-\U0003ffff]+|\d+|.", re.DOTALL)

PARTS: dict[str, Callable[[Article, Words], Sequence[str]]] = {
    "kicker": lambda a, say: [a.kicker or ""],
    "headline": lambda a, say: [a.headline],
    "deck": lambda a, say: a.deck,
    "banner": lambda a, say: a.banner,
    "byline": lambda a, say: [body.byline(a, say) if a.byline else ""],
    "agency": lambda a, say: [a.agency or ""],
    "dateline": lambda a, say: [a.dateline.place or "", str(a.dateline.date or "")],
    "body": lambda a, say: [a.lead_in or "", *(paragraph.text for paragraph in a.body)],
    "photos": lambda a, say: [
        " ".join(filter(None, (p.caption, body.credit(p.credits, say)))) for p in a.photos
    ],
}
"""The parts of an article that a correction can change, in the order they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text that stands in both versions, in the old one or in the new one."""

    kept: Kept
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One part that differs, by paragraphs; those that are the same are left out."""

    part: str
    paragraphs: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One version and what it changed in the one before; the first version changed nothing."""

    version: Revision
    changes: tuple[Change, ...]


def steps(history: Sequence[Revision], say: Words) -> tuple[Step, ...]:
    """Return every version with its changes, the newest first."""
    later = [
        Step(version=after, changes=compare(before.article, after.article, say))
        for before, after in pairwise(history)
    ]
    first = [Step(version=version, changes=()) for version in history[:1]]
    return tuple(reversed(first + later))


def compare(before: Article, after: Article, say: Words) -> tuple[Change, ...]:
    """Return the parts in which two versions differ."""
    found = []
    for part, texts in PARTS.items():
        old, new = ([t for t in texts(article, say) if t] for article in (before, after))
        if old != new:
            found.append(Change(part=part, paragraphs=tuple(_paragraphs(old, new))))
    return tuple(found)


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            for before, after in zip_longest(old[i:j], new[k:m], fillvalue=""):
                yield _pieces(before, after)


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > LONGEST:
        found = [Piece(kept="gone", text=before), Piece(kept="new", text=after)]
    else:
        found = list(_by_token(old, new))
    return tuple(piece for piece in found if piece.text)


def _by_token(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(kept="same", text="".join(old[i:j]))
        else:
            yield Piece(kept="gone", text="".join(old[i:j]))
            yield Piece(kept="new", text="".join(new[k:m]))
