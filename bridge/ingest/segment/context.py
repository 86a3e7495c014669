"""What only a piece's neighbours show: names under headings, captions over credits, verse.

`place(found, rules)` completes the features of a page's pieces.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from bridge.ingest.segment import cohesion
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.language.surnames import is_name
from bridge.ingest.segment.looks import Features
from bridge.ingest.segment.people import LATIN_NAME, MARKS, persons
from bridge.ingest.segment.photos import CaptionFound

LONGEST = 80
"""Characters up to which a piece may be a heading."""

VERSE = 18
"""Characters of the longest line of a poem."""

STANZA = 4
"""Lines of the shortest stanza that is known for verse by itself."""

QUOTE = 48
"""Characters of the longest quotation that is set apart."""

_TITLED = re.compile("[A-Z][\\w.'’-]+(?: [A-Z][\\w.'’-]+){0,2}(?:, [A-Z][\\w.]+)?")
_HOUSED = re.compile(f"(?P<who>{LATIN_NAME.pattern}) ?[|·•] ?[A-Z][\\w.& -]{{1,30}}")

PICTURE = 0.75
"""How sure a caption must be to make a picture story."""

PARALLEL = 8
"""Pieces between two subheads of one story."""

_FOREIGN = re.compile("[\\u3400-\\u9fff]{1,5}(?:·[\\u3400-\\u9fff]{1,6}){1,2}")
_PHONE = re.compile("(?<![0-9])(?:[0-9]{2,4}[-－ ]?)?[0-9]{7,8}(?:[0-9]{3})?(?![0-9])")
_WIDE = re.compile(" {2,}|\u3000+|\t+")
_TOWN = re.compile("[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,2}(?:, [A-Z][A-Za-z.]+)?")


def place(found: Sequence[Features], rules: Rules) -> None:
    """Set on each piece what its neighbours say about it."""
    for this in found:
        if this.size <= 2 * LONGEST:
            this.bare_name = _bare_name(this.piece.folded, rules)
            this.advert = this.advert or _advertises(this, rules)
    for before, this in pairwise(found):
        if rules.spaced:
            _towns(before, this)
        _captions(before, this, rules)
    frames = _frames(found)
    for at, frame in enumerate(frames):
        _pull_quote(frame, frames[at - 1] if at else [])
    if not rules.spaced:
        _verse(frames)
    for at in range(1, len(found) - 1):
        below = found[at + 1]
        titled = at + 2 < len(found) and found[at + 2].verse and below.size <= VERSE
        below.titles_verse = titled and not below.verse
        if below.caption and below.caption.text and below.caption.sure >= PICTURE:
            last = at + 2 == len(found)
            under = None if last else found[at + 2]
            ends = under is None or (under.end != "stop" and under.size <= LONGEST // 2)
            found[at].over_photo = (ends and under is not None and not under.persons) or last
        _name(found[at - 1], found[at], below, rules)
    _parallels(found)
    cohesion.measure(found, LONGEST, rules)


def _towns(before: Features, this: Features) -> None:
    """`Staff Reporter` over `SPRINGFIELD`: the town belongs to the byline."""
    if before.bare_name and this.piece.gap == 0 and _TITLED.fullmatch(this.piece.folded):
        this.signoff = before.persons is None  # where a letter is from
    signed = before.persons is not None or before.title_line
    near = this.piece.gap <= before.piece.gap
    if signed and near and this.column is None and _TOWN.fullmatch(this.piece.folded):
        this.title_line = True


def _captions(before: Features, this: Features, rules: Rules) -> None:
    """What stands right over a picture's credit, in one frame, is its caption."""
    credit = this.caption is not None and not this.caption.text
    if not credit or this.piece.gap or before.caption or before.lead_in or before.persons:
        return
    if 12 <= before.size <= 300 and before.piece.gap and (rules.spaced or before.end == "stop"):
        before.caption = CaptionFound(text=before.piece.text, credits=(), sure=0.9)


def _frames(found: Sequence[Features]) -> list[list[Features]]:
    frames: list[list[Features]] = []
    for this in found:
        if this.piece.gap == 0 and frames:
            frames[-1].append(this)
        else:
            frames.append([this])
    return frames


def _pull_quote(frame: list[Features], above: list[Features]) -> None:
    """A quotation in a frame of its own that cuts an unfinished paragraph in two."""
    if not above or above[-1].end not in ("none", "soft", "open") or above[-1].size < 20:
        return
    text = "".join(this.piece.folded for this in frame)
    if len(text) > QUOTE or len(frame) > 4 or frame[0].persons or frame[0].lead_in:
        return
    quoted = text[:1] in '“「『‘"' and text[-1:] in '”」』’"' and len(frame) > 1
    for this in frame:
        this.pulled = quoted


def _verse(frames: list[list[Features]]) -> None:
    """Frames of short lines that hardly ever stop are verse; so are shorter ones near by."""
    looks = [len(frame) > 1 and all(map(_line_of_verse, frame)) for frame in frames]
    sure = [look and len(frame) >= STANZA for look, frame in zip(looks, frames, strict=True)]
    for at, frame in enumerate(frames):
        near = any(sure[max(0, at - 2) : at + 3])
        if looks[at] and near and not any(this.row for this in frame):
            for this in frame:
                this.row, this.verse = 1, True


def _line_of_verse(this: Features) -> bool:
    text = this.piece.folded
    if this.size > VERSE or this.persons or this.caption or this.lead_in or this.jump_to:
        return False
    if this.jump_from or this.furniture or this.column or this.row or this.signoff:
        return False
    return text[-1:] not in "。：:" and not re.search("[0-9@]", text)


def _parallels(found: Sequence[Features]) -> None:
    """Subheads of one story are often made alike: `Who pays: …`, `Who waits: …`."""
    last: tuple[int, Features] | None = None
    for at, this in enumerate(found):
        if this.lead_in or this.persons or this.column or this.notice:
            last = None
            continue
        if not 4 <= this.size <= 30 or this.end in ("stop", "soft", "open") or this.caption:
            continue
        if this.row or this.furniture or this.jump_to or this.jump_from or this.signoff:
            continue
        if last is not None and 1 < at - last[0] <= PARALLEL and _alike(last[1], this):
            this.parallel = last[1].parallel = True
        last = (at, this)


def _alike(one: Features, other: Features) -> bool:
    left, right = one.piece.folded, other.piece.folded
    if abs(one.size - other.size) > 4:
        return False
    if left[:1] == right[:1] and left[:1].isalpha():
        return True
    marks = [[c for c in text if c in ":,“”「」《》!?"] for text in (left, right)]
    return bool(marks[0]) and marks[0] == marks[1]


def _name(before: Features, this: Features, after: Features, rules: Rules) -> None:
    """A bare name between a heading and the text under it is the writer's."""
    if this.persons or this.title_line or before.size > LONGEST or before.end == "stop":
        return
    if rules.spaced and (housed := _HOUSED.fullmatch(this.piece.folded)):
        if before.persons is None and after.size >= VERSE:
            this.persons, this.caption = persons(f"By {housed['who']}", rules), None
        return
    signed = before.bare_name or before.persons or before.signoff
    if not this.bare_name or signed or this.piece.gap > before.piece.gap + 1:
        return
    if rules.spaced:
        _latin_name(before, this, after, rules)
    elif after.size >= 2 * VERSE or after.row or after.titles_verse:
        this.persons = persons("作者 " + this.piece.folded.replace(" ", ""), rules)


def _latin_name(before: Features, this: Features, after: Features, rules: Rules) -> None:
    """Capitals above a name, or a town or address under it, tell a writer from a subject."""
    titled = before.display or not before.piece.folded[:1].isalnum()
    near = after.piece.gap <= this.piece.gap
    town = near and _TOWN.fullmatch(after.piece.folded) is not None
    after.title_line = after.title_line or town
    leads = after.title_line or "@" in after.piece.folded
    if leads or (not titled and after.size >= VERSE):
        this.persons = persons(f"By {this.piece.folded}", rules)


def _advertises(this: Features, rules: Rules) -> bool:
    """Phrases set apart by wide spaces with a telephone number among them sell something."""
    text = this.piece.text
    phrases = len([part for part in _WIDE.split(text) if part])
    return (
        not rules.spaced
        and phrases > 1
        and "。" not in text
        and bool(_PHONE.search(this.piece.folded))
    )


def _bare_name(text: str, rules: Rules) -> bool:
    """Tell whether a line is nothing but a person's name."""
    if rules.spaced:
        words = text.split()
        return 2 <= len(words) <= 4 and LATIN_NAME.fullmatch(text) is not None
    bare = text.strip(MARKS + " ").replace(" ", "")
    return is_name(bare) or (
        not rules.spaced and "·" in bare and bool(_FOREIGN.fullmatch(bare))
    )
