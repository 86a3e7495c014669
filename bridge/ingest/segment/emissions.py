"""What a piece's own looks say for each label it may have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.ingest.segment import weights as w
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.language.script import HAN
from bridge.ingest.segment.looks import Features

MAX_USUAL = 20
"""Characters of a usual headline; what is longer was a deck."""

MAX_HEADING = 80
"""Characters; a longer line is text."""

LOOKS = ("stub", "reported", "closes", "mark", "led", "display", "bound", "notice", "numbered")
"""Features that say by themselves how much a piece looks like a heading (`weights.HEADING`)."""

LONE = 0.8
"""How surely a text that begins with a clause of one character begins inside a word."""

VOCABULARY = 60_000
"""Characters of a page that are searched for a word that a cut went through."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is usual on a page, against which a piece is seen."""

    rules: Rules
    gap: int  # blank lines between pieces
    indented: bool  # paragraphs begin with white space
    text: str  # for words that a cut went through
    framed: bool  # blank lines part frames of several pieces
    counted: dict[str, int]  # pairs of characters already looked for in the text
    headline: int  # size of the page's usual headline, 0 when nothing tells

    @classmethod
    def of(cls, found: Sequence[Features], rules: Rules) -> "Page":
        """Measure a page."""
        gaps = Counter(this.piece.gap for this in found if this.piece.gap)
        indents = sum(this.piece.lines[0].indent >= 2 for this in found)
        longs = sum(this.size > 60 for this in found)
        pieces: list[str] = []
        size = 0
        for this in found:
            if size > VOCABULARY:
                break
            pieces.append(this.piece.folded[:VOCABULARY])
            size += len(pieces[-1])
        return cls(
            rules=rules,
            gap=gaps.most_common(1)[0][0] if gaps else 1,
            indented=indents * 3 > longs and indents > 2,
            text="\n".join(pieces),
            framed=len(found) // 12 < sum(gaps.values()) < len(found) * 2 // 3,
            counted={},
            headline=_usual_headline(found),
        )


def _usual_headline(found: Sequence[Features]) -> int:
    """Return the usual size of lines right above a byline or lead-in."""
    sizes: list[int] = []
    run: list[int] = []
    for this in found:
        if this.persons or this.lead_in:
            sizes += run
        short = this.size <= MAX_HEADING // 2 and this.end != "stop" and not this.persons
        run = [*run, this.size][-3:] if short else []
    sizes.sort()
    return min(sizes[len(sizes) // 2], MAX_USUAL) if len(sizes) > 2 else 0


def emissions(this: Features, page: Page) -> dict[str, float]:
    """Return the labels a piece may have, with what its looks say for each."""
    found = _fixed(this)
    if found is not None:
        return found
    options = _signed(this)
    if this.caption is not None:
        options["P"] = 4.0 * this.caption.sure
        if this.caption.head:  # display words make a picture a story of its own
            options |= {"P": 1.0, "K": 3.0}
    if this.row:
        options["R"] = 3.0
    if this.pulled:
        options["Q"] = 3.0
    if this.caption is not None and this.caption.text and this.caption.sure >= 0.75:
        options.setdefault("K", 2.0)
    if this.advert:
        options = {name: score for name, score in options.items() if name not in "PK"}
        options |= {"N": 3.0, "J": -4.0}
    if this.lead_in is not None:
        return options | dict.fromkeys("BL", 2.0 + body(this, page))
    plain = _plain(this, page)
    if this.caption is not None and this.caption.sure > 0.8:
        plain = {name: score - 2.0 for name, score in plain.items() if name in "BJ"}
    return plain | options


def _signed(this: Features) -> dict[str, float]:
    """Return the labels of a piece that may name people."""
    options: dict[str, float] = {}
    if this.persons is not None:
        options |= {"Y": 4.0, "T": 2.5 if this.persons.people else 1.0}
    elif this.title_line:
        options["Y"] = 1.0
    if this.signoff:
        options["T"] = 4.0
    elif (this.sender or this.signature) and this.column is None:
        options["T"] = max(options.get("T", 0.0), 0.5)
    return options


def _fixed(this: Features) -> dict[str, float] | None:
    """Return the labels of a piece that says itself what it is."""
    if this.jump_to:
        return {"U": 6.0}
    if this.jump_from:
        return {"V": 6.0}
    if this.furniture:
        return {"F": 5.0, "B": 0.0} if this.size > 60 else {"F": 5.0}
    if this.column is not None and not this.title_line:
        if this.persons is not None:
            return {"H": 2.5, "Y": 3.0}  # `Our Commentator` stands above or below
        return {"C": 4.0, "H": 1.0} if this.groups else {"H": 4.0}
    return None


def _plain(this: Features, page: Page) -> dict[str, float]:
    text = body(this, page)
    options = {"B": text, "J": 0.6 * text}
    if this.size <= MAX_HEADING:
        looks = heading(this, page)
        options |= {"H": looks, "S": looks}
    if this.piece.gap == 0:
        options["N"] = -1.0
    if this.piece.gap > page.gap + 1 and this.caption is None and this.size <= 100:
        options["P"] = -1.5 if this.end == "stop" else -3.0
    return options


def heading(this: Features, page: Page) -> float:
    """Return how much a piece looks like a heading."""
    table = w.HEADING
    score = _length(this.size)
    if this.end == "stop":
        asks = this.piece.folded[-3:].rstrip("”’」』)\"'")[-1:] in "!?"
        score += table["exclaims" if asks else "stop"]
    elif this.end in ("soft", "colon", "open", "hyphen"):
        score += table[this.end]
    inner = this.stops - (this.end == "stop")
    if this.size <= 40:
        inner -= min(this.asks, 1)  # `Who pays? Nobody knows` heads a story
    score += table["inner_stop"] * min(max(inner, 0), 2)
    if this.commas:
        score += table[("one_comma", "two_commas", "commas")[min(this.commas, 3) - 1]]
    score += table["phrases"] if this.phrases > 1 else 0.0
    score += table["unbalanced"] if this.open else 0.0
    score += table["lower"] if this.lower and this.piece.gap else 0.0
    score += sum(table[look] for look in LOOKS if getattr(this, look))
    score += table["speech"] if this.speech and not page.rules.spaced else 0.0
    score += table["starts"] if this.starts and not page.rules.spaced else 0.0
    indented = page.indented and this.piece.lines[0].indent >= 2
    score += table["row"] if this.row else 0.0
    return score + (table["indent"] if indented else 0.0)


def _length(size: int) -> float:
    table = w.HEADING
    if size <= 3:
        return table["tiny"]
    if size <= 30:
        return table["plausible_length"]
    if size <= 50:
        return table["long"]
    return table["very_long" if size <= 70 else "too_long"]


def body(this: Features, page: Page) -> float:
    """Return how much a piece looks like running text."""
    table = w.BODY
    score = table["long"] if this.size > 60 else 0.0
    if this.end == "stop":
        brief = this.size <= 30 and not this.speech and this.piece.folded[-1] in "?？!！"
        score += table["asks" if brief else "stop"]
    elif this.size < 20 or this.row:
        score += table["short_unfinished"]
        score += table["scrap"] if this.size < 10 and this.end == "none" else 0.0
    inner = this.stops - (this.end == "stop")
    if this.size <= 40:
        inner -= min(this.asks, 1)
    score += table["inner_stop"] if inner > 0 else 0.0
    score += table["commas"] if this.commas > 1 else 0.0
    if this.size <= MAX_HEADING and this.end != "stop":
        score += table["display"] if this.display else 0.0
        score += table["phrases"] if this.phrases > 1 else 0.0
    if page.indented:
        score += table["indent" if this.piece.lines[0].indent >= 2 else "no_indent"]
    return score


def cut_inside_word(left: str, right: str, page: Page) -> float:
    """Return how likely a cut between two texts went through a Chinese word, 0 to 1."""
    pair = left[-1:] + right[:1]
    if len(pair) < 2 or not (HAN.match(pair[0]) and HAN.match(pair[1])):
        return 0.5 if pair.isdigit() else 0.0
    if pair in page.rules.words:
        return 1.0
    count = page.counted.get(pair)
    if count is None:
        count = page.counted[pair] = page.text.count(pair)
    seen = 0.0 if not count else 0.6 if count == 1 else 0.9
    return max(seen, LONE) if right[1:2] == "," else seen
