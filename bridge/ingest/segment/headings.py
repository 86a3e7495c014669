"""What each line of a run of headings is: banner, kicker, headline or deck.

All readings of the run that keep the order of print (banners, kicker, headline, decks) are
scored, and the best one wins; a run has a handful of lines, so all of them can be tried.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.looks import Features
from bridge.model import BlockRole

MAX_RUN = 7
"""Lines of a run that are told apart; whatever follows is deck."""

PRIOR = {
    (0, 0): 0.0,
    (0, 1): 0.8,  # headline and deck: the most frequent pair
    (1, 0): 0.0,
    (1, 1): 0.8,  # kicker, headline, deck: the classic three
    (0, 2): 0.2,
    (2, 0): -0.6,
}
"""Lines above and below the headline; anything else costs one per line too many."""

UNFRAMED = 1.4
"""How much less likely a broken headline is where lines of a heading are never set apart."""

SERIES = re.compile(
    "第[0-9一二三四五六七八九十百]+[站期篇回集季章辑輯届]|系列|专栏|"
    "專欄|专题|專題|特刊|特别报道|特別報導|之[一二三四五六七八九十]+["
    ")）]?$|"
    "[①②③④⑤⑥⑦⑧⑨⑩]|[((][上中下0-9一二三四五六七八九十][))]$|\\b(?:part"
    "|day|chapter) (?:[0-9]+|one|two|three|four|five)\\b|"
    "\\b(?:special report|a series|first of|second of|third of|last of)\\b",
    re.I,
)
"""Words of a series' title."""

CIRCUMSTANCE = re.compile(
    "(?:昨|今|前|明|每|上|本|近|日前|凌晨|清晨|一早|时隔|時隔|历时|歷"
    "時|经过|經過|继|繼|随着|隨著|针对|針對|围绕|圍繞|面对|面對|为|為"
    "|从|從|在|由|以|"
    "[0-9一二三四五六七八九十]+[年月日天周週])"
)
"""How a kicker likes to begin: it says when, where or why before the news is told."""


SAYS = re.compile("(?:强调|強調|指出|提出|要求|表示|认为|認為|宣布|发布|發布|时|時|之际|之際)$")
"""How only a kicker ends: the headline says what was said or done."""


MEETING = re.compile(
    "(?:会议|會議|大会|大會|座谈会|推进会|动员会|全会|集中学习|专题学习|调研|視察|视察|"
    "慰问|讲座|仪式|論壇|论坛)"
    "(?:举行|舉行|召开|召開|上|中|时)?$"
)
"""How a kicker names the occasion."""

OFFICIALS = re.compile(
    "^[^,。:]{2,30}(?:主持|讲话|講話|出席|致辞|致辭|参加|參加|陪同|作报告|讲授|讲课|"
    "宣布开幕|分别发言|揭牌|见证)(?:会议|活动|并讲话|仪式)?$"
)
"""How a deck names who was there."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a run: the headline is what stands from `first` to before `after`."""

    score: float
    first: int
    after: int
    banners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a run of headings stands in."""

    rules: Rules
    repeated: frozenset[str]  # heading lines that stand over several stories of the page
    subheads: tuple[str, ...]  # of the story
    framed: bool  # blank lines part a heading from its text, and so its lines into frames


def roles(run: Sequence[Features], setting: Setting) -> tuple[list[BlockRole], float]:
    """Return the role of each line of a run, and how far the best reading leads (log odds)."""
    if len(run) == 1:
        return ["headline"], 9.0
    head = run[:MAX_RUN]
    readings = sorted(
        (
            _read(head, (first, after, banners), setting)
            for first in range(len(head))
            for after in _ends(head, first)
            for banners in range(first + 1)
        ),
        key=lambda reading: -reading.score,
    )
    best = readings[0]
    found: list[BlockRole] = []
    for at in range(len(run)):
        if at < best.first:
            found.append("banner" if at < best.banners else "kicker")
        else:
            found.append("headline" if at < best.after else "deck")
    return found, best.score - readings[1].score


def _ends(run: Sequence[Features], first: int) -> list[int]:
    """A headline goes on to the next line only within its frame, and to at most four."""
    ends = [first + 1]
    while len(ends) < 4 and ends[-1] < len(run) and run[ends[-1]].piece.gap == 0:
        ends.append(ends[-1] + 1)
    return ends


def _read(run: Sequence[Features], cut: tuple[int, int, int], setting: Setting) -> Reading:
    first, after, banners = cut
    above, below = first, len(run) - after
    score = PRIOR.get(
        (min(above - banners, above), below), -0.8 * abs(above - banners - 1) - 0.3 * below
    )
    if above - banners > 1:
        score -= 2.0  # one kicker
    lines = run[first:after]
    set_apart = any(this.piece.gap for this in run[1:]) or run[0].piece.gap > 0
    score += _headline(lines, run[after:], setting)
    if above > banners and banners and run[banners].piece.gap == 0:
        score -= 1.0  # a frame is banner as a whole
    for at, this in enumerate(run[:first]):
        own = _banner(this, setting) if at < banners else _kicker(this, lines[0], setting)
        score += own
    score += sum(_deck(this, lines, setting) for this in run[after:])
    if after < len(run) and run[after].mark:
        score += 1.0  # a deck behind a dash follows its headline at once
    if after < len(run) and run[after].piece.gap == 0 and set_apart and setting.framed:
        score -= 0.0 if setting.rules.spaced else 1.0
    if above and banners and banners < len(run):
        score += _banner_frame(run, banners)
    return Reading(score, first, after, banners)


def _headline(lines: Sequence[Features], rest: Sequence[Features], setting: Setting) -> float:
    size = sum(line.size for line in lines)
    score = 1.0 if 6 <= size <= 40 else -1.0 if size < 5 else -0.8
    if any(line.mark or line.led for line in lines):
        score -= 4.0
    if all(_enclosed(line) for line in lines):
        score -= 12.0  # a unit, a date, a series: it stands under or over the headline
    score += _no_headline(lines, rest)
    if any(line.column for line in lines):
        score -= 3.0
    if any(SERIES.search(line.piece.folded) for line in lines):
        score -= 1.5
    if len(lines) > 1:
        score += _broken(lines, size, setting)
    if rest and rest[0].piece.gap == 0 and len(lines) == 1 and setting.rules.spaced:
        score -= 0.8  # a two-line headline is likelier than a deck in the same frame
    return score


def _enclosed(line: Features) -> bool:
    text = line.piece.folded
    return text[:1] + text[-1:] in ("()", "【】", "[]") and "(" not in text[1:]


def _broken(lines: Sequence[Features], size: int, setting: Setting) -> float:
    """Return what says that a headline is broken over lines."""
    spaced, sizes = setting.rules.spaced, [line.size for line in lines]
    even = min(sizes) * 2 >= max(sizes) and sizes[-1] * 3 <= sizes[0] * 4
    alike = spaced or len({line.phrases > 1 for line in lines}) == 1
    alike = alike and not any(line.speech for line in lines[1:])
    score = 0.8 if even and alike else -0.8
    if spaced:
        return score + (1.0 if lines[0].display == lines[1].display else -1.5)
    if size <= 12:
        score -= 1.2  # nobody breaks a headline of a few characters
    return score - (0.0 if setting.framed else UNFRAMED)


def _no_headline(lines: Sequence[Features], rest: Sequence[Features]) -> float:
    """Return what says that lines are no headline, or not all of it."""
    text, score = lines[0].piece.folded, 0.0
    if rest and OFFICIALS.search(text):
        score -= 1.0
    if rest and (lines[-1].end in ("open", "soft", "hyphen") or rest[0].lower):
        score -= 2.5  # it goes on
    if len(lines) == 1 and len(text.split()) > 2 and _slogan(text):
        score -= 1.0
    return score


def _kicker(this: Features, headline: Features, setting: Setting) -> float:
    text = this.piece.folded
    score = _shorter(this.size, headline.size) + (5.0 if this.led else 0.0)
    score -= 2.0 if OFFICIALS.search(text) else 0.0
    score += 1.4 if MEETING.search(text) else 0.0
    if headline.piece.gap == 0 and not this.column and setting.framed:
        score -= 0.8  # a kicker is set apart
    if this.column:
        score += 3.0
    if this.mark or SERIES.search(text):
        score -= 1.5
    if setting.rules.spaced:
        score += 2.0 if text.isupper() and not headline.piece.folded.isupper() else -0.5
        return score - (1.0 if this.size > 16 else 0.0)
    if this.size <= 5:
        score += 2.0
    elif this.size > 24:
        score -= 1.0
    if CIRCUMSTANCE.match(text) and this.size <= 20:
        score += 1.6
    if SAYS.search(text):
        score += 2.5
    score += _beside(this, headline)
    return score + (0.4 if text.startswith(("“", "「", "《")) else 0.0)


def _beside(this: Features, headline: Features) -> float:
    """Return what the two lines of a kicker and its headline say beside each other."""
    score, text = 0.0, this.piece.folded
    longer = this.size > 6 and headline.size * 2 > this.size * 3 and not headline.quoted
    if headline.piece.folded[:1] in "“「" and text[:1] not in "“「" and not longer:
        both = this.phrases > 1 and headline.phrases > 1
        score += (
            0.6 if both else 2.2
        )  # somebody's words make the headline, the kicker says whose
    if this.phrases > 1 and headline.phrases == 1 and headline.size <= this.size:
        score += 1.6
    return score


def _shorter(kicker: int, headline: int) -> float:
    """A kicker is shorter than its headline; a deck is hardly ever much shorter."""
    if kicker * 4 < headline * 3:
        return 0.5
    if headline * 5 < kicker * 3:
        return 1.5
    return 0.0 if kicker < headline else -0.7


def _banner(this: Features, setting: Setting) -> float:
    text = this.piece.folded
    score = -0.8
    if SERIES.search(text):
        score += 2.5
    if text in setting.repeated:
        score += 3.0
    if this.column:
        score -= 1.0
    if _slogan(text):
        score += 1.8 if len(text.split()) > 2 else 1.0
    return score + (0.3 if this.size <= 6 else 0.0)


def _slogan(text: str) -> bool:
    """Tell whether a line falls into parts of one length, as slogans do."""
    parts = text.split()
    equal = len(parts) > 1 and len(set(map(len, parts))) == 1 and len(parts[0]) <= 6
    return equal and not re.search("[0-9]", text) and not CIRCUMSTANCE.match(text)


def _banner_frame(run: Sequence[Features], banners: int) -> float:
    """A banner has a frame of its own, and one series line makes its whole frame banner."""
    if run[banners].piece.gap == 0:
        return -1.0
    if banners > 1 and all(this.size <= 8 for this in run[:banners]):
        return 0.8 * banners
    series = any(
        SERIES.search(this.piece.folded) or _slogan(this.piece.folded) for this in run[:banners]
    )
    return 1.5 * (banners - 1) if series else 0.0


def _deck(this: Features, headline: Sequence[Features], setting: Setting) -> float:
    text, size = this.piece.folded, sum(line.size for line in headline)
    score = 2.5 if OFFICIALS.search(text) else 0.0
    if this.mark:
        score += 3.0
    if this.size > size * 1.2:
        score += 0.8
    if this.size <= 5 and not setting.rules.spaced:
        score -= 2.0
    if this.speech or (this.phrases > 1 and headline[0].phrases == 1):
        score += 0.6
    if this.column:
        score -= 3.0
    if this.commas or re.search("[0-9]", text):
        score += 0.4
    if any(subhead and subhead in text for subhead in setting.subheads):
        score += 1.5
    if setting.rules.spaced:
        score += 0.8 if not this.display else 0.0
    return score
