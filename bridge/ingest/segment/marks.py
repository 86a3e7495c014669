"""What the punctuation of a text says: its stops and commas, what stays open, how it ends."""

import re
from functools import lru_cache
from typing import Literal

from bridge.ingest.segment.language.english import ABBREVIATIONS, MAY_END
from bridge.ingest.segment.language.rules import Rules

End = Literal["stop", "colon", "soft", "hyphen", "open", "quote", "bracket", "none"]
"""How a text ends: a sentence stop, a colon, a comma, a cut word, a word that wants another."""

CLOSERS = "”’」』》〉）)】]\"' "
STOPS = "。！？!?…｡"
ASKS = "!?！？"

PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("(", ")"), ("【", "】"))
"""Marks that open and close; single quotes are apostrophes too and tell nothing."""

_STOP = re.compile(f"[{STOPS}]")
_COMMA = re.compile("[,、;]")
_BRACKET = re.compile("[" + "".join(left + right for left, right in PAIRS) + "]")
_LATIN_STOP = re.compile('[a-z)][.] [A-Z“"]')


def stops(text: str) -> tuple[int, int]:
    """Return how often a text ends a sentence, and how often it asks or exclaims."""
    found = _STOP.findall(text)
    latin = len(_LATIN_STOP.findall(text)) if ". " in text else 0
    return len(found) + latin, sum(map(ASKS.__contains__, found))


def commas(text: str) -> int:
    """Return how often a text pauses."""
    return len(_COMMA.findall(text))


def balance(text: str) -> int:
    """Return > 0 when something stays open, < 0 when something closes that was not open."""
    marks = "".join(_BRACKET.findall(text))
    for left, right in PAIRS if marks else ():
        opened = marks.count(left) - marks.count(right)
        if opened:
            last, first = marks.rfind(left) > marks.rfind(right), marks.find(right)
            if opened > 0 and last:
                return 1
            if opened < 0 and (first < marks.find(left) or left not in marks):
                return -1
    return 0


def end(text: str, rules: Rules) -> End:
    """Return how a text ends."""
    bare = text[-40:].rstrip()
    core = bare.rstrip(CLOSERS)
    last = core[-1:]
    if last in STOPS and last:
        return "stop"
    if last == ".":
        if core[:-1].rsplit(" ", 1)[-1].lower() in MAY_END:
            return "bracket"  # it may or may not be over
        return "open" if _abbreviated(core) else "stop"
    if core != bare:
        return "quote" if bare[-1] in "”’」』\"'" else "bracket"
    if last in ":":
        return "colon"
    if bare.endswith("——"):
        return "none"
    if last in ",、;—·":
        return "soft"
    if last in "-\u00ad":
        return "hyphen"
    return "open" if rules.open_end.search(bare) else "none"


@lru_cache(maxsize=256)
def _abbreviated(core: str) -> bool:
    word = core[:-1].rsplit(" ", 1)[-1].strip("(“\"'").lower()
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha())
