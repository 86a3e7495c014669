"""Page heads: where pages begin, and what the lines above the first story say.

A head is read line by line: each line is searched for the fields a masthead or running head
has, and counts as head when next to nothing is left of it. Lines between two such lines are
head as well (slogans, the paper's name), lines after the last are news.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.labels import LABEL, MAX_NAME, LabelFound, canonical, read_label
from bridge.ingest.segment.language.rules import HeaderField, Rules
from bridge.ingest.segment.language.script import HAN
from bridge.ingest.segment.leadins import lead_in
from bridge.ingest.segment.people import persons
from bridge.model import Line

MAX_HEAD_LINE = 120
"""Characters; the weather is the longest line of a head."""

UNKNOWN_FRONT, UNKNOWN_INSIDE = 4, 2
"""Lines without any field that may stand between two lines of a head."""

MAX_HEAD = 60
"""Lines looked at for a head."""

RESIDUE = 3
"""Characters that may be left of a line of which everything else is fields."""

MAX_TITLE = 40
"""Characters of a paper's name that does not look like one."""

_LABEL_AT_AN_END = re.compile(
    f"(?P<label>{LABEL})[ |·:/,—-]|.*[ |·:/,—-](?P<last>{LABEL})[版頁页]?$"
)
_LATIN_TITLE = re.compile("[A-Za-z][A-Za-z .'’&-]{3,60}")
_NO_TITLE = re.compile("[0-9]|机关报$|機關報$")
_SEPARATORS = re.compile("[\\s|·•/,、:;—–\\-_()\\[\\]【】*]+")
_STRICT_WEAK = frozenset({"publisher", "weather", "price"})


@dataclass(slots=True, kw_only=True)
class PageHead:
    """What one page's head says, as printed and unchecked."""

    first: int  # index of its first line
    length: int = 0  # lines of the head
    label: str | None = None
    name: str | None = None
    title: str | None = None
    title_latin: str | None = None
    fields: list[tuple[HeaderField, str]] = field(default_factory=list)
    text: str = ""
    foot: tuple[Line, ...] = ()  # lines at the end of the page


def page_starts(lines: Sequence[Line], fed: frozenset[int], rules: Rules) -> list[int]:
    """Return the indexes of the lines that begin a page; the first is always 0."""
    starts, current = [0], None
    for at, line in enumerate(lines):
        if at == 0 or line.number in fed:
            if at:
                starts.append(at)
            continue
        if len(line.text) > MAX_HEAD_LINE or at - starts[-1] < 4:
            continue
        label = _starts_page(lines, at, rules)
        if label and label != current:
            current = label
            starts.append(at)
    return starts


_YEAR = re.compile("年|[0-9]{4}")


def _starts_page(lines: Sequence[Line], at: int, rules: Rules) -> str | None:
    line = lines[at]
    text = fold(line.text)
    if not line.gap or not any(map(str.isdigit, text)) or _jumps(text, rules):
        return None
    found = read_label(text)
    if found is None:
        running = len(text) <= 90 and _YEAR.search(text) and running_head(text, rules)
        return running.label if running else None
    if found.slip:
        return None
    near = [fold(after.text) for after in lines[at + 1 : at + 5]]
    backed = any(head_fields(t, rules) for t in near if len(t) <= 90)
    alone = at + 1 < len(lines) and lines[at + 1].gap > 0
    if backed or (found.sure and alone and found.label[:1].isalpha()):
        return found.label
    return None


def _jumps(text: str, rules: Rules) -> bool:
    """Tell whether a line leads to another page or comes from one; it names no page then."""
    return bool(rules.jump_to.fullmatch(text) or rules.jump_from.fullmatch(text))


def running_head(text: str, rules: Rules) -> LabelFound | None:
    """Return the label in a line like `A6 | THE RECORD | TUESDAY, MAY 6, 2025`."""
    fields = head_fields(text, rules, label=True)
    if not fields or not any(kind == "date" for kind, _ in fields):
        return None
    ends = _LABEL_AT_AN_END.match(text)
    if not ends:
        return None
    raw = ends["label"] or ends["last"]
    if raw.isdigit() and len(raw) > 3:
        return None
    return LabelFound(label=canonical(raw), name=None, sure=True, slip=False)


def head_fields(
    printed: str, rules: Rules, label: bool = False
) -> list[tuple[HeaderField, str]] | None:
    """Return the fields of a line, or None when too much of it is something else."""
    text = rest = fold(printed)
    if _jumps(text, rules):
        return None
    found: list[tuple[HeaderField, str]] = []
    for kind, form in rules.header:
        match = form.search(rest)
        if match and match.group().strip(" \0"):
            found.append((kind, printed[match.start() : match.end()].strip()))
            rest = rest[: match.start()] + "\0" * len(match.group()) + rest[match.end() :]
    if not found:
        return None
    left = _SEPARATORS.sub("", rest.replace("\0", ""))
    if len(left) <= RESIDUE and len(left) != len(text):
        return found
    words = " ".join(part.strip(" ,·/-()") for part in re.split("[\0|]+", rest)).strip(
        " ,·/-()"
    )
    if rules.title.fullmatch(words) or (label and len(words) < 40):
        return found
    if rules.furniture.fullmatch(words) or read_label(words):
        return found
    return found if len(found) > 1 and len(left) * 2 < len(text) else None


def parts_of(printed: str, rules: Rules) -> list[str]:
    """Return the parts of a running head: parted by bars, wide spaces or, in Chinese, any."""
    form = "[|｜•]|\u3000+| {2,}|\t| · " + ("" if rules.spaced else "| +")
    return [part.strip() for part in re.split(form, printed) if part.strip(" ·/-—")]


def _composite(
    printed: str, rules: Rules, head: PageHead
) -> list[tuple[HeaderField, str]] | None:
    """Read a line like `江畔晚报 | 2019年7月30日 | A03 民生` part by part."""
    parts = parts_of(printed, rules)
    if not 1 < len(parts) <= 8:
        return None
    found: list[tuple[HeaderField, str]] = []
    label: LabelFound | None = None
    named, unknown = 0, []
    for part in parts:
        fields, seen = head_fields(part, rules), read_label(fold(part))
        if seen and not seen.slip and label is None and not fields:
            label = seen
        elif fields:
            found += fields
        elif rules.title.fullmatch(fold(part)):
            named += 1
        else:
            unknown.append(part)
    known = bool(found) + bool(label) + bool(named)
    if (
        known < 2
        or len(unknown) > (1 if label or head.label else 0)
        or any(len(u) > 12 for u in unknown)
    ):
        return None
    if label and head.label is None:
        head.label, head.name = label.label, label.name or (unknown[0] if unknown else None)
    return found


def read_head(
    lines: Sequence[Line], start: int, end: int, rules: Rules, front: bool
) -> PageHead:
    """Return the head of the page that the lines from start to end make."""
    head = PageHead(first=start)
    limit = UNKNOWN_FRONT if front else UNKNOWN_INSIDE
    kinds: list[list[tuple[HeaderField, str]] | None] = []
    unknown = length = 0
    for at in range(start, min(end, start + MAX_HEAD)):
        text = fold(lines[at].text)
        if len(text) > MAX_HEAD_LINE or (at > start and _jumps(text, rules)):
            break
        fields = _line_fields(text, lines[at], rules, head, front)
        if fields is None and _is_news(text, rules):
            break  # the news has begun
        kinds.append(fields)
        unknown = 0 if fields is not None else unknown + 1
        if unknown > limit:
            break
        if fields is not None and not (_weak(fields, rules) and lines[at].gap and length):
            length = at - start + 1
    head.length = length
    for fields in kinds[:length]:
        head.fields += fields or []
    head.text = "\n".join(fold(line.text) for line in lines[start : start + length])
    _titles(head, lines[start : start + length], kinds, rules, front)
    return head


def _is_news(text: str, rules: Rules) -> bool:
    return "。" in text or lead_in(text, rules) is not None or persons(text, rules) is not None


def _line_fields(
    text: str, line: Line, rules: Rules, head: PageHead, front: bool
) -> list[tuple[HeaderField, str]] | None:
    """Return the fields of a line of a head; a label or staff line has an empty list."""
    found = None if _jumps(text, rules) else read_label(text)
    if found and not (found.slip and not front) and head.label is None:
        lone_day = text.isdigit() and any(k in ("month", "date") for k, _ in head.fields)
        if not lone_day and not (text.isdigit()):
            head.label, head.name = found.label, found.name
            return []
    fields = head_fields(line.text, rules)
    if fields is None:
        fields = _composite(line.text, rules, head)
    elif head.label is None:
        _composite(line.text, rules, head)
    if fields is None and _jumps(text, rules):
        return None
    if (
        fields is None
        and persons(text, rules) is None
        and (rules.furniture.fullmatch(text) or rules.title.fullmatch(text.strip("《》 ")))
    ):
        return [] if rules.furniture.fullmatch(text) or front or head.label else None
    if head.label is None and fields:
        running = running_head(text, rules)
        if running:
            head.label = running.label
    return fields


def _weak(fields: list[tuple[HeaderField, str]], rules: Rules) -> bool:
    """English slogans, prices and degrees may be news; they count only inside the head."""
    return (
        rules.spaced
        and bool(fields)
        and all(
            kind in _STRICT_WEAK
            and not re.match("(?:weather|forecast|today[:.]|[$£€])", text, re.I)
            for kind, text in fields
        )
    )


def _titles(
    head: PageHead,
    lines: Sequence[Line],
    kinds: Sequence[list[tuple[HeaderField, str]] | None],
    rules: Rules,
    front: bool,
) -> None:
    """Find the paper's name: a line that ends like one, else the first line of a front."""
    bare = [_bare(line) for line in lines]
    head.title = next(
        (text for at, text in enumerate(bare) if _is_title(text, kinds[at], rules)), None
    )
    for at, line in enumerate(lines):
        text = fold(line.text).strip("《》 ")
        known = kinds[at] is not None or rules.furniture.fullmatch(text) is not None
        if read_label(text):
            continue
        if known or (head.title is None and HAN.search(text) and any(_part(line.text, rules))):
            title, latin = _part(line.text, rules)
            head.title = head.title or title
            head.title_latin = head.title_latin or latin
        elif HAN.search(text) or rules.spaced:
            _name_page(head, bare[at], at, rules, front)
        elif head.title_latin is None and front and _LATIN_TITLE.fullmatch(text):
            head.title_latin = text


def _name_page(head: PageHead, text: str, at: int, rules: Rules, front: bool) -> None:
    """Take a line without any field for the page's name or the paper's."""
    named = rules.title.fullmatch(text) is not None
    if head.label and head.name is None and at == 1 and len(text) <= MAX_NAME and not named:
        head.name = text
    elif head.title is None and (named or (front and at == 0 and len(text) <= MAX_TITLE)):
        head.title = text


def _bare(line: Line) -> str:
    text = fold(line.text).strip("《》 ")
    return text.replace(" ", "") if HAN.search(text) else text


def _is_title(text: str, fields: list[tuple[HeaderField, str]] | None, rules: Rules) -> bool:
    """Tell whether a whole line of a head is the paper's name and nothing else."""
    if fields or not HAN.search(text) or _NO_TITLE.search(text):
        return False
    return rules.title.fullmatch(text) is not None


def _part(printed: str, rules: Rules) -> tuple[str | None, str | None]:
    """Return the title and the Latin title inside a composite line of a head."""
    parts = [part for part in re.split("\u3000+| {2,}|[|｜]", printed) if part.strip()]
    latin = [part for part in parts if _LATIN_TITLE.fullmatch(part)]
    if rules.spaced or len(parts) != 2:
        latin = []
    return _named(printed, rules), latin[0] if latin else None


def _named(printed: str, rules: Rules) -> str | None:
    for part in parts_of(printed, rules):
        if rules.title.fullmatch(part) and not _NO_TITLE.search(part):
            return part
    return None
