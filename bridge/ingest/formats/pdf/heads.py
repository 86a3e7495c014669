"""The head of a page: which lines are masthead, running head or folio, and what they say.

Geometry tells where a head can be (the top of the page, its foot), the words tell what is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.geometry.lines import PrintLine
from bridge.ingest.geometry.shapes import Rect, around
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.header import PageHead, head_fields
from bridge.ingest.segment.labels import canonical, read_label
from bridge.ingest.segment.language.rules import HeaderField, Rules
from bridge.ingest.segment.language.script import HAN

TOP, FOOT = 0.3, 0.93
"""Shares of the page's height: a head ends above the one, a foot begins below the other."""

SIDE = 0.1
"""Share of the width within which a head at the side of a page begins, and how wide it is."""

DEEP = 0.5
"""Share of the height down to which a head at the side may reach."""

EDGE = 0.12
"""Share of the height within which a label alone makes a head."""

LINE = 90
"""Characters up to which a line may be part of a head."""

_NUMERAL = re.compile("[0-9０-９〇零一二三四五六七八九十元廿卅]")
"""What every date, number, price and label has in it: other lines are no marks of a head."""

_LABEL = re.compile("[A-Z]{0,2}-?[0-9]{1,3}")
_POINTER = re.compile(" *\\b(?:page|see|详见|見)? ?[A-Z]?[0-9]{1,2}版?$", re.I)
_NAME = re.compile("[\\u3400-\\u9fff·]{2,10}|[A-Z][A-Za-z&' ]{2,24}")


@dataclass(slots=True, kw_only=True)
class Split:
    """A page's lines: its head and foot, and the rest."""

    head: PageHead
    lines: list[PrintLine] = field(default_factory=list)  # of head and foot
    bottom: float = 0.0  # y below which the news begins
    known: bool = False  # something that only a head says was found


@dataclass(slots=True, kw_only=True)
class _Sign:
    """What a line at the top of the page says as a part of a head."""

    line: PrintLine
    text: str
    fields: list[tuple[HeaderField, str]]
    label: tuple[str, str | None] | None  # and the page's name
    title: bool


def split(
    lines: Sequence[PrintLine],
    frames: Sequence[Sequence[PrintLine]],
    page: Rect,
    body: float,
    rules: Rules,
) -> Split:
    """Return a page's head; `frames` are the lines of each frame, looked at as one text."""
    top = [line for line in lines if _may_be_head(line.rect, page)]
    boxed = [line for frame in frames for line in frame if line.rect.y1 < TOP * page.height]
    high = [*top, *boxed]
    numbered = [_read(line, page, rules) for line in high if _NUMERAL.search(line.text)]
    marks = [sign for sign in numbered if _is_mark(sign, page)]
    bottom, beside = _bottom(marks, high, page, body, rules)
    inside = [
        line
        for line in high
        if line.rect.middle[1] < bottom or (beside and beside.has(line.rect.middle))
    ]
    found = _tell([_read(line, page, rules) for line in inside], body, rules)
    found.bottom = bottom
    found.known = bool(marks)
    _weather(found, frames, bottom, rules)
    for line in lines:
        if line.rect.y0 > FOOT * page.height and _is_foot(line, page, rules):
            found.lines.append(line)
            label = _label(fold(line.text))
            if found.head.label is None and label:
                found.head.label, found.head.name = label
    return found


def _may_be_head(rect: Rect, page: Rect) -> bool:
    narrow = rect.width < SIDE * page.width and _at_edge(rect, page)
    return rect.y1 < (DEEP if narrow else TOP) * page.height


def _at_edge(rect: Rect, page: Rect) -> bool:
    return min(rect.x0, page.width - rect.x1) < SIDE * page.width


def _read(line: PrintLine, page: Rect, rules: Rules) -> _Sign:
    text = fold(line.text).strip()
    bare = re.sub(" ", "", text) if HAN.search(text) else text
    short = len(text) <= LINE
    fields = (head_fields(text, rules) or []) if short else []
    if not fields and short and re.search("[0-9] ?[°℃]", text):
        fields = [("weather", _POINTER.sub("", text))]
    staff = short and bool(rules.furniture.fullmatch(text))
    if staff and not fields:
        fields = [("notice", text)]
    corner = line.rect.y0 < EDGE * page.height
    return _Sign(
        line=line,
        text=text,
        fields=fields,
        label=_label(text) if corner and short else None,
        title=short and bool(rules.title.fullmatch(bare.strip("《》"))),
    )


def _label(text: str) -> tuple[str, str | None] | None:
    found = read_label(text)
    if found and not found.slip:
        return found.label, found.name
    bare = text.replace(" ", "")
    return (canonical(bare), None) if _LABEL.fullmatch(bare) else None


def _is_mark(sign: _Sign, page: Rect) -> bool:
    """Tell whether only a page's head says this: dates, numbers, labels at its edge."""
    sure = {"date", "number", "serial", "pages", "lunar", "price"}
    if any(kind in sure for kind, _ in sign.fields):
        return len(sign.text) < 60
    return sign.label is not None and sign.line.rect.y0 < EDGE * page.height


def _bottom(
    marks: Sequence[_Sign], lines: Sequence[PrintLine], page: Rect, body: float, rules: Rules
) -> tuple[float, Rect | None]:
    """Return the y below which the news begins, and where a head stands at the page's side.

    It begins under the lowest mark that no text is above. A head that runs down the side of a
    page has text beside it, but none over its marks.
    """
    bottom = 0.0
    side: list[Rect] = []
    for sign in sorted(marks, key=lambda s: s.line.base):
        prose = [
            line
            for line in lines
            if line.rect.y1 < sign.line.rect.y0
            and line.rect.y0 > bottom
            and line.length > (20 if rules.spaced else 8)
            and abs(line.size - body) < 0.15 * body
            and head_fields(fold(line.text)[:LINE], rules) is None
        ]
        told = _is_told(prose, rules)
        if told and _is_aside(sign.line.rect, prose, page):
            side.append(sign.line.rect)
            continue
        if sign.line.rect.y1 > TOP * page.height:
            continue
        if told or (bottom and sign.line.rect.y0 - bottom > 12 * body):
            break
        bottom = max(bottom, sign.line.rect.y1)
    return bottom, around([*side, Rect(side[0].x0, 0, side[0].x1, 0)]) if side else None


def _is_told(prose: Sequence[PrintLine], rules: Rules) -> bool:
    """Tell whether lines are text of a story: some long ones, or many."""
    wide = 2 if rules.spaced else 1
    long = sum(line.length > 20 * wide for line in prose)
    return long > 1 or sum(line.length for line in prose) > 120 * wide


def _is_aside(mark: Rect, prose: Sequence[PrintLine], page: Rect) -> bool:
    return _at_edge(mark, page) and not any(line.rect.across(mark) > 0 for line in prose)


def _tell(signs: Sequence[_Sign], body: float, rules: Rules) -> Split:
    head = PageHead(first=0)
    ordered = sorted(signs, key=lambda s: (s.line.base, s.line.rect.x0))
    for sign in ordered:
        head.fields += [f for f in sign.fields if f not in head.fields]
        if sign.label and head.label is None and not _is_date(sign):
            head.label, head.name = sign.label
    head.text = "\n".join(sign.text for sign in ordered)
    plain = [s for s in ordered if not s.fields and s.label is None]
    _title(head, plain, body, rules)
    named = [
        s for s in plain if _NAME.fullmatch(s.text) and not s.title and s.text != head.title
    ]
    if head.name is None and head.title_latin is None and head.label != "A1" and named:
        largest = max(named, key=lambda s: s.line.size)
        if largest.line.size > 0.9 * body and len(largest.text) < 16:
            head.name = largest.text
    return Split(head=head, lines=[s.line for s in signs])


def _is_date(sign: _Sign) -> bool:
    return any(kind in ("date", "number", "price", "pages") for kind, _ in sign.fields)


def _title(head: PageHead, plain: Sequence[_Sign], body: float, rules: Rules) -> None:
    """The paper's name: what ends like one, else the largest type of a front page's head."""
    named = [s for s in plain if s.title]
    large = [s for s in plain if s.line.size > 2.5 * body]
    best = max(named or large, key=lambda s: s.line.size, default=None)
    if best is None:
        return
    spaced = not HAN.search(best.text)
    head.title = best.text if spaced else best.text.replace(" ", "").strip("《》")
    if spaced:
        return
    latin = [
        s
        for s in plain
        if re.fullmatch("[A-Za-z][A-Za-z .'’&-]{1,60}", s.text)
        and abs(s.line.base - best.line.base) < 1.2 * best.line.size
    ]
    whole = " ".join(s.text for s in sorted(latin, key=lambda s: (s.line.base, s.line.rect.x0)))
    head.title_latin = whole if len(whole) > 3 else None


def _weather(
    found: Split, frames: Sequence[Sequence[PrintLine]], bottom: float, rules: Rules
) -> None:
    """A box in the head is read as one text: its lines tell the weather together."""
    for frame in frames:
        if frame and max(line.rect.y1 for line in frame) <= bottom + 1 and len(frame) > 1:
            whole = fold(" ".join(line.text for line in frame))
            fields = [f for f in head_fields(whole, rules) or [] if f[0] == "weather"]
            if fields:
                kept = [f for f in found.head.fields if f[0] != "weather"]
                found.head.fields = [*fields, *kept]


def _is_foot(line: PrintLine, page: Rect, rules: Rules) -> bool:
    text = fold(line.text).strip()
    if len(text) > LINE:
        return False
    if _label(text) and line.rect.y1 > 0.95 * page.height:
        return True
    return bool(head_fields(text, rules) or rules.furniture.fullmatch(text))
