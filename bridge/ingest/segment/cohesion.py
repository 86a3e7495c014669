"""Whether what follows a line is about something new: the words tell.

A subhead's text goes on about the people and things of the text above it; a new story has next
to no word in common with the one before. Words are Latin words or pairs of Chinese characters
without function words; what stands all over a page tells nothing and is left out.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from math import sqrt

from bridge.ingest.segment.features import Features
from bridge.ingest.segment.language.rules import Rules

BEFORE, AFTER = 500, 300
"""Characters of running text that are compared above and below a line."""

REACH = 12
"""Pieces looked at on each side."""

PROSE = 24
"""Characters from which a piece counts as running text."""

ENOUGH = 40
"""Words (geometric mean of both sides) from which the comparison counts in full."""

SCALE = ((0.02, 0.6), (0.04, 0.0), (0.07, -1.0))
"""Cosine of the two sets of words up to a bound, and the log odds for a new story."""

NOTHING, MUCH = 1.4, -2.0
"""Log odds for a new story where no word is shared, and where very many are."""

MIN_FIGURE = 3
"""Characters of a number; the longer ones are not in two stories by chance."""

LATIN = 0.6
"""How much less Latin words tell: a story's parts share fewer of them."""

_FUNCTION = frozenset(
    "的了是在和与與及或也都就而但这這那个個们們我你他她它不有人上中下来來到为為对對从從"
    "被把将將以于於由让使"
    "着过過会會能可還还又很之其等年月日时時说說后後多每各某该該本此所更最再已"
    "一二三四五六七八九十百千万萬亿億两兩几幾第"
)
_STOP = frozenset(
    "that this with from have been were said will would their there which when where "
    "what about "
    "after before they them than more most also into over some only other just like "
    "could should "
    "year years people first last week next many made make".split()
)
_LATIN = re.compile("[a-z]{4,}")
_RUN = re.compile("[\u3400-\u9fff]+|[0-9][0-9.,]+|[A-Za-z]{2,}")


@lru_cache(maxsize=4096)
def words(text: str) -> frozenset[str]:
    """Return what a text is about: Latin word stems and pairs of Chinese characters."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        if run[0] < "\u3400":
            lower = run.lower()
            if not lower.isalpha():
                found.update([lower] if len(lower) > MIN_FIGURE else [])
            elif len(lower) > 3 and lower not in _STOP:
                found.add(lower[:6])
            continue
        found.update(
            run[at : at + 2]
            for at in range(len(run) - 1)
            if run[at] not in _FUNCTION and run[at + 1] not in _FUNCTION
        )
    return frozenset(found)


def measure(found: Sequence[Features], longest: int, rules: Rules) -> None:
    """Set `novel` of every piece of up to `longest` characters: log odds for a new story."""
    common = _common(found) | rules.words
    scale = 2 if rules.spaced else 1  # a Latin word takes more characters
    prose = [this.size >= PROSE or this.row > 0 or this.end == "stop" for this in found]
    for at, this in enumerate(found):
        if this.size > longest and this.caption is None:
            continue
        above = _above(found, prose, at, scale)
        own = this.caption is not None
        below = words(this.piece.folded[:AFTER]) if own else _below(found, prose, at, scale)
        this.novel = _odds(above - common, below - common) * (LATIN if rules.spaced else 1)


def _common(found: Sequence[Features]) -> frozenset[str]:
    """Return the words of many pieces: the town, the paper, `reporter`."""
    places: dict[str, tuple[int, int, int]] = {}  # times, first, last
    for at, this in enumerate(found):
        for word in words(this.piece.folded[:AFTER]):
            times, first, _ = places.get(word, (0, at, at))
            places[word] = (times + 1, first, at)
    wide = max(10, len(found) // 2)
    return frozenset(
        word
        for word, (times, first, last) in places.items()
        if times > 2 and last - first > wide
    )


def _above(
    found: Sequence[Features], prose: Sequence[bool], at: int, scale: int
) -> frozenset[str]:
    texts: list[frozenset[str]] = []
    size = 0
    for place in range(at - 1, max(-1, at - 1 - REACH), -1):
        if prose[place]:
            text = _told(found[place])[-BEFORE * scale :]
            texts.append(words(text))
            size += len(text)
        if found[place].lead_in or found[place].persons:
            break  # a story begins here
        if size >= BEFORE * scale:
            break
    return frozenset().union(*texts)


def _below(
    found: Sequence[Features], prose: Sequence[bool], at: int, scale: int
) -> frozenset[str]:
    texts: list[frozenset[str]] = []
    size = 0
    for place in range(at + 1, min(len(found), at + 1 + REACH)):
        if prose[place]:
            text = _told(found[place])[: AFTER * scale]
            texts.append(words(text))
            size += len(text)
        elif size:
            break  # the next heading
        if size >= AFTER * scale:
            break
    return frozenset().union(*texts)


def _told(this: Features) -> str:
    """Return the text of a piece without its lead-in."""
    return this.piece.folded[this.lead_in.end if this.lead_in else 0 :]


def _odds(above: frozenset[str], below: frozenset[str]) -> float:
    if not above or not below:
        return 0.0
    mean = sqrt(len(above) * len(below))
    shared = len(above & below)
    weight = min(1.0, mean / ENOUGH)
    if not shared:
        return NOTHING * weight
    share = shared / mean
    return weight * next((odds for bound, odds in SCALE if share < bound), MUCH)
