"""Whether what follows a line is about something new: the words tell.

A subhead's text goes on about the people and things of the text above it; a new story has next
to no word in common with the one before. Words are Latin words or pairs of Chinese characters
without function words; what stands all over a page tells nothing and is left out.
"""

import re
from collections.abc import Sequence
from math import sqrt

from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.looks import Features

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

MAX_RUN = 5
"""Lines of headings over a lead-in."""

CONTINUES = ("soft", "open", "hyphen")
"""How no heading ends."""

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
_TELLING = f"[^{''.join(sorted(_FUNCTION))}\0-\u33ff\ua000-\U0010ffff]"
_PAIR = re.compile(f"(?=({_TELLING}{{2}}))")
_RUN = re.compile("[0-9][0-9.,]+|[A-Za-z]{2,}")


def words(text: str) -> set[str]:
    """Return what a text is about: Latin word stems and pairs of Chinese characters."""
    found: set[str] = set(_PAIR.findall(text))
    for run in _RUN.findall(text):
        lower = run.lower()
        if not lower.isalpha():
            found.update([lower] if len(lower) > MIN_FIGURE else [])
        elif len(lower) > 3 and lower not in _STOP:
            found.add(lower[:6])
    return found


def common(texts: Sequence[set[str]]) -> set[str]:
    """Return the words of many pieces all over the page: the town, the paper, `reporter`."""
    wide = max(10, len(texts) // 2)
    spread: set[str] = set()
    later: set[str] = set()
    for at in range(len(texts) - wide - 2, -1, -1):
        later |= texts[at + wide + 1]
        spread |= texts[at] & later
    once: set[str] = set()
    twice: set[str] = set()
    often: set[str] = set()
    for text in texts:
        told = text & spread
        often |= told & twice
        twice |= told & once
        once |= told
    return often


class _Texts:
    """The running texts of a page, each read once for the words that tell something."""

    def __init__(self, found: Sequence[Features], rules: Rules) -> None:
        scale = 2 if rules.spaced else 1  # a Latin word takes more characters
        self.found = found
        self.prose = [t.size >= PROSE or t.row > 0 or t.end == "stop" for t in found]
        self.before, self.after = BEFORE * scale, AFTER * scale
        heads = [this.piece.folded[:AFTER] for this in found]
        read = [words(head) for head in heads]
        self._common = common(read) | rules.words
        self._known = {
            head: told - self._common for head, told in zip(heads, read, strict=True)
        }

    def words(self, text: str) -> set[str]:
        """Return what a text of this page is about, without what all of the page is about."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = words(text) - self._common
        return known

    def above(self, at: int) -> set[str]:
        """Return the words of the text above a piece, back to where its story begins."""
        texts: list[set[str]] = []
        size = 0
        for place in range(at - 1, max(-1, at - 1 - REACH), -1):
            this = self.found[place]
            if self.prose[place]:
                text = _told(this)[-self.before :]
                texts.append(self.words(text))
                size += len(text)
            if this.lead_in or this.persons or size >= self.before:
                break
        return texts[0] if len(texts) == 1 else set().union(*texts)

    def below(self, at: int) -> set[str]:
        """Return the words of the running text below a piece, down to the next heading."""
        texts: list[set[str]] = []
        size = 0
        for place in range(at + 1, min(len(self.found), at + 1 + REACH)):
            if self.prose[place]:
                text = _told(self.found[place])[: self.after]
                texts.append(self.words(text))
                size += len(text)
            if size >= self.after or (size and not self.prose[place]):
                break
        return texts[0] if len(texts) == 1 else set().union(*texts)


def measure(found: Sequence[Features], longest: int, rules: Rules) -> None:
    """Set `novel` of pieces of up to `longest` characters: log odds for a new story.

    Only pieces that leave open what they are get asked: comparing texts is the dearest part
    of reading a page.
    """
    asked = [at for at in range(len(found)) if _leaves_open(found, at, longest)]
    if not asked:
        return
    texts = _Texts(found, rules)
    for at in asked:
        this = found[at]
        own = this.caption is not None
        below = texts.words(this.piece.folded[:AFTER]) if own else texts.below(at)
        this.novel = _odds(texts.above(at), below) * (LATIN if rules.spaced else 1)


def _leaves_open(found: Sequence[Features], at: int, longest: int) -> bool:
    """Tell whether a piece may be a heading, and no lead-in below makes it one for sure."""
    this = found[at]
    if this.caption is not None:
        return True
    if this.size > longest or this.lead_in is not None or this.end in CONTINUES:
        return False
    if this.end == "stop" and not this.asks:
        return False
    for below in found[at + 1 : at + MAX_RUN]:
        if below.lead_in is not None:
            return False
        if below.size > longest or below.end == "stop":
            break
    return True


def _told(this: Features) -> str:
    """Return the text of a piece without its lead-in."""
    return this.piece.folded[this.lead_in.end if this.lead_in else 0 :]


def _odds(above: set[str], below: set[str]) -> float:
    if not above or not below:
        return 0.0
    mean = sqrt(len(above) * len(below))
    shared = len(above & below)
    weight = min(1.0, mean / ENOUGH)
    if not shared:
        return NOTHING * weight
    share = shared / mean
    return weight * next((odds for bound, odds in SCALE if share < bound), MUCH)
