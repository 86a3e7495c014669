"""What can be seen of a piece by itself, before its neighbours are asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.header import read_label
from bridge.ingest.segment.language.english import ABBREVIATIONS, MAY_END
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.language.surnames import SURNAMES
from bridge.ingest.segment.leadins import LeadIn, enclosed, lead_in
from bridge.ingest.segment.people import LATIN_NAME, Persons, byline_title, persons
from bridge.ingest.segment.photos import CaptionFound, caption
from bridge.ingest.segment.pieces import Piece
from bridge.model import Kind

End = Literal["stop", "colon", "soft", "hyphen", "open", "quote", "bracket", "none"]
"""How a text ends: a sentence stop, a colon, a comma, a cut word, a word that wants another."""

SHORT = 80
"""Characters up to which a piece may be a heading, a byline, a marker or furniture."""

WINDOW = 400
"""Characters of a long piece that are looked at."""

CLOSERS = "”’」』》〉）)】]\"' "
STOPS = "。！？!?…｡"


@dataclass(slots=True, kw_only=True)
class Features:
    """One piece, as seen alone."""

    piece: Piece
    size: int  # characters, a Latin word counting as two
    end: End
    stops: int  # sentence stops inside
    asks: int  # those of them that ask or exclaim
    commas: int
    lower: bool  # begins with a small Latin letter
    bound: bool  # cannot begin a text
    starts: bool  # begins as sentences like to
    open: bool  # a quotation mark or bracket stays open
    closes: bool  # closes one it did not open
    lead_in: LeadIn | None = None
    persons: Persons | None = None
    title_line: bool = False  # may be the second line of an English byline
    caption: CaptionFound | None = None
    jump_to: str | None = None
    jump_from: str | None = None
    tail: bool = False  # ends with a credit in brackets
    signoff: bool = False  # all of it credits the story above
    sender: bool = False  # may sign a letter: a name and a place
    signature: bool = False  # an office or house that signs a notice
    bare_name: bool = False  # nothing but a name
    led: bool = False  # ends with the dash of a kicker
    pulled: bool = False  # a quotation set apart
    verse: bool = False  # a line of a poem
    titles_verse: bool = False  # a short line over a poem
    over_photo: bool = False  # only a picture's caption stands under it
    parallel: bool = False  # made like another short line near by
    novel: float = 0.0  # log odds that the text below is another story's than the text above
    speech: str | None = None  # the speaker, of a paragraph that names one
    question: bool = False
    answer: bool = False
    row: int = 0  # fields of a list's row
    column: Kind | None = None
    groups: bool = False  # the column holds several stories
    furniture: bool = False
    advert: bool = False
    numbered: bool = False
    notice: bool = False  # a headline that makes a notice
    phrases: int = 1  # parts set apart by spaces, as in display lines
    display: bool = False  # Latin capitals or title case
    quoted: bool = False  # all of it is a quotation
    mark: bool = False  # begins with a dash or a sign as decks do


_TAIL = re.compile("[(【\\[〔]([^()【】\\[\\]〔〕]{1,70})[)】\\]〕]$")
_SIGNOFF = re.compile(
    "(?:—|–|-{1,2} ?)\\s?[A-Z].{2,50}|(?:reporters? |staff writers? )"
    "?[A-Z][\\w.'’-]+(?: [A-Z][\\w.'’-]+)*(?:,? (?:and )?[A-Z][\\w.'’"
    "-]+){0,6} (?:also )?contributed\\b.{0,60}"
    "|(?:additional reporting|reporting|compiled|with files) (?:by|from) .{3,80}"
    "|[A-Z][\\w.'’ -]{3,40} (?:is|are|can be|may be) (?:a |the |our )"
    "?(?:staff|freelance|reached|columnist|retired|editor|reporter|wr"
    "iter|professor|author|former)\\b.{0,160}"
    "|(?:contact|reach|e-?mail|call|follow)(?: (?:him|her|them))? (?:"
    "at|on) .{3,120}|(?:contact|reach|e-?mail|follow) (?:the )?(?:rep"
    "orter|writer|staff|[A-Z]\\w+ [A-Z]\\w+).{0,120}",
)
_ROW = re.compile(" {2,}|\u3000+|\t+|…{2,}|\\.{3,}|：|: ")
_WIDE = re.compile(" {2,}|\u3000+|\t+")
MIN_TABLE = 3
"""Lines of the shortest table."""

_SCHEDULED = re.compile(
    "(?:(?:周|星期|週)[一二三四五六日天]|"
    "[0-9]{1,2}[月./-][0-9]{1,2}日?)? ?[0-2]?[0-9]:[0-5][0-9] "
)
_SENDER = re.compile(f"(?:{LATIN_NAME.pattern})(?:,| |$)[^.!?:;0-9]{{0,40}}")
_NUMBERED = re.compile(
    "^(?:[一二三四五六七八九十]{1,2}、|[((][一二三四五六七八九十0-9]{"
    "1,2}[))]|[一二三四五六七八九十]{1,3}$|[0-9]{1,2}$|0[1-9] |[1-9][.、](?![0-9])|"
    "(?:Part|Step) [0-9IVX]+)"
)
_MAIL = re.compile("(?:[\u3400-\u9fff]{2,4}[::]? ?)?[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+")


def features(pieces: Sequence[Piece], rules: Rules) -> list[Features]:
    """Return the features of the pieces, in order."""
    found = [_read(piece, rules) for piece in pieces]
    for before, this in pairwise(found):
        near = this.piece.gap == 0
        this.title_line = near and _second_line(this.piece.folded, rules)
        if (
            this.title_line
            and before.persons is None
            and LATIN_NAME.fullmatch(before.piece.folded)
        ):
            before.persons = persons(f"By {before.piece.folded}", rules)
        if this.row == 1 and near and before.row == 0:
            this.row = 0
    _rows(found)
    return found


def _second_line(text: str, rules: Rules) -> bool:
    """Tell whether a line may go on from a byline: a title, a house, a mail address."""
    return byline_title(text) if rules.spaced else bool(_MAIL.fullmatch(text))


def _read(piece: Piece, rules: Rules) -> Features:
    text = piece.folded
    head, short = text[:WINDOW], len(text) <= SHORT
    this = Features(
        piece=piece,
        size=_size(text, rules.spaced),
        end=end(text, rules),
        stops=_stops(head),
        asks=sum(head.count(c) for c in "!?！？"),
        commas=sum(head.count(c) for c in ",、;") - len(_NUMBERED.findall(head[:4])),
        numbered=bool(_NUMBERED.match(text)),
        lower=text[:1].islower(),
        bound=bool(rules.bound_start.match(text)),
        starts=bool(rules.sentence_start.match(text)),
        open=_balance(text) > 0,
        closes=_balance(text) < 0,
        mark=text[:1] in "—–-~",
        quoted=text[:1] in "“「‘" and text[-1:] in "”」’",
        led=text.endswith("——") and len(text) <= SHORT,
    )
    if len(text) > 6:
        this.lead_in = lead_in(text, rules)
    this.tail = _tail(text, rules)
    _speech(this, rules)
    if len(text) <= 300:
        this.caption = caption(piece.text, rules)
    if len(text) <= 2 * SHORT:
        _short(this, text, rules)
    if short:
        _display(this, text, rules)
    return this


def _short(this: Features, text: str, rules: Rules) -> None:
    this.persons = persons(text, rules)
    this.jump_from = _label(rules.jump_from.fullmatch(text))
    this.jump_to = None if this.jump_from else _label(rules.jump_to.fullmatch(text))
    this.notice = (
        rules.notice.fullmatch(text.replace(" ", "") if not rules.spaced else text) is not None
    )
    known = rules.furniture.fullmatch(text) is not None and this.persons is None
    this.furniture = known or this.piece.furniture
    this.advert = bool(rules.advert.match(text))
    this.signoff = _signs_off(text, rules)
    this.signature = rules.signature.fullmatch(text) is not None
    this.sender = rules.spaced and _SENDER.fullmatch(text) is not None
    for form, kind, groups in rules.columns:
        if len(text) <= 40 and form.fullmatch(text):
            this.column, this.groups = kind, groups
            break


def _signs_off(text: str, rules: Rules) -> bool:
    if rules.tail.fullmatch(text):
        return True
    if rules.spaced:
        if re.fullmatch("(?:reach|contact|e-?mail) [A-Z].{2,60} (?:at|on) \\S+", text, re.I):
            return True
        return bool(
            _SIGNOFF.fullmatch(text)
            or re.match("(?:reporter|staff writer)s? .{3,60} contributed", text, re.I)
        )
    if text[:1] not in "([【〔":
        return False
    return bool(
        persons(text, rules) or enclosed(text, rules) or short_name(text.strip("()[]【】〔〕"))
    )


def jump_label(text: str, role: str, rules: Rules) -> str | None:
    """Return the page a marker names; `role` is `jump_to` or `jump_from`."""
    form = rules.jump_to if role == "jump_to" else rules.jump_from
    return _label(form.fullmatch(fold(text)))


def _label(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    if match["label"].strip().isdigit() and not re.search("[版頁页]|\\bp", match.group(), re.I):
        return None  # `from 40` is no marker
    found = read_label(match["label"].replace(" ", "") + "版")
    return found.label if found else match["label"].upper()


def _tail(text: str, rules: Rules) -> bool:
    """Tell whether the last words are a credit in brackets, which ends a story."""
    if rules.spaced or text[-1:] not in ")】]〕" or len(text) < 8:
        return False
    match = _TAIL.search(text[-80:])
    if match is None or match.start() == 0:
        return False
    return bool(
        persons(match[1], rules)
        or enclosed(match.group(), rules)
        or (text[-80:][match.start() - 1] in STOPS + "”」" and short_name(match[1]))
    )


def short_name(text: str) -> bool:
    """Tell whether a text in brackets looks like one or two Chinese names."""
    if len(text) == 1:
        return text in SURNAMES
    if len(text) == 3 and text[1] == " ":
        return text[0] in SURNAMES
    return all(2 <= len(part) <= 3 for part in text.split()) and bool(
        re.fullmatch("[\\u3400-\\u9fff]{2,3}(?: [\\u3400-\\u9fff]{2,3})?", text)
    )


def _speech(this: Features, rules: Rules) -> None:
    text = this.piece.folded[:60]
    if rules.answer.match(text):
        this.answer = True
    elif rules.question.match(text):
        this.question = True
    speaker = rules.speaker.match(text)
    if speaker:
        this.speech = speaker["who"]


def _display(this: Features, text: str, rules: Rules) -> None:
    parts = [part for part in re.split("[ \u3000]+", text) if part]
    if rules.spaced:
        words = re.findall("[A-Za-z][\\w'’-]*", text)
        capital = sum(word[0].isupper() for word in words)
        long = [word for word in words if len(word) > 3]
        titled = sum(word[0].isupper() for word in long)
        this.display = text.isupper() or (
            len(words) > 2 and titled == len(long) and capital > 2
        )
    elif 1 < len(parts) <= 5 and min(map(len, parts)) > 2:
        this.phrases = len(parts)


def _rows(found: list[Features]) -> None:
    """A row is one of several lines in a frame, each cut into fields the same way."""
    run: list[Features] = []
    for this in [*found, None]:
        if this is not None and run and this.piece.gap == 0:
            run.append(this)
            continue
        _mark_rows(run)
        run = [this] if this is not None else []


def _mark_rows(run: list[Features]) -> None:
    if len(run) < 2:
        return
    fields = [_fields(this) for this in run]
    tokens = {len(this.piece.folded.split()) for this in run}
    figures = sum(any(c.isdigit() for c in this.piece.folded) for this in run)
    if (
        len(run) > 2
        and len(tokens) == 1
        and tokens.pop() in range(2, 9)
        and figures * 2 > len(run)
    ):
        fields = [count and max(count, 2) for count in fields]
    tabular = [count > 1 for count in fields]
    if run[0].piece.folded.endswith(":") and all(tabular[1:]):
        fields[0], tabular[0] = 2, True  # what the list is of
    _mark_tables(run, tabular)
    if sum(tabular) * 4 >= 3 * len(run) and sum(tabular) >= 2:
        for this, count in zip(run, fields, strict=True):
            this.row = max(count, 1)


def _mark_tables(run: Sequence[Features], tabular: Sequence[bool]) -> None:
    """Three lines on end parted by wide spaces are a table, whatever stands around them."""
    start = 0
    for at in range(len(run) + 1):
        wide = at < len(run) and tabular[at] and len(_WIDE.split(run[at].piece.text)) > 2
        if wide:
            continue
        if at - start >= MIN_TABLE:
            for this in run[start:at]:
                this.row = max(this.row, 2)
        start = at + 1


def _fields(this: Features) -> int:
    text = this.piece.text
    if _SCHEDULED.match(this.piece.folded) and len(text) <= SHORT:
        return 2
    if len(text) > 2 * SHORT or this.lead_in or this.persons or this.caption:
        return 0
    if this.question or this.answer or text[-1:] in "?？":
        return 0
    if this.end == "stop" and len(text) > 40:
        return 0
    parts = [part for part in _ROW.split(text) if part.strip()]
    if len(parts) > 1:
        return len(parts)
    return (
        2
        if len(text) < 60
        and re.search(
            "[A-Za-z\\u3400-\\u9fff][^0-9]{0,30}[ ,][0-9]+"
            "(?:[-:.][0-9]+)?(?: \\([A-Z0-9]{1,4}\\))?$",
            text,
        )
        else 1
    )


def _size(text: str, spaced: bool) -> int:
    return 2 * (text.count(" ", 0, 2 * WINDOW) + 1) if spaced else min(len(text), 2 * WINDOW)


def _stops(head: str) -> int:
    return sum(head.count(stop) for stop in STOPS) + len(re.findall('[a-z)][.] [A-Z“"]', head))


_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("(", ")"), ("【", "】"))


def _balance(text: str) -> int:
    """Return > 0 when something stays open, < 0 when something closes that was not open."""
    for left, right in _PAIRS:
        opened = text.count(left) - text.count(right)
        if opened:
            last, first = text.rfind(left) > text.rfind(right), text.find(right)
            if opened > 0 and last:
                return 1
            if opened < 0 and (first < text.find(left) or left not in text):
                return -1
    return 0


def end(text: str, rules: Rules) -> End:
    """Return how a text ends."""
    bare = text[-40:].rstrip()
    core = bare.rstrip(CLOSERS)
    last = core[-1:]
    if last in STOPS and last:
        return "stop"
    if last == ".":
        if core[:-1].rsplit(" ", 1)[-1].lower() in MAY_END:
            return "bracket"  # it may or may not be over
        return "open" if _abbreviated(core) else "stop"
    if core != bare:
        return "quote" if bare[-1] in "”’」』\"'" else "bracket"
    if last in ":":
        return "colon"
    if bare.endswith("——"):
        return "none"
    if last in ",、;—·":
        return "soft"
    if last in "-\u00ad":
        return "hyphen"
    return "open" if rules.open_end.search(bare) else "none"


@lru_cache(maxsize=256)
def _abbreviated(core: str) -> bool:
    word = core[:-1].rsplit(" ", 1)[-1].strip("(“\"'").lower()
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha())
