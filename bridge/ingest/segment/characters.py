"""From bytes to characters and lines; a wrong guess must never end as mojibake.

Order of trial: byte order mark, UTF-8, GB18030 (of which GB2312 and GBK are parts), then the
detector; each strictly, and each must give plausible text (security no. 69).
"""

import codecs
import re

from charset_normalizer import from_bytes

from bridge.errors import FormatError
from bridge.ingest.segment.language.script import HAN
from bridge.model.printed import FORBIDDEN, Line

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; UTF-32 LE begins with the mark of UTF-16 LE and so stands before it."""

SAMPLE = 200_000
"""Bytes a guess is judged by."""

_ANY_WIDE = re.compile("[\uff01-\uff5e\u3000\u2005]")

ENOUGH = 200
"""Bytes below which the detector has too little to go by."""

WESTERN = frozenset(
    "‘’“”–—…•·£€¢©®°½¼¾×§«»¡¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒß\xa0"
)
"""What English and other Western text has beside ASCII."""

COMMON = frozenset(
    "的一是了在人有不大中上个個国國我他以要时時来來用们們生到作地于出"
    "就分对對成会會可主发發年动動同工也能下过過子说說"
    "产產种種面而方后後多定行学學法所民得经經十三之进進着等部度家电電"
    "力里如水化高自二理起小物现現实實加量都两兩体體"
    "制机機当當使点點从從业業本去把性好应應开開它合还還因由其些然前外"
    "天政四日那社义義事平形相全表间間样樣与與关關各"
    "重新线線内內数數正心反你明看原又么麼利比或但质質气氣第向道命此变"
    "變条條只没沒结結解问問意建月公无無系军軍很情者"
    "最立代想已通并並提直题題党黨程展五果料象员員革位入常文总總次品式"
    "活设設及管特件长長求老头頭基资資边邊流路级級少"
    "图圖山统統接知较較将將组組见見计計别別她手角期根论論运運农農指几"
    "幾九区區强強放决決西被干做必战戰先回则則任取据處"
    "处府研报報记記者市县縣州省城街区镇鎮村号號版今昨讯訊社记编編辑輯责責任"
)
"""Characters that make up half of any Chinese newspaper text."""

_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE = re.compile("[\u00a0\u2007\u202f]")
_HIDDEN = re.compile("[\u200b\u200e\u200f\u2060]")
_ODD = re.compile(
    "[\r\x85\u2028\u2029"
    + "".join(form.pattern[1:-1] for form in (_SPACE, _HIDDEN, FORBIDDEN))
    + "]"
)

NARROW = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
NARROW |= {"\u3000": " ", "\u2005": " "}
"""Full-width ASCII and the ideographic space to their narrow twins, one to one."""


def decode(data: bytes, where: str) -> str:
    """Return the text of a file; FormatError (`empty`, `binary`, `encoding`) when unusable."""
    if not data.strip():
        raise FormatError("the file is empty", code="empty", where=where)
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, where)
    if b"\0" in data[:SAMPLE]:
        return _unmarked_wide(data, where)
    for encoding in ("utf-8", "gb18030"):
        text = _try(data, encoding)
        if text is not None and (encoding == "utf-8" or _plausible(text)):
            return _checked(text, where)
    return _checked(_guess(data, where), where)


def _strict(data: bytes, encoding: str, where: str) -> str:
    text = _try(data, encoding)
    if text is None:
        raise FormatError(
            f"the file says it is {encoding} and is not",
            code="encoding",
            where=where,
            hint="save it as UTF-8",
        )
    return _checked(text, where)


def _unmarked_wide(data: bytes, where: str) -> str:
    """UTF-16 without a mark: the byte order that gives plausible text, or none."""
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    orders = ("utf-16-be", "utf-16-le") if even > odd else ("utf-16-le", "utf-16-be")
    for encoding in orders:
        text = _try(data, encoding)
        if text is not None and "\0" not in text and _plausible(text) and _known(text):
            return _checked(text, where)
    raise FormatError("the file is binary, no text", code="binary", where=where)


def _guess(data: bytes, where: str) -> str:
    for encoding in ("big5", "big5hkscs", "cp950"):
        text = _try(data, encoding)
        if text is not None and _plausible(text):
            return text
    western = _try(data, "cp1252")
    if western is not None and _western(western):
        return western
    best = from_bytes(data[:SAMPLE]).best()
    sure = best is not None and best.chaos < 0.1 and best.coherence >= 0.2
    text = _try(data, best.encoding) if best and sure and len(data) >= ENOUGH else None
    if text is None or not _readable(text):
        raise FormatError(
            "the file's encoding is not clear",
            code="encoding",
            where=where,
            hint="save it as UTF-8",
        )
    return text


def _western(text: str) -> bool:
    """Tell Western text in Windows-1252: mostly ASCII, the rest of the usual kind."""
    sample = text[:SAMPLE]
    odd = [c for c in sample if not c.isascii()]
    return len(odd) * 12 < len(sample) and all(c in WESTERN for c in odd)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _plausible(text: str) -> bool:
    """Tell Chinese text from bytes of another encoding read as Chinese."""
    sample = text[:SAMPLE]
    han = HAN.findall(sample)
    odd = sum(0xE000 <= ord(c) < 0xF900 or ord(c) > 0xFFFF for c in sample)
    if not han:
        return odd == 0 and _readable(sample)
    return sum(c in COMMON for c in han) * 6 > len(han) and odd * 50 <= len(han)


def _known(text: str) -> bool:
    """Tell text in known letters from bytes that happen to be characters."""
    sample = text[:SAMPLE]
    return _readable(sample) and 2 * sum(
        c.isascii() or HAN.match(c) is not None for c in sample
    ) > len(sample)


def _readable(text: str) -> bool:
    sample = text[:SAMPLE]
    control = len(FORBIDDEN.findall(sample))
    letters = sum(c.isalnum() or c.isspace() for c in sample)
    return control * 50 < len(sample) and letters * 2 > len(sample)


def _checked(text: str, where: str) -> str:
    if "\ufffd" in text:
        raise FormatError(
            "the file holds characters that were lost in an earlier conversion",
            code="encoding",
            where=where,
            hint="export it again as UTF-8",
        )
    sample = text[:SAMPLE].replace("\f", "")  # form feeds begin pages
    if text.count("\0") or len(FORBIDDEN.findall(sample)) * 20 > len(sample):
        raise FormatError("the file is binary, no text", code="binary", where=where)
    if not text.strip():
        raise FormatError("the file is empty", code="empty", where=where)
    return text


def fold(text: str) -> str:
    """Return the text with full-width ASCII made narrow; the length stays."""
    for wide in set(_ANY_WIDE.findall(text)):  # a text has few of them
        text = text.replace(wide, NARROW[wide])
    return text


def lines(text: str) -> tuple[tuple[Line, ...], frozenset[int]]:
    """Return the non-blank lines, and the numbers of those that begin a page (form feed)."""
    found: list[Line] = []
    pages: set[int] = set()
    gap, fed = 0, False
    for number, raw in enumerate(_cleaned(text).split("\n"), 1):
        if "\f" in raw:
            raw, fed = raw.replace("\f", ""), True
        body = raw.strip()
        if not body:
            gap += 1
            continue
        if fed:
            pages.add(number)
            fed = False
        indent = cells(raw[: raw.index(body[0])]) if raw[0] != body[0] else 0
        found.append(Line(number=number, text=body, gap=gap, indent=indent))
        gap = 0
    return tuple(found), frozenset(pages)


def _cleaned(text: str) -> str:
    """Return the text with one kind of line end and space, and nothing that cannot be shown."""
    if _ODD.search(text) is None:
        return text
    text = _SPACE.sub(" ", _LINE_END.sub("\n", text))
    return _HIDDEN.sub("", "\f".join(FORBIDDEN.sub("", part) for part in text.split("\f")))


_ONE_CELL = re.compile("[\\x00-\\u10ff\\u2010-\\u2027]+")


def cells(text: str) -> int:
    """Return the width of a text in terminal cells; a Chinese character has two."""
    if text.isascii():
        return len(text)
    return 2 * len(text) - sum(map(len, _ONE_CELL.findall(text)))
