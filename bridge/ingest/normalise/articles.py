"""From a story's parts to a whole, clean article."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.ingest.normalise import bodies, bylines, photos
from bridge.ingest.normalise.joins import run_on
from bridge.ingest.normalise.jumps import Part, chain
from bridge.ingest.normalise.repeats import new_blocks
from bridge.ingest.segment import LANGUAGES
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.dates import resolve
from bridge.ingest.segment.features import jump_label
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.marks import end
from bridge.model import (
    Article,
    Block,
    BlockRole,
    Dateline,
    Doubt,
    Jump,
    Paragraph,
    PrintedEdition,
    Provenance,
    Truncated,
)

MAX_HEADLESS = 30
"""Characters of the text that stand in for a headline where print has none."""

HEADINGS = ("banner", "kicker", "headline", "deck", "jump_headline")
SPOKEN = ("body", "question", "answer")
"""Blocks that a tail does not bring along, and those in which a sentence may go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An article and what could have been decided otherwise in making it."""

    article: Article
    doubts: tuple[Doubt, ...]


def make(part: Part, order: int, printed: PrintedEdition, title: str | None) -> Made:
    """Return the article that a story and the parts chained to it make."""
    rules = LANGUAGES[part.story.language]
    blocks = _blocks(part, rules)
    body = bodies.read(blocks, rules, printed.words)
    makers = bylines.read(blocks, body, title, rules)
    shots = photos.read(blocks, title, rules, printed.words)
    jump = _jump(blocks, rules)
    headline = _headline(part, blocks, rules)
    article = Article(
        order=order,
        pages=tuple(dict.fromkeys(one.story.page for one in chain(part))),
        section=None,
        kind=part.story.kind,
        banner=tuple(b.text for b in blocks if b.role == "banner"),
        kicker=_lines(blocks, "kicker", rules) or None,
        headline=headline or _first_words(body.paragraphs, shots[0].caption if shots else ""),
        deck=_decks(blocks, printed.words),
        byline=makers.byline,
        agency=makers.agency,
        dateline=_dateline(body, makers, printed),
        lead_in=body.lead_in,
        body=tuple(p for p in body.paragraphs if p.text),
        photos=shots,
        truncated=_truncated(part, body, rules, jump.to is not None and part.next is None),
        jump=jump,
        language=rules.tag,
        source=_provenance(part),
    )
    return Made(article=article, doubts=_doubts(part, headline))


def _headline(part: Part, blocks: Sequence[Block], rules: Rules) -> str:
    """Return the headline as printed; empty when print has none."""
    headline = _lines(blocks, "headline", rules) or _lines(blocks, "jump_headline", rules)
    if not headline and part.story.kind == "photo":
        return photos.display_head(blocks, rules) or ""
    return headline


def _provenance(part: Part) -> Provenance:
    """Tell where the article stands: by lines of a text, or by boxes on a page's geometry."""
    blocks = [block for one in chain(part) for block in one.story.blocks]
    boxes = tuple(box for block in blocks for box in block.boxes)
    boxes += tuple(box for one in chain(part) for box in one.story.pictures)
    return Provenance(
        file=part.file, lines=None if boxes else _numbers(part), boxes=boxes or None
    )


def _truncated(part: Part, body: bodies.Body, rules: Rules, lost: bool) -> Truncated:
    found = bodies.truncated(body, rules, lost)
    if part.story.kind in ("notice", "list", "advert") and not lost:
        return "no"
    return found


def _blocks(part: Part, rules: Rules) -> list[Block]:
    """Return the blocks of all parts; the first of a later part continues an open sentence."""
    blocks = list(part.story.blocks)
    for tail in chain(part)[1:]:
        unfinished = _unfinished(blocks, rules)
        added = [b for b in tail.story.blocks if b.role not in HEADINGS]
        added = new_blocks(added, blocks, unfinished)
        blocks += _joined(added) if unfinished else added
    return blocks


def _unfinished(blocks: Sequence[Block], rules: Rules) -> bool:
    """Tell whether the text stops in mid-sentence."""
    last = next((b for b in reversed(blocks) if b.role in bodies.KINDS), None)
    if last is None or last.role not in SPOKEN:
        return False
    return end(fold(last.text), rules) in ("none", "soft", "open", "hyphen")


def _joined(added: Sequence[Block]) -> list[Block]:
    """Let the first piece of text continue the paragraph before it."""
    first = next((at for at, b in enumerate(added) if b.role in bodies.KINDS), None)
    return [
        replace(block, joined=block.role in SPOKEN) if at == first else block
        for at, block in enumerate(added)
    ]


def _lines(blocks: Sequence[Block], role: BlockRole, rules: Rules) -> str:
    """Print lines of one heading are joined by a space."""
    return " ".join(line.text for b in blocks if b.role == role for line in b.lines)


def _decks(blocks: Sequence[Block], words: frozenset[str]) -> tuple[str, ...]:
    """Latin lines of one frame that go on in small letters are one deck."""
    decks: list[str] = []
    for block in blocks:
        if block.role != "deck":
            continue
        text = run_on([line.text for line in block.lines], words)
        if (
            decks
            and block.lines[0].gap == 0
            and text[:1].isascii()
            and decks[-1][-1:].isascii()
        ):
            decks[-1] = run_on([decks[-1], text], words)
        else:
            decks.append(text)
    return tuple(decks)


def _first_words(paragraphs: Sequence[Paragraph], other: str) -> str:
    """Return the first clause of a text that was printed without a headline."""
    text = next((p.text for p in paragraphs if p.text), other).strip()
    cut = next(
        (at for at, c in enumerate(text) if c in "，。；！？：,.;!?　" and at > 3), len(text)
    )
    if cut > MAX_HEADLESS:
        cut = (
            text.rfind(" ", 0, 2 * MAX_HEADLESS) if " " in text[:MAX_HEADLESS] else MAX_HEADLESS
        )
    return text[: max(cut, 1)]


def _jump(blocks: Sequence[Block], rules: Rules) -> Jump:
    to = [jump_label(b.text, "jump_to", rules) for b in blocks if b.role == "jump_to"]
    source = [jump_label(b.text, "jump_from", rules) for b in blocks if b.role == "jump_from"]
    met = bool(to and source)  # both ends are here: where it goes is what a reader asks
    return Jump(
        to=next((label for label in to if label), None),
        source=None if met else next((label for label in source if label), None),
    )


def _dateline(body: bodies.Body, makers: bylines.Makers, printed: PrintedEdition) -> Dateline:
    found = body.found or body.closing
    if found is None:
        return Dateline(place=makers.place)
    raw = body.lead_in if body.found else body.closing_text
    date = resolve(found.date, printed.date) if found.date else None
    return Dateline(raw=raw, place=found.place or makers.place, date=date)


def _numbers(part: Part) -> tuple[int, ...]:
    """Return the lines in the file of the first part; pages tell of parts in other files."""
    return tuple(
        line.number
        for one in chain(part)
        if one.file == part.file
        for block in one.story.blocks
        for line in block.lines
    )


def _doubts(part: Part, headline: str) -> tuple[Doubt, ...]:
    if headline or not part.story.blocks:
        return ()
    number = part.story.blocks[0].lines[0].number
    reason = "printed without a headline: its first words stand in"
    return (Doubt(decision="guess", where=f"line {number}", confidence=0.5, reason=reason),)
