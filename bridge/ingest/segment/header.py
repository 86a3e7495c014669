"""Page heads: where pages begin, and what the lines above the first story say.

A head is read line by line: each line is searched for the fields a masthead or running head
has, and counts as head when next to nothing is left of it. Lines between two such lines are
head as well (slogans, the paper's name), lines after the last are news.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.dates import number
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

_SEPARATORS = re.compile("[\\s|·•/,、:;—–\\-_()\\[\\]【】*]+")
_L = "(?:[A-Z]{1,2} ?-?[0-9IlO]{1,3}|[A-Za-z][0-9]{1,3}|[0-9]{1,3}|[一二三四五六七八九十]{1,3})"
_NAME = "[\\u3400-\\u9fffA-Za-z][\\u3400-\\u9fffA-Za-z&'’· ]{0,23}"
LABELS = (
    re.compile(
        (
            f"(?P<sign>page|pg\\.?|p\\.?) ?(?P<label>[A-Z]{{0,2}}-?[0-9]{{1,3"
            f"}})(?:[ ·:|/—-]+(?P<name>{_NAME}))?"
        ),
        re.I,
    ),
    re.compile(f"第? ?(?P<label>{_L}) ?(?P<sign>[版頁页])(?:[ ·:|/—-]*(?P<name>{_NAME}))?"),
    re.compile(f"(?P<label>[A-Z]{{1,2}} ?-?[0-9IlO]{{1,3}})(?:[ ·:|/—-]+(?P<name>{_NAME}))?"),
    re.compile(f"(?P<label>[0-9]{{1,3}})[ ·:|/—-]+(?P<name>{_NAME})"),
    re.compile(
        "(?P<name>[\\u3400-\\u9fff·]{2,10}|[A-Za-z][A-Za-z&' ]{1,20}?"
        ")[ ·:|/—-]+第?(?P<label>[A-Z]{1,2}-?[0-9]{1,3}|[0-9]{1,3})"
        "(?P<sign>[版頁页])?"
    ),
    re.compile(
        "(?P<name>[\\u3400-\\u9fff·]{2,10})第?(?P<label>[A-Z]{1,2}[0-9]{1"
        ",3}|[0-9]{1,3})(?P<sign>[版頁页])"
    ),
)
"""How a page names itself: `A2·综合`, `第3版`, `06 城事`, `要闻 03`, `Page A6`."""

MAX_NAME = 6
"""Characters of a page's Chinese name behind a colon; a longer one is a headline."""

_COUNT = re.compile(
    "(?i:pages[: ]+[0-9]+ *$|[0-9]+ pages?\\b|(?:vol|no|issue|number|part)\\b)|(?:今日|"
    "本期|今天|本日|今晚|共|总|總|全|每期|对开|對開|四开)"
)
"""`本期12版` counts pages, it names none."""

_SLIP = str.maketrans({"I": "1", "l": "1", "O": "0", "o": "0"})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFound:
    """A page label in print; `sure` when it says so itself (`版`, `page`, a letter)."""

    label: str
    name: str | None
    sure: bool
    slip: bool  # `AI` for A1


def canonical(label: str) -> str:
    """Return a page label without slips and spaces: `Ａl` and `A I` are A1."""
    bare = fold(label).replace(" ", "").replace("-", "")
    letters = re.match("[A-Za-z]{0,2}?(?=[0-9IlOo]*$)|[A-Za-z]", bare)
    prefix = letters.group().upper() if letters else ""
    digits = bare[len(prefix) :].translate(_SLIP)
    value = number(digits)
    return prefix + (digits if digits.isascii() else str(value or digits))


def page_key(label: str) -> tuple[str, int]:
    """Return what two spellings of a label share: `A01` and `A1` are one page."""
    found = re.fullmatch("([A-Z]*)([0-9]+)", canonical(label))
    return (found[1], int(found[2])) if found else (label, 0)


def read_label(text: str) -> LabelFound | None:
    """Return the label a whole line is, or None; `text` is folded."""
    if len(text) > 40 or not text:
        return None
    for form in LABELS:
        match = form.fullmatch(text)
        if match:
            raw = match["label"]
            slip = not any(c.isdigit() for c in raw) and raw.isascii()
            sure = bool(match.groupdict().get("sign")) or raw[:1].isalpha()
            if _COUNT.match(text):
                return None
            if slip and raw[1:].strip() not in ("I", "l", "II", "Il"):
                return None
            name = (match.groupdict().get("name") or "").strip() or None
            if name and ":" in text and HAN.match(name) and len(name) > MAX_NAME:
                return None  # `三版:…` points to a story
            return LabelFound(label=canonical(raw), name=name, sure=sure, slip=slip)
    return None


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
    if not line.gap or not any(c.isdigit() for c in text) or _jumps(text, rules):
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
    ends = re.match(f"(?P<label>{_L})[ |·:/,—-]|.*[ |·:/,—-](?P<last>{_L})[版頁页]?$", text)
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
    whole = next(
        (t for at, t in enumerate(map(_bare, lines)) if _is_title(t, at, kinds, rules)), None
    )
    head.title = whole
    for at, line in enumerate(lines):
        text = fold(line.text).strip("《》 ")
        bare = text.replace(" ", "") if HAN.search(text) else text
        if kinds[at] is not None or read_label(text) or rules.furniture.fullmatch(text):
            part, latin = (None, None) if read_label(text) else _part(line.text, rules)
            head.title = head.title or part
            head.title_latin = head.title_latin or latin
        elif head.title is None and HAN.search(text) and any(_part(line.text, rules)):
            head.title, latin = _part(line.text, rules)
            head.title_latin = head.title_latin or latin
        elif HAN.search(text) or rules.spaced:
            if head.label and head.name is None and at == 1 and len(bare) <= 6:
                head.name = None if rules.title.fullmatch(bare) else bare
                if head.name:
                    continue
            named = rules.title.fullmatch(bare)
            if (named and (head.title is None)) or (
                head.title is None and front and at == 0 and len(bare) <= 40
            ):
                head.title = bare
        elif (
            head.title_latin is None
            and front
            and re.fullmatch("[A-Za-z][A-Za-z .'’&-]{3,60}", text)
        ):
            head.title_latin = text


def _bare(line: Line) -> str:
    text = fold(line.text).strip("《》 ")
    return text.replace(" ", "") if HAN.search(text) else text


def _is_title(
    text: str, at: int, kinds: Sequence[list[tuple[HeaderField, str]] | None], rules: Rules
) -> bool:
    """Tell whether a whole line of a head is the paper's name and nothing else."""
    fields = kinds[at]
    if fields or not HAN.search(text) or re.search("[0-9]|机关报$|機關報$", text):
        return False
    return rules.title.fullmatch(text) is not None


def _part(printed: str, rules: Rules) -> tuple[str | None, str | None]:
    """Return the title and the Latin title inside a composite line of a head."""
    parts = [part for part in re.split("\u3000+| {2,}|[|｜]", printed) if part.strip()]
    latin = [part for part in parts if re.fullmatch("[A-Za-z][A-Za-z .'’&-]{3,60}", part)]
    if rules.spaced or len(parts) != 2:
        latin = []
    return _named(printed, rules), latin[0] if latin else None


def _named(printed: str, rules: Rules) -> str | None:
    for part in parts_of(printed, rules):
        if rules.title.fullmatch(part) and not re.search("[0-9]|机关报$|機關報$", part):
            return part
    return None
