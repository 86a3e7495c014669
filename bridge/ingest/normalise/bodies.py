"""The body of an article: fragments joined, lead-in and credits taken out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.normalise.joins import run_on
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.features import short_name
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.leadins import LeadIn, enclosed, lead_in
from bridge.ingest.segment.marks import end
from bridge.ingest.segment.people import Persons, persons
from bridge.model import Block, BodyKind, Paragraph, Truncated

KINDS: dict[str, BodyKind] = {
    "body": "paragraph",
    "subhead": "subhead",
    "question": "question",
    "answer": "answer",
    "item": "item",
}

CLOSING = ")）】]〕"
_SHUT = re.escape(CLOSING)
CREDIT_TAIL = re.compile(
    f"[ 　]*[(（【\\[〔](?P<inside>[^(（【\\[〔{_SHUT}]{{1,70}})[{_SHUT}]$"
)
"""A credit in brackets at the end of a text."""


@dataclass(slots=True)
class Body:
    """What the body's blocks came to."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    lead_in: str | None = None
    found: LeadIn | None = None  # the lead-in, read
    credits: list[Persons] = field(default_factory=list)  # at the end
    closing_text: str | None = None
    closing: LeadIn | None = None  # `（新华社北京3月5日电）` at the end


def read(blocks: Sequence[Block], rules: Rules, words: frozenset[str]) -> Body:
    """Return the body of an article whose blocks stand in order of reading."""
    body = Body()
    texts: list[tuple[BodyKind, list[str]]] = []
    for block in blocks:
        kind = KINDS.get(block.role)
        if kind is None:
            continue
        text = run_on([line.text for line in block.lines], words)
        if block.joined and texts and texts[-1][0] != "subhead":
            texts[-1][1].append(text)
        else:
            texts.append((kind, [text]))
    for kind, parts in texts:
        body.paragraphs.append(Paragraph(kind=kind, text=run_on(parts, words)))
    _take_lead_in(body, rules)
    _take_credits(body, rules)
    return body


def _take_lead_in(body: Body, rules: Rules) -> None:
    for at, paragraph in enumerate(body.paragraphs[:3]):
        if paragraph.kind != "paragraph":
            continue
        found = lead_in(paragraph.text, rules)
        if found is not None:
            body.lead_in = paragraph.text[: found.end].strip()
            body.found = found
            rest = paragraph.text[found.end :].strip()
            body.paragraphs[at] = Paragraph(kind="paragraph", text=rest)
        return


def _take_credits(body: Body, rules: Rules) -> None:
    """Take a credit in brackets off the last paragraph."""
    if rules.spaced or not body.paragraphs or body.paragraphs[-1].kind == "subhead":
        return
    last = body.paragraphs[-1]
    match = CREDIT_TAIL.search(last.text) if last.text[-1:] in CLOSING else None
    if match is None:
        return
    inside = fold(match["inside"]).strip()
    closing = enclosed(match.group().strip(), rules)
    people = persons(inside, rules)
    before = last.text[: match.start()].rstrip()
    if (
        people is None
        and closing is None
        and before[-1:] in "。！？!?”…"
        and short_name(inside)
    ):
        people = persons(f"记者 {inside}", rules)
    if people is None and closing is None:
        return
    if people is not None:
        body.credits.append(people)
    body.closing, body.closing_text = closing, match.group().strip() if closing else None
    if before:
        body.paragraphs[-1] = Paragraph(kind=last.kind, text=before)
    else:
        del body.paragraphs[-1]


def truncated(body: Body, rules: Rules, cut: bool) -> Truncated:
    """Tell whether the text stops before its end; `cut` when a jump leads nowhere."""
    if cut:
        return "yes"
    if not body.paragraphs:
        return "no"
    last = body.paragraphs[-1]
    if last.kind == "item":
        return "no"
    if last.kind == "subhead":
        return "suspected"
    if body.credits or body.closing:
        return "no"
    how = end(fold(last.text), rules)
    if how in ("none", "soft", "open", "hyphen"):
        return "yes" if len(last.text) > 12 else "suspected"
    return "suspected" if how == "colon" else "no"
