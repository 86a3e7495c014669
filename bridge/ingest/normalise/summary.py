"""The summary for feeds and posts: the first whole sentences, never cut inside one's words."""

import re

from bridge.model import Article

CHINESE, LATIN = (60, 140), (120, 300)
"""Shortest summary that needs no second sentence, and the longest one, in characters."""

_HAN_END = re.compile("[。！？!?…]+[”’」』）)]*")
_LATIN_END = re.compile('[.!?]+[”’")]*(?= |$)')
_CLAUSE = re.compile("[，；、：,;:](?= |[^0-9 ])")
_ABBREVIATION = re.compile(
    "(?:\\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|Gov|Sen|Rep|Gen|St|Jr|Sr|vs|No|Ja"
    "n|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co)|\\b[A-Za-z])\\.$"
)
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("（", "）"), ("(", ")"))


def summary(article: Article) -> str:
    """Return one or two whole sentences of plain text; empty when there is nothing."""
    text = next((p.text for p in article.body if p.kind in ("paragraph", "answer")), "")
    text = " ".join((text or _other(article)).split())
    shortest, longest = CHINESE if article.language.startswith("zh") else LATIN
    whole = article.language.startswith("zh")
    taken = 0
    for cut in _ends(text, whole):
        if cut > longest:
            break
        taken = cut
        if cut >= shortest:
            break
    if taken:
        return text[:taken].strip()
    return text if len(text) <= longest else _shortened(text, longest)


def _other(article: Article) -> str:
    captions = [photo.caption for photo in article.photos if photo.caption]
    return " ".join(article.deck) or next(iter(captions), "")


def _ends(text: str, han: bool) -> list[int]:
    """Return where sentences end, outside quotation marks and brackets."""
    form = _HAN_END if han else _LATIN_END
    cuts = (match.end() for match in form.finditer(text[:2000]))
    return [cut for cut in cuts if _whole(text[:cut]) and not _ABBREVIATION.search(text[:cut])]


def _whole(text: str) -> bool:
    return all(text.count(left) <= text.count(right) for left, right in _QUOTES)


def _shortened(text: str, longest: int) -> str:
    """Cut after the last clause outside quotations, else at a word; add an ellipsis."""
    room = text[: longest - 1]
    cuts = [match.start() for match in _CLAUSE.finditer(room) if _whole(room[: match.start()])]
    if cuts and cuts[-1] > longest // 3:
        return room[: cuts[-1]] + "…"
    space = room.rfind(" ")
    return (room[:space] if space > longest // 2 else room).rstrip() + "…"
