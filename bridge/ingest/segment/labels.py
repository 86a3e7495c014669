"""How a page names itself, slips of the typesetter and the scanner included."""

import re
from dataclasses import dataclass

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.dates import number
from bridge.ingest.segment.language.script import HAN

LONGEST = 40
"""Characters of the longest line that is a label."""

LABEL = (
    "(?:[A-Z]{1,2} ?-?[0-9IlO]{1,3}|[A-Za-z][0-9]{1,3}|[0-9]{1,3}|[一二三四五六七八九十]{1,3})"
)
_NAME = "[\\u3400-\\u9fffA-Za-z][\\u3400-\\u9fffA-Za-z&'’· ]{0,23}"
LABELS = (
    re.compile(
        (
            f"(?P<sign>page|pg\\.?|p\\.?) ?(?P<label>[A-Z]{{0,2}}-?[0-9]{{1,3"
            f"}})(?:[ ·:|/—-]+(?P<name>{_NAME}))?"
        ),
        re.I,
    ),
    re.compile(f"第? ?(?P<label>{LABEL}) ?(?P<sign>[版頁页])(?:[ ·:|/—-]*(?P<name>{_NAME}))?"),
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
    if len(text) > LONGEST or not text:
        return None
    for form in LABELS:
        match = form.fullmatch(text)
        if match:
            raw = match["label"]
            slip = not any(map(str.isdigit, raw)) and raw.isascii()
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
