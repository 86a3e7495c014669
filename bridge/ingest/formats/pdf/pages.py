"""One page: its head, its areas, its stories, and what belongs to none of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.ingest.formats.pdf.heads import Split, split
from bridge.ingest.formats.pdf.stories import Sheet, story
from bridge.ingest.geometry import layout
from bridge.ingest.geometry.areas import Area
from bridge.ingest.geometry.layout import Laid, Part
from bridge.ingest.geometry.lines import PrintLine
from bridge.ingest.geometry.shapes import PageContent, Rect
from bridge.ingest.segment import rules_of
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.language.rules import Rules
from bridge.model import Line, Story

SPARSE = 0.16
"""Share of a frame's area that the lines of an advert cover at most."""

_SELLS = re.compile(
    "电话|電話|热线|熱線|地址|广告|廣告|订购|訂購|咨询|諮詢|优惠|優惠|[0-9]{3,4}-[0-9]{4}|"
    "\\b(?:tel|call|phone|www|sale|open daily|advertisement)\\b|\\.(?:com|cn|org|net)\\b",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What one page came to."""

    label: str
    head: Split
    stories: tuple[Story, ...]
    furniture: tuple[Line, ...]
    numbers: int  # the last line's number


def measure(content: PageContent) -> tuple[float, list[tuple[Area, list[PrintLine]]]]:
    """Return the body's size in points, and each area with its lines."""
    body = layout.body_size(content.words)
    found = [(area, layout.page_lines(area, body)) for area in layout.areas(content)]
    return body, found


def is_labelled(content: PageContent) -> bool:
    """Tell whether a page carries its label in its head or foot."""
    body, measured = measure(content)
    rules = rules_of("\n".join(line.text for line in measured[0][1]), None)
    return _head(content, body, measured, rules).head.label is not None


def _head(
    content: PageContent,
    body: float,
    measured: Sequence[tuple[Area, list[PrintLine]]],
    rules: Rules,
) -> Split:
    whole = Rect(0, 0, content.width, content.height)
    frames = [lines for _, lines in measured[1:]]
    return split(measured[0][1], frames, whole, body, rules)


def read(
    content: PageContent,
    body: float,
    measured: Sequence[tuple[Area, list[PrintLine]]],
    rules: Rules,
    label: str | None,
    first: int,
) -> ReadPage:
    """Return a page's stories; `label` is what it is called if it does not say so itself."""
    head = _head(content, body, measured, rules)
    sheet = Sheet(
        label=head.head.label or label or "1", content=content, rules=rules, number=first
    )
    stories: list[tuple[tuple[float, float], Story]] = []
    spare: list[PrintLine] = list(head.lines)
    taken = set(map(id, head.lines))
    for area, lines in measured:
        left = [line for line in lines if id(line) not in taken]
        if left:
            made, furniture = _area(area, left, body, sheet)
            stories += made
            spare += furniture
    stories.sort(key=lambda one: (round(one[0][0] / (3 * body)), one[0][1]))
    return ReadPage(
        label=sheet.label,
        head=head,
        stories=tuple(one for _, one in stories),
        furniture=tuple(_plain(spare, sheet)),
        numbers=sheet.number,
    )


def _area(
    area: Area, lines: list[PrintLine], body: float, sheet: Sheet
) -> tuple[list[tuple[tuple[float, float], Story]], list[PrintLine]]:
    rules = sheet.rules
    laid = layout.lay_out(area, lines, body, lambda text: _groups(text, rules))
    if area.framed and (_is_teaser(laid, rules) or _is_advert(laid, area, rules)):
        return [], lines
    found: list[tuple[tuple[float, float], Story]] = []
    spare: list[PrintLine] = []
    titles = [p.head for p in laid.parts if p.head and p.head.groups]
    for part in laid.parts:
        over = [t for t in titles if part.head and _under(t.rect, part.head.rect, part, titles)]
        title = max(over, key=lambda t: t.rect.y1, default=None)
        made, furniture = story(part, laid, sheet, title.text if title else None)
        spare += furniture
        if made is not None:
            found.append(((part.rect.y0, part.rect.x0), made))
    return found, spare


def _under(title: Rect, head: Rect, part: Part, titles: Sequence[object]) -> bool:
    """Tell whether a heading stands in the column of a column title."""
    return title.y1 <= head.y0 + 2 and head.across(title) > 0.5 * head.width


def _groups(text: str, rules: Rules) -> bool:
    folded = fold(text)
    return len(folded) <= 40 and any(
        groups and form.fullmatch(folded) for form, _, groups in rules.columns
    )


def _is_teaser(laid: Laid, rules: Rules) -> bool:
    first = min(laid.lines, key=lambda line: (line.base, line.rect.x0))
    title = fold(first.text).strip()
    if rules.teaser.fullmatch(title):
        return True
    points = [bool(rules.teaser_line.fullmatch(fold(line.text).strip())) for line in laid.lines]
    return sum(points) * 2 > len(points)


def _is_advert(laid: Laid, area: Area, rules: Rules) -> bool:
    """An advert shows display lines in much empty space, and tells no story."""
    lines = laid.lines
    text = fold(" ".join(line.text for line in lines))
    ends = sum(text.count(stop) for stop in "。！？") + len(
        re.findall("[a-z][.!?](?: |$)", text)
    )
    long = [text for part in laid.parts for text in part.texts if len(text.lines) > 3]
    if long and not rules.advert.match(text):
        return False
    if any(rules.furniture.fullmatch(fold(line.text)) for line in lines) and not long:
        return True
    covered = sum(line.rect.area for line in lines) / max(area.rect.area, 1.0)
    if _SELLS.search(text) and not long and ends < 3:
        return True
    return covered < SPARSE and len(lines) <= 8 and ends < 3


def _plain(lines: Sequence[PrintLine], sheet: Sheet) -> list[Line]:
    found = []
    for line in lines:
        sheet.number += 1
        found.append(Line(number=sheet.number, text=line.text, gap=0, indent=0))
    return found
