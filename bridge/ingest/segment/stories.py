"""From labelled pieces to stories: cut, name the headings, tell the kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bridge.ingest.segment.headings import Setting, roles
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.looks import Features
from bridge.ingest.segment.sequence import Labelled
from bridge.model import Block, BlockRole, Doubt, Kind, Line, Story

PLAIN: dict[str, BlockRole] = {
    "Y": "byline",
    "B": "body",
    "L": "body",
    "J": "body",
    "S": "subhead",
    "R": "item",
    "K": "caption",
    "Q": "pullquote",
    "T": "tagline",
    "U": "jump_to",
    "V": "jump_from",
    "N": "body",
}
"""Labels that mean one role; headings, captions and speeches depend on the story."""

BRIEF = 400
"""Characters (a Latin word is two) up to which a story of a column of briefs is a brief."""

SURE = 0.9
"""Confidence from which a decision is not worth a doubt."""

PLAIN_LEAD = 0.7
"""Log odds by which the best reading of a heading leads, from which it is worth no doubt."""


@dataclass(slots=True)
class Cut:
    """The pieces of one story."""

    pieces: list[Labelled] = field(default_factory=list)
    column: Features | None = None
    column_kind: Kind | None = None

    def of(self, labels: str) -> list[Labelled]:
        """Return the pieces with one of these labels."""
        return [piece for piece in self.pieces if piece.label in labels]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCut:
    """A page cut into stories, with the lines that belong to none."""

    stories: tuple[Story, ...]
    furniture: tuple[Line, ...]
    doubts: tuple[Doubt, ...]


def cut(found: Sequence[Labelled], label: str, rules: Rules) -> PageCut:
    """Return the stories of a page."""
    cuts, furniture = _split(found)
    _close_columns(cuts, furniture)
    counts = Counter(h.this.piece.folded for c in cuts for h in c.of("H"))
    repeated = frozenset(text for text, count in counts.items() if count > 1)
    doubts: list[Doubt] = []
    stories = [_story(one, label, rules, repeated, doubts) for one in cuts]
    doubts += [
        _doubt(piece) for piece in found if piece.confidence < SURE and piece.label in "JHSB"
    ]
    return PageCut(stories=tuple(stories), furniture=tuple(furniture), doubts=tuple(doubts))


def _split(found: Sequence[Labelled]) -> tuple[list[Cut], list[Line]]:
    cuts: list[Cut] = []
    furniture: list[Line] = []
    column: Features | None = None
    open_story = False
    for piece in found:
        if piece.label in "FC":
            furniture += piece.this.piece.lines
            if piece.label == "C":
                column, open_story = piece.this, False
            continue
        if piece.begins or not open_story:
            held = column if piece.column else None
            cuts.append(Cut(column=held, column_kind=held.column if held else None))
            open_story = True
        cuts[-1].pieces.append(piece)
    return cuts, furniture


def _close_columns(cuts: Sequence[Cut], furniture: list[Line]) -> None:
    """A column ends at the first story of another make; over one story it is a kicker."""
    for at, one in enumerate(cuts):
        if one.column is None:
            continue
        first = next(c for c in cuts if c.column is one.column)
        if one is not first and (
            cuts[at - 1].column is not one.column or not _alike(first, one)
        ):
            one.column, one.column_kind = None, None
    members = Counter(id(one.column) for one in cuts if one.column)
    for one in cuts:
        if one.column and members[id(one.column)] == 1 and one.of("H"):
            title = one.column
            taken = {line.number for line in title.piece.lines}
            furniture[:] = [line for line in furniture if line.number not in taken]
            one.pieces.insert(0, _as_kicker(title))


def _alike(first: Cut, other: Cut) -> bool:
    """The stories of a column are of one make: signed or not, with or without lists."""
    return (
        all(bool(first.of(labels)) == bool(other.of(labels)) for labels in ("Y", "R", "N"))
        and not any(piece.this.column or piece.this.notice for piece in other.of("H"))
        and _named(first) == _named(other)
    )


def _named(one: Cut) -> bool:
    found = [piece.this.lead_in for piece in one.of("BL")]
    return any(lead is not None and lead.persons is not None for lead in found)


def _as_kicker(title: Features) -> Labelled:
    return Labelled(this=title, label="H", begins=True, column=True, confidence=1.0)


def _doubt(piece: Labelled) -> Doubt:
    number = piece.this.piece.lines[0].number
    decision, reason = {
        "J": ("join", "continues the fragment before it"),
        "H": ("split", "read as the heading of a new story"),
        "S": ("heading", "read as a subhead"),
        "B": ("join", "read as a paragraph of its own"),
    }[piece.label]
    return Doubt(
        decision=decision,  # type: ignore[arg-type]
        where=f"line {number}",
        confidence=piece.confidence,
        reason=f"{reason}; ends with {piece.this.end}, {piece.this.size} characters",
    )


def _story(
    one: Cut, label: str, rules: Rules, repeated: frozenset[str], doubts: list[Doubt]
) -> Story:
    kind = _kind(one, rules)
    headings = iter(_headings(one, rules, repeated, doubts))
    asking = _interviewer(one) if kind == "qa" else None
    blocks = [
        Block(
            lines=tuple(piece.this.piece.lines),
            text=piece.this.piece.text,
            role=next(headings) if piece.label == "H" else _role(piece, kind, asking),
            joined=piece.label == "J",
            page=label,
        )
        for piece in one.pieces
    ]
    return Story(
        page=label,
        kind=kind,
        language=rules.tag,
        blocks=tuple(blocks),
        column=one.column.piece.text if one.column else None,
    )


def _headings(
    one: Cut, rules: Rules, repeated: frozenset[str], doubts: list[Doubt]
) -> list[BlockRole]:
    """Return the roles of a story's heading lines; tell when they are in doubt."""
    run = one.of("H")
    if not run or one.of("V"):
        return ["jump_headline"] * len(run)
    under = one.pieces[one.pieces.index(run[-1]) + 1 :]
    setting = Setting(
        rules=rules,
        repeated=repeated,
        subheads=tuple(piece.this.piece.folded for piece in one.of("S")),
        framed=rules.spaced or not under or under[0].this.piece.gap > 0,
    )
    named, lead = roles([h.this for h in run], setting)
    if lead < PLAIN_LEAD:
        doubts.append(_heading_doubt(run[0], lead))
    return named


def _heading_doubt(piece: Labelled, lead: float) -> Doubt:
    return Doubt(
        decision="heading",
        where=f"line {piece.this.piece.lines[0].number}",
        confidence=round(0.5 + lead / 2, 2),
        reason="the heading's lines can be named in two ways",
    )


def _role(piece: Labelled, kind: Kind, asking: str | None) -> BlockRole:
    this = piece.this
    if piece.label == "P":
        return "credit" if this.caption and not this.caption.text else "caption"
    if piece.label == "B" and kind == "qa" and (this.speech or this.question or this.answer):
        return "question" if _asks(this, asking) else "answer"
    return PLAIN[piece.label]


def _asks(this: Features, asking: str | None) -> bool:
    if this.answer:
        return False
    return this.question if asking is None else this.speech == asking or this.question


def _interviewer(one: Cut) -> str | None:
    """Return the speaker whose words end with a question mark most often."""
    asks = Counter(
        piece.this.speech
        for piece in one.of("B")
        if piece.this.speech and piece.this.piece.folded.rstrip("”」")[-1:] == "?"
    )
    return asks.most_common(1)[0][0] if asks else None


def _kind(one: Cut, rules: Rules) -> Kind:
    bodies, rows = one.of("BJL"), one.of("R")
    titles = [piece.this for piece in one.of("H")]
    if one.of("N"):
        return "notice"
    if rows and all(piece.this.verse for piece in rows):
        return "opinion"
    if not bodies and not rows and one.of("PK"):
        return "photo"
    named = next((this.column for this in titles if this.column and not this.groups), None)
    if named == "correction":
        return named
    if named == "qa" or _speeches(one) >= 2:
        return "qa" if _speeches(one) >= 2 else "news"
    if named:
        return named
    if any(this.notice for this in titles):
        return "notice"
    return _by_form(one, titles)


def _by_form(one: Cut, titles: Sequence[Features]) -> Kind:
    bodies, rows = one.of("BJL"), one.of("R")
    size = sum(piece.this.size for piece in bodies)
    if rows and not bodies and not all(piece.this.end == "stop" for piece in rows):
        return "list"  # of sentences it is news
    if any(piece.this.column == "opinion" for piece in one.of("Y")):
        return "opinion"
    if one.column_kind and one.column_kind != "brief":
        return one.column_kind
    if one.column_kind == "brief" and size <= BRIEF and not one.of("YS"):
        return "brief"
    people = [
        p for piece in one.of("Y") if piece.this.persons for p in piece.this.persons.people
    ]
    if people and all(person.role == "author" for person in people):
        return "opinion"
    column = len(titles) > 1 and titles[0].size <= 5
    if column and people and all(person.label in ("", "文") for person in people):
        return "opinion"
    return "news"


def _speeches(one: Cut) -> int:
    """Return how often the speaker changes; an interview has at least two turns."""
    turns = [
        piece.this.speech or ("Q" if piece.this.question else "A")
        for piece in one.of("B")
        if piece.this.speech or piece.this.question or piece.this.answer
    ]
    if len(set(turns)) < 2 or len(set(turns)) > 6 or len(turns) * 2 < len(one.of("B")):
        return 0
    return sum(a != b for a, b in pairwise(turns))
