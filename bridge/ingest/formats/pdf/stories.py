"""From laid-out parts of a page to stories: what each line is, and which kind of story."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bridge.ingest.geometry.fragments import Fragment
from bridge.ingest.geometry.headings import Head
from bridge.ingest.geometry.layout import Laid, Part
from bridge.ingest.geometry.lines import PrintLine
from bridge.ingest.geometry.paragraphs import Printed, paragraphs
from bridge.ingest.geometry.shapes import PageContent, Rect, around, turn_rect
from bridge.ingest.geometry.tables import rows
from bridge.ingest.segment.characters import cells, fold
from bridge.ingest.segment.features import features, jump_label
from bridge.ingest.segment.headings import SERIES
from bridge.ingest.segment.language.agencies import agency
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.looks import Features
from bridge.ingest.segment.people import byline_title, persons
from bridge.ingest.segment.pieces import Piece, run_on
from bridge.model import Block, BlockRole, Box, Kind, Line, Story

BRIEF = 400
"""Characters up to which a story of a column of briefs is a brief."""

CAPTION = 260
"""Characters up to which text under a picture may be its caption."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """The page that stories are made of: its label and how to number and place lines."""

    label: str
    content: PageContent
    rules: Rules
    number: int = 0  # of the last line given out

    def block(
        self, lines: Sequence[PrintLine], role: BlockRole, text: str | None = None
    ) -> Block:
        """Return printed lines as a block."""
        printed: list[Line] = []
        for line in lines:
            self.number += 1
            printed.append(Line(number=self.number, text=line.text, gap=0, indent=0))
        if text is not None:
            printed = [Line(number=printed[0].number, text=text, gap=0, indent=0)]
        return Block(
            lines=tuple(printed),
            text=text or run_on([line.text for line in printed], self.rules.spaced),
            role=role,
            page=self.label,
            boxes=tuple(self._boxes(lines)),
        )

    def box(self, rect: Rect) -> Box:
        """Return an area as a box of the page as shown."""
        r = turn_rect(rect, self.content, self.content.turn)
        return Box(
            page=self.label,
            x0=round(r.x0, 1),
            y0=round(r.y0, 1),
            x1=round(r.x1, 1),
            y1=round(r.y1, 1),
        )

    def _boxes(self, lines: Sequence[PrintLine]) -> list[Box]:
        """Return one box per column the lines stand in, on the page as shown."""
        runs: list[list[Rect]] = []
        for line in lines:
            if runs and line.rect.y0 > runs[-1][-1].y0 and line.rect.across(runs[-1][-1]) > 0:
                runs[-1].append(line.rect)
            else:
                runs.append([line.rect])
        return [self.box(around(run)) for run in runs]

    def look(self, lines: Sequence[PrintLine]) -> Features:
        """Return what the words of printed lines say for themselves."""
        text = run_on([line.text for line in lines], self.rules.spaced)
        piece = Piece(
            lines=[Line(number=0, text=text, gap=1, indent=0)],
            page=0,
            text=text,
            folded=fold(text),
        )
        return features([piece], self.rules)[0]


@dataclass(slots=True)
class _Reading:
    """A part that is being read."""

    part: Part
    laid: Laid
    sheet: Sheet
    column: str | None
    flow: list[Fragment] = field(default_factory=list)
    bylines: list[Block] = field(default_factory=list)
    decks: list[Block] = field(default_factory=list)
    captions: list[Block] = field(default_factory=list)
    furniture: list[PrintLine] = field(default_factory=list)


def story(
    part: Part, laid: Laid, sheet: Sheet, column: str | None
) -> tuple[Story | None, list[PrintLine]]:
    """Return the story a part tells, or None, and the lines that belong to none."""
    reading = _Reading(part, laid, sheet, column)
    heads = _head_blocks(part.head, sheet) if part.head else []
    table = rows(part.texts) if len(part.texts) > 1 else []
    if table:
        texts = [" ".join(cell.text for cell in row) for row in table]
        body = [sheet.block(row, "item", text) for row, text in zip(table, texts, strict=True)]
        body = [*reading.decks, *body]
    else:
        _sort(reading)
        body = _body(reading)
    blocks = [*heads, *reading.decks, *reading.bylines, *body, *reading.captions]
    if not body and not reading.captions:
        lines = [line for text in part.texts for line in text.lines]
        tops = part.head.parts if part.head else []
        return None, [*(line for top in tops for line in top.lines), *lines]
    kind = _kind(blocks, reading)
    made = Story(
        page=sheet.label,
        kind=kind,
        language=sheet.rules.tag,
        blocks=tuple(_speeches(blocks, sheet) if kind == "qa" else blocks),
        column=column,
        pictures=tuple(sheet.box(rect) for rect in part.pictures),
    )
    return made, reading.furniture


def _head_blocks(head: Head, sheet: Sheet) -> list[Block]:
    """Name the lines of a head by size and place: the largest are the headline."""
    banner = [sheet.block(part.lines, "banner") for part in head.banners]
    ordered = sorted(
        (line for part in head.parts for line in part.lines),
        key=lambda line: (
            (-line.rect.x0, line.rect.y0) if head.vertical else (line.base, line.rect.x0)
        ),
    )
    largest = max(line.size for line in ordered)
    main = [at for at, line in enumerate(ordered) if line.size > 0.9 * largest]
    first, last = main[0], main[0]
    while last + 1 in main:
        last += 1
    blocks = list(banner)
    for line in ordered[:first]:
        series = bool(SERIES.search(fold(line.text)))
        blocks.append(sheet.block([line], "banner" if series else "kicker"))
    blocks.append(sheet.block(ordered[first : last + 1], "headline"))
    for run in _runs(ordered[last + 1 :]):
        look = sheet.look(run)
        role: BlockRole = "byline" if look.persons else "deck"
        blocks.append(sheet.block(run, role))
    return blocks


def _runs(lines: Sequence[PrintLine]) -> list[list[PrintLine]]:
    """Run together lines of one size below a headline, a dash beginning anew."""
    found: list[list[PrintLine]] = []
    for line in lines:
        last = found[-1][-1] if found else None
        same = last is not None and abs(last.size - line.size) < 0.06 * line.size
        full = last is not None and last.rect.width > 0.7 * line.rect.width
        if same and full and line.text[:1] not in "—–-■●◆▲":
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _sort(reading: _Reading) -> None:
    """Take bylines, decks, captions and furniture out of a part's texts."""
    part, sheet = reading.part, reading.sheet
    laid = reading.laid
    pictures = laid.area.pictures
    for text in part.texts:
        if not reading.flow and len(text.lines) > 1 and not _is_byline(text, sheet):
            text = _peeled(text, reading)
        look = sheet.look(text.lines) if _odd(text, laid) else None
        if look is None:
            reading.flow.append(text)
        elif look.furniture and not look.persons:
            reading.furniture += text.lines
        elif (
            not reading.flow
            and _is_byline(text, sheet)
            and not _under(text, pictures, laid.step)
        ):
            reading.bylines += [sheet.block([line], "byline") for line in text.lines]
        elif _is_caption(text, look, pictures, laid):
            role: BlockRole = "caption" if not look.caption or look.caption.text else "credit"
            reading.captions.append(sheet.block(text.lines, role))
        elif not reading.flow and _is_deck(text, look, reading):
            small = text.size < laid.body and sheet.rules.spaced
            block = sheet.block(text.lines, "byline" if small else "deck")
            (reading.bylines if small else reading.decks).append(block)
        else:
            reading.flow.append(text)


def _peeled(text: Fragment, reading: _Reading) -> Fragment:
    """Take a byline off the top of a column that it is set like."""
    taken = 0
    for line in text.lines[:3]:
        look = reading.sheet.look([line])
        second = taken and byline_title(fold(line.text))
        if line.length > 60 or look.end == "stop" or not (look.persons or second):
            break
        taken += 1
    if not taken or taken == len(text.lines):
        return text
    reading.bylines += [reading.sheet.block([line], "byline") for line in text.lines[:taken]]
    lines = text.lines[taken:]
    return Fragment(lines=lines, make=text.make, rect=around([line.rect for line in lines]))


def _odd(text: Fragment, laid: Laid) -> bool:
    """Tell whether a fragment may be something else than running text."""
    size = sum(line.length for line in text.lines)
    return len(text.lines) <= 3 or text.make != "body" or (text.bold and size < CAPTION)


def _is_caption(text: Fragment, look: Features, pictures: Sequence[Rect], laid: Laid) -> bool:
    if sum(line.length for line in text.lines) > CAPTION:
        return False
    by = any(_beside(text.rect, picture, laid.step) for picture in pictures)
    if look.caption is not None and look.caption.sure >= (0.5 if by else 0.75):
        return look.persons is None or by
    return by and (text.make == "small" or abs(text.size - laid.body) > 0.06 * laid.body)


def _under(text: Fragment, pictures: Sequence[Rect], step: float) -> bool:
    return any(
        -3 <= text.top - p.y1 < 3.2 * step and text.rect.across(p) > 0.6 * text.rect.width
        for p in pictures
    )


def _beside(rect: Rect, picture: Rect, step: float) -> bool:
    """Tell whether text stands right under a picture, over it, or close to its side."""
    below = -3 <= rect.y0 - picture.y1 < 3.2 * step
    above = -3 <= picture.y0 - rect.y1 < 1.2 * step
    if (below or above) and rect.across(picture) > 0.6 * rect.width:
        return True
    side = min(abs(rect.x0 - picture.x1), abs(picture.x0 - rect.x1)) < 1.5 * step
    return side and rect.along(picture) > 0.8 * rect.height


def _is_byline(text: Fragment, sheet: Sheet) -> bool:
    if len(text.lines) > 4:
        return False
    found = False
    for line in text.lines:
        look = sheet.look([line])
        folded = fold(line.text)
        if look.persons is not None or agency(folded) or agency(folded.title()):
            found = True
        elif not (found and line.length < 60 and look.end != "stop"):
            return False
    return found


def _is_deck(text: Fragment, look: Features, reading: _Reading) -> bool:
    head = reading.part.head
    if head is None or look.lead_in or look.end == "stop" or look.jump_to or look.jump_from:
        return False
    if text.rect.y0 - head.rect.y1 > 2.5 * reading.laid.step or len(text.lines) > 3:
        return False
    other = abs(text.size - reading.laid.body) > 0.04 * reading.laid.body or text.bold
    return look.mark or other


def _body(reading: _Reading) -> list[Block]:
    sheet = reading.sheet
    found: list[Block] = []
    for one in paragraphs(reading.flow, reading.laid.body, reading.laid.step):
        if one.role == "subhead":
            found.append(sheet.block(one.lines, "subhead"))
            continue
        found += _paragraph(one, sheet)
    return found


def _paragraph(one: Printed, sheet: Sheet) -> list[Block]:
    """Return a paragraph, with the jump marker at its end apart."""
    lines = list(one.lines)
    marker = _jump(lines[-1], sheet.rules)
    if marker is None:
        first = _comes_from(lines[0], sheet.rules)
        if first and len(lines) > 1:
            return [sheet.block(lines[:1], "jump_from"), sheet.block(lines[1:], "body")]
        return [sheet.block(lines, "jump_from" if first else "body")]
    role, cut = marker
    blocks: list[Block] = []
    text = lines[-1].text
    if cut:
        whole = run_on(
            [*(line.text for line in lines[:-1]), text[:cut].strip()], sheet.rules.spaced
        )
        blocks.append(sheet.block(lines, "body", whole))
    elif lines[:-1]:
        blocks.append(sheet.block(lines[:-1], "body"))
    blocks.append(sheet.block(lines[-1:], role, text[cut:].strip()))
    return blocks


def _comes_from(line: PrintLine, rules: Rules) -> bool:
    """Tell whether a line only says which page the story comes from."""
    short = len(line.text) < 60
    return short and jump_label(fold(line.text), "jump_from", rules) is not None


def _jump(line: PrintLine, rules: Rules) -> tuple[BlockRole, int] | None:
    """Return which jump marker ends a line, and where it begins."""
    starts = [0, *(match.start() for match in re.finditer("[(（【\\[▶►→]", line.text))]
    for at in starts:
        tail = fold(line.text[at:]).strip()
        if (
            len(tail) < 60
            and rules.jump_to.fullmatch(tail)
            and re.search("[0-9一二三四五六七八九十]", tail)
        ):
            return "jump_to", at
    return None


def _speeches(blocks: Iterable[Block], sheet: Sheet) -> list[Block]:
    """Name questions and answers in an interview."""
    found = []
    for block in blocks:
        text = fold(block.text)
        role: BlockRole = block.role
        if block.role == "body" and sheet.rules.question.match(text):
            role = "question"
        elif block.role == "body" and sheet.rules.answer.match(text):
            role = "answer"
        found.append(
            Block(
                lines=block.lines,
                text=block.text,
                role=role,
                joined=block.joined,
                page=block.page,
                boxes=block.boxes,
            )
        )
    return found


def _kind(blocks: Sequence[Block], reading: _Reading) -> Kind:
    rules = reading.sheet.rules
    bodies = [b for b in blocks if b.role == "body"]
    items = [b for b in blocks if b.role == "item"]
    if items and not bodies:
        return "list"
    if not bodies:
        return "photo"
    turns = sum(
        bool(rules.question.match(fold(b.text)) or rules.answer.match(fold(b.text)))
        for b in bodies
    )
    if turns >= 2:
        return "qa"
    named = _named_kind(blocks, rules)
    if named:
        return named
    if any(rules.notice.fullmatch(fold(b.text)) for b in blocks if b.role == "headline"):
        return "notice"
    return _kind_by_form(blocks, reading, sum(cells(b.text) // 2 for b in bodies))


def _named_kind(blocks: Sequence[Block], rules: Rules) -> Kind | None:
    """Return the kind that a head or kicker names: `更正`, `EDITORIAL`."""
    for block in blocks:
        if block.role in ("headline", "kicker", "banner"):
            for form, kind, groups in rules.columns:
                if not groups and kind != "qa" and form.fullmatch(fold(block.text)):
                    return kind
    return None


def _kind_by_form(blocks: Sequence[Block], reading: _Reading, size: int) -> Kind:
    if reading.column and size <= BRIEF and not reading.bylines:
        return "brief"
    names = [persons(fold(b.text), reading.sheet.rules) for b in blocks if b.role == "byline"]
    people = [person for found in names if found for person in found.people]
    if people and all(person.role == "author" for person in people):
        return "opinion"
    return "news"
