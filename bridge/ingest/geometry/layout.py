"""A page laid out: its areas cut into the parts that stories are made of.

`layout(page, groups)` is all that a format needs. The stages: `areas` (frames), `lines`,
`fragments`, `headings`, `ownership`, `order`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.geometry.areas import Area, areas
from bridge.ingest.geometry.dropcaps import lowered
from bridge.ingest.geometry.fragments import Fragment, fragments, leading
from bridge.ingest.geometry.headings import Grouping, Head, heads
from bridge.ingest.geometry.lines import PrintLine, body_size, lines
from bridge.ingest.geometry.order import reading_order
from bridge.ingest.geometry.ownership import owners
from bridge.ingest.geometry.shapes import Rect, around

OWN_BODY = 60
"""Characters from which a frame's text has a body size of its own."""


@dataclass(slots=True, kw_only=True, eq=False)
class Part:
    """What belongs together: a head with its texts in reading order, and its pictures."""

    head: Head | None
    texts: list[Fragment]
    pictures: list[Rect] = field(default_factory=list)
    frame: Rect | None = None  # the frame it stands in

    @property
    def rect(self) -> Rect:
        """Return the area it covers."""
        rects = [f.rect for f in self.texts]
        return around([*rects, self.head.rect] if self.head else rects)


@dataclass(slots=True, kw_only=True)
class Laid:
    """One area, laid out."""

    area: Area
    body: float  # points
    step: float  # usual distance of its base lines
    lines: list[PrintLine]
    parts: list[Part]


def page_lines(area: Area, body: float) -> list[PrintLine]:
    """Return the lines of an area."""
    return lines(lowered(area.words, body), [*area.rules, *area.edges], body)


def lay_out(area: Area, found: Sequence[PrintLine], body: float, groups: Grouping) -> Laid:
    """Return the parts of an area whose lines are known."""
    own = body_size(area.words)
    if (
        area.framed
        and sum(len(w.text) for w in area.words) >= OWN_BODY
        and 0.7 < own / body < 1.3
    ):
        body = own
    step = leading(found, body)
    level = [rule for rule in area.rules if rule.width > rule.height]
    walls = [*level, *area.edges]
    pieces = fragments(found, [*walls, *area.pictures], body, step)
    tops, texts = heads(pieces, walls, body, step, groups)
    if not tops and area.framed:
        tops, texts = _first_line(texts)
    pictures = [Fragment(lines=[], make="picture", rect=rect) for rect in area.pictures]
    owned = owners([*texts, *pictures], tops, walls, step)
    parts = _parts(tops, texts, owned, area)
    for part in parts:
        part.pictures = [p.rect for p in pictures if owned.get(id(p)) is part.head]
    return Laid(area=area, body=body, step=step, lines=list(found), parts=parts)


def _first_line(texts: list[Fragment]) -> tuple[list[Head], list[Fragment]]:
    """A frame's first line is its head when it is set in another make than the rest."""
    first = min(texts, key=lambda f: (f.top, f.rect.x0), default=None)
    rest = [f for f in texts if f is not first]
    if first is None or not rest:
        return [], texts
    lead = first.lines[0]
    plain = not any(f.bold for f in rest)
    larger = lead.size > 1.04 * max(f.size for f in rest)
    short = lead.length <= 40 and len(first.lines) <= 2
    if short and ((first.bold and plain) or larger):
        return [Head(parts=[first], rect=first.rect)], rest
    return [], texts


def _parts(
    tops: Sequence[Head], texts: Sequence[Fragment], owned: dict[int, Head], area: Area
) -> list[Part]:
    frame = area.rect if area.framed else None
    parts = [
        Part(
            head=head,
            texts=reading_order([t for t in texts if owned.get(id(t)) is head]),
            frame=frame,
        )
        for head in tops
    ]
    loose = [t for t in texts if id(t) not in owned]
    if loose:
        parts.append(Part(head=None, texts=reading_order(loose), frame=frame))
    return parts


__all__ = ["Laid", "Part", "areas", "body_size", "lay_out", "page_lines"]
