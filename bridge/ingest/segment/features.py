"""What can be seen of a piece by itself, before its neighbours are asked."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bridge.ingest.segment import marks
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.labels import read_label
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.language.surnames import SURNAMES, is_name
from bridge.ingest.segment.leadins import enclosed, lead_in
from bridge.ingest.segment.looks import SHORT, Features
from bridge.ingest.segment.marks import STOPS
from bridge.ingest.segment.people import LATIN_NAME, byline_title, persons
from bridge.ingest.segment.photos import caption
from bridge.ingest.segment.pieces import Piece
from bridge.ingest.segment.rows import mark_rows

WINDOW = 400
"""Characters of a long piece that are looked at."""

LONGEST_CAPTION = 300
LONGEST_COLUMN = 40
"""Characters of the longest caption, and of the longest title of a column."""

SPEAKER = 60
"""Characters in which a paragraph of an interview names its speaker."""

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
_REACH = re.compile("(?:reach|contact|e-?mail) [A-Z].{2,60} (?:at|on) \\S+", re.I)
_CONTRIBUTED = re.compile("(?:reporter|staff writer)s? .{3,60} contributed", re.I)
_SENDER = re.compile(f"(?:{LATIN_NAME.pattern})(?:,| |$)[^.!?:;0-9]{{0,40}}")
_NUMBERED = re.compile(
    "^(?:[一二三四五六七八九十]{1,2}、|[((][一二三四五六七八九十0-9]{"
    "1,2}[))]|[一二三四五六七八九十]{1,3}$|[0-9]{1,2}$|0[1-9] |[1-9][.、](?![0-9])|"
    "(?:Part|Step) [0-9IVX]+)"
)
_STUB = re.compile("[,;][\u3400-\u9fff]{1,2}$")
_REPORTED = re.compile("(?:说|說|表示|介绍|介紹|指出|认为|認為|告诉记者|告訴記者),")
_NAMED = "[\u3400-\u9fff]{2,4}|[\u3400-\u9fff] [\u3400-\u9fff]"
_READER = re.compile(
    "(?:[\u3400-\u9fff]{0,10}(?:读者|讀者|居民|市民|村民|學生|学生|家长|家長) ?"
    f"(?P<last>{_NAMED})|(?P<first>{_NAMED}) ?[(][\u3400-\u9fff/ ]{{2,16}}[)])"
)
_SPOKEN = re.compile("[:.、]")
_NAMES = re.compile("[\u3400-\u9fff]{2,3}(?: [\u3400-\u9fff]{2,3})?")
_PHRASE = re.compile("[^ \u3000]+")
_LATIN_WORD = re.compile("[A-Za-z][\\w'’-]*")
_PAGE = re.compile("[版頁页]|\\bp", re.I)
_MAIL = re.compile("(?:[\u3400-\u9fff]{2,4}[::]? ?)?[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+")


def features(pieces: Sequence[Piece], rules: Rules) -> list[Features]:
    """Return the features of the pieces, in order."""
    found = [_read(piece, rules) for piece in pieces]
    for before, this in pairwise(found):
        near = this.piece.gap == 0 or (before.persons and this.piece.gap <= before.piece.gap)
        if not near:
            continue
        this.title_line = _second_line(this.piece.folded, rules)
        if (
            this.title_line
            and before.persons is None
            and LATIN_NAME.fullmatch(before.piece.folded)
        ):
            before.persons = persons(f"By {before.piece.folded}", rules)
    mark_rows(found)
    return found


def _second_line(text: str, rules: Rules) -> bool:
    """Tell whether a line may go on from a byline: a title, a house, a mail address."""
    return byline_title(text) if rules.spaced else bool(_MAIL.fullmatch(text))


def _read(piece: Piece, rules: Rules) -> Features:
    text = piece.folded
    (stops, asks), balance = marks.stops(text[:WINDOW]), marks.balance(text)
    this = Features(
        piece=piece,
        size=_size(text, rules.spaced),
        end=marks.end(text, rules),
        stops=stops,
        asks=asks,
        commas=marks.commas(text[:WINDOW]) - bool(_NUMBERED.match(text[:4])),
        numbered=bool(_NUMBERED.match(text)),
        lower=text[:1].islower(),
        bound=bool(rules.bound_start.match(text)),
        starts=bool(rules.sentence_start.match(text)),
        open=balance > 0,
        closes=balance < 0,
        mark=text[:1] in "—–-~",
        quoted=text[:1] in "“「‘" and text[-1:] in "”」’",
        led=text.endswith("——") and len(text) <= SHORT,
        lead_in=lead_in(text, rules) if len(text) > 6 else None,
        tail=_tail(text, rules),
    )
    _speech(this, rules)
    if len(text) <= LONGEST_CAPTION:
        this.caption = caption(piece.text, text, rules)
    if len(text) <= 2 * SHORT:
        _short(this, text, rules)
    if len(text) <= SHORT:
        _display(this, text, rules)
    return this


def _short(this: Features, text: str, rules: Rules) -> None:
    this.persons = persons(text, rules)
    this.jump_from = _label(rules.jump_from.fullmatch(text))
    this.jump_to = None if this.jump_from else _label(rules.jump_to.fullmatch(text))
    told = text if rules.spaced else text.replace(" ", "")
    this.notice = rules.notice.fullmatch(told) is not None
    known = rules.furniture.fullmatch(text) is not None and this.persons is None
    this.furniture = known or this.piece.furniture
    this.advert = bool(rules.advert.match(text))
    this.signoff = _signs_off(text, rules)
    this.signature = rules.signature.fullmatch(text) is not None
    this.sender = rules.spaced and _SENDER.fullmatch(text) is not None
    this.signoff = this.signoff or (not rules.spaced and reader(text) is not None)
    for form, kind, groups in rules.columns if len(text) <= LONGEST_COLUMN else ():
        if form.fullmatch(text):
            this.column, this.groups = kind, groups
            break


def _signs_off(text: str, rules: Rules) -> bool:
    if rules.tail.fullmatch(text):
        return True
    if rules.spaced:
        return bool(
            _REACH.fullmatch(text) or _SIGNOFF.fullmatch(text) or _CONTRIBUTED.match(text)
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
    if match["label"].strip().isdigit() and not _PAGE.search(match.group()):
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


def reader(text: str) -> str | None:
    """Return the name of a reader who signs a letter with place or trade; `text` is folded."""
    match = _READER.fullmatch(text)
    name = (match["last"] or match["first"]).replace(" ", "") if match else ""
    return name if is_name(name) else None


def short_name(text: str) -> bool:
    """Tell whether a text in brackets looks like one or two Chinese names."""
    if len(text) == 1:
        return text in SURNAMES
    if len(text) == 3 and text[1] == " ":
        return text[0] in SURNAMES
    return _NAMES.fullmatch(text) is not None


def _speech(this: Features, rules: Rules) -> None:
    text = this.piece.folded[:SPEAKER]
    if not _SPOKEN.search(text):
        return
    if rules.answer.match(text):
        this.answer = True
    elif rules.question.match(text):
        this.question = True
    speaker = rules.speaker.match(text)
    if speaker:
        this.speech = speaker["who"]


def _display(this: Features, text: str, rules: Rules) -> None:
    if rules.spaced:
        words = _LATIN_WORD.findall(text)
        capital = sum(word[0].isupper() for word in words)
        long = [word for word in words if len(word) > 3]
        titled = sum(word[0].isupper() for word in long)
        this.display = text.isupper() or (
            len(words) > 2 and titled == len(long) and capital > 2
        )
        return
    this.stub = _STUB.search(text) is not None
    this.reported = _REPORTED.search(text) is not None
    parts = _PHRASE.findall(text)
    if 1 < len(parts) <= 5 and min(map(len, parts)) > 2:
        this.phrases = len(parts)


def _size(text: str, spaced: bool) -> int:
    return 2 * (text.count(" ", 0, 2 * WINDOW) + 1) if spaced else min(len(text), 2 * WINDOW)
