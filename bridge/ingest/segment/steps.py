"""What it is worth to go from one label to the next, and what that changes about a story.

A family of functions with one contract: state before, the piece, its page; out come a score
(log odds, see `weights`) and the fields of the state that change. `STEPS` names them all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.ingest.segment import weights as w
from bridge.ingest.segment.emissions import Page, cut_inside_word
from bridge.ingest.segment.looks import Features


@dataclass(slots=True)
class State:
    """How a story stands after a piece; `before` leads back to the first piece."""

    score: float
    label: str
    signed: bool = False
    column: bool = False
    closed: bool = False
    headings: int = 0  # in the run just before the body
    bodies: int = 0
    subhead: Features | None = None  # the story's last one
    last: Features | None = None  # the last piece of body
    size: int = 0  # of the story's text so far
    bare: bool = False  # a subhead waits for its text
    notice: bool = False  # the headline gives notice
    fresh: bool = False  # a story begins here
    before: "State | None" = None
    rival: "State | None" = None  # the next best way to the same place


Step = Callable[[State, Features, Page], tuple[float, dict[str, object]]]


NEW_STORY: dict[str, object] = {
    "fresh": True,
    "signed": False,
    "closed": False,
    "headings": 0,
    "bodies": 0,
    "subhead": None,
    "last": None,
    "size": 0,
    "bare": False,
    "notice": False,
}


LEAVE = {
    "H": w.STORY["heading_only"],
    "Y": w.STORY["byline_only"],
    "S": w.STORY["subhead_only"],
    "C": -1.0,
}
"""What it costs to end a story right after a label."""

CONTINUED = {**NEW_STORY, "signed": True, "size": w.LATE}
"""A story that comes from another page was signed there, and is long."""


def leave(state: State) -> float:
    """Return what it costs to end the story here."""
    score = LEAVE.get(state.label, 0.0)
    if state.bare and state.label != "S":
        score += w.STORY["subhead_only"]
    if state.last is not None and not state.closed:
        score += w.STORY_ENDS_AFTER[state.last.end]
    return score


def _open_story(state: State, this: Features, page: Page) -> float:
    """Return what it costs to begin another story here, the end of the last included."""
    if state.label in "^":
        return 0.0
    score = leave(state)
    if state.label not in "CFN^":
        score += w.STORY["new"]
    if this.piece.gap > page.gap:
        score += w.STORY["wide_gap"]
    if state.column:
        score += w.STORY["in_column"]
    if state.closed:
        score += w.STORY["after_close"]
    return score


def _heading(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    if state.label == "H":
        count = state.headings + 1
        score = w.RUN[min(count, 6)]
        if this.piece.gap == 0:
            score += w.STORY["same_frame"]
        return score, {"headings": count, "notice": state.notice or this.notice}
    if state.label == "V":
        return 0.0, {"headings": 1}
    changes = {**NEW_STORY, "headings": 1, "notice": this.notice}
    score = _open_story(state, this, page) + w.NOVEL * this.novel
    score += w.PHOTO_HEADLINE if this.over_photo else 0.0
    if state.signed and state.headings > 1 and 0 < state.size < w.LATE:
        score += w.STORY["hardly_begun"]
    if page.framed and this.piece.gap == 0 and state.label in "BJ" and not state.column:
        score += w.STORY["inside_frame"]
    return score, changes


def _byline(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    if this.persons is None:
        return (3.0 if state.label == "Y" else -9.0), {"signed": True}
    if state.label in "HY" or (state.label == "P" and not state.bodies and state.headings):
        return w.BYLINE_AFTER_HEADING, {"signed": True}
    score = _open_story(state, this, page) + w.BYLINE_ELSEWHERE
    return score, {**NEW_STORY, "signed": True}


def _body(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    changes: dict[str, object] = {
        "last": this,
        "bodies": state.bodies + 1,
        "size": state.size + this.size,
        "bare": False,
    }
    if this.tail:
        changes["closed"] = True
    score = _credited(state, this)
    if this.lead_in is not None:
        changes["signed"] = True
    if state.closed:
        return score + w.FIRST["headless"], {**NEW_STORY, **changes}
    if state.bodies == 0:
        return score + _first(state, this), changes
    if this.lead_in is not None:
        score += w.FIRST["lead_in_inside"]
    if state.label == "S":
        score += 0.5 if this.starts or this.end == "stop" else 0.0
        score += _through_word(state.subhead, this, page)
        return score + (-4.0 if this.lower or this.bound else 0.0), changes
    if state.label != "R" and state.last is not None:
        score += w.PARAGRAPH_AFTER[state.last.end]
    if this.lower or this.bound:
        score -= 4.0
    return score, changes


def _through_word(heading: Features | None, this: Features, page: Page) -> float:
    """A line that ends in the middle of a word is no heading of what stands under it."""
    if heading is None or page.rules.spaced:
        return 0.0
    return w.HEADING_IN_WORD * cut_inside_word(heading.piece.folded, this.piece.folded, page)


def _credited(state: State, this: Features) -> float:
    """Return what a credit at the end of a text says about the story it ends."""
    if not this.tail:
        return 0.0
    score = w.SIGNED_TWICE if state.signed else w.TAIL_UNSIGNED
    return score + (w.SUBHEAD["before_credit"] if state.bare else 0.0)


def _first(state: State, this: Features) -> float:
    """Return what the first paragraph of a story is worth where it stands."""
    score = -4.0 if (this.lower or this.bound) and state.label != "V" else 0.0
    if state.label == "V":
        return 0.5
    if not state.headings and not state.signed:
        return score + (w.FIRST["headless_lead_in"] if this.lead_in else w.FIRST["headless"])
    if this.lead_in is not None:
        return score + w.FIRST["lead_in"]
    if this.end != "stop" and this.size < 20:
        score += w.FIRST["scrap"]
    if state.signed:
        return score + w.FIRST["after_byline"]
    score += w.FIRST["unsigned"] + (w.FIRST["in_column"] if state.column else 0.0)
    if this.end == "stop" and this.size >= 24:
        score += w.FIRST["substantial"]
    return score


def _headless(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    score = _open_story(state, this, page)
    score += w.FIRST["in_column_lead_in" if state.column else "headless_lead_in"]
    if state.label in "HYV" or (not state.bodies and state.headings):
        score -= 6.0
    changes = {**NEW_STORY, "signed": True, "bodies": 1, "last": this, "closed": this.tail}
    changes["size"] = this.size
    return score, changes


def _join(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    changes: dict[str, object] = {
        "last": this,
        "closed": state.closed or this.tail,
        "size": state.size + this.size,
    }
    if state.label == "V":
        return 0.5 + (1.0 if this.lower or this.bound else 0.0), {**changes, "bodies": 1}
    last = state.last
    if last is None or state.label not in "BJPFLRQ" or (state.label == "R" and this.piece.gap):
        return -20.0, changes
    score = w.JOIN_AFTER[last.end] + _evidence(last, this, page) + _credited(state, this)
    if this.size <= w.DISPLAY and this.end in ("none", "quote"):
        score -= w.JOIN["novel"] * max(this.novel, 0.0)
    if state.closed:
        score += w.JOIN["closed"]
    if (
        state.label == "B"
        and last.size < 15
        and not last.commas
        and last.end in ("none", "quote")
    ):
        score += w.JOIN["after_scrap"]
    return score, changes


def _evidence(last: Features, this: Features, page: Page) -> float:
    """Return what the two sides of a cut say about belonging together."""
    score = w.JOIN["lower"] if this.lower else 0.0
    score += w.JOIN["bound"] if this.bound else 0.0
    if this.closes and last.open:
        score += w.JOIN["closes"]
    if page.rules.spaced:
        capital = this.piece.folded[:1].isupper()
        score += w.JOIN["capital"] if capital and last.end != "hyphen" else 0.0
    else:
        score += w.JOIN["starts"] if this.starts else 0.0
        score += cut_inside_word(last.piece.folded, this.piece.folded, page) * w.JOIN["word"]
    if page.indented and this.piece.lines[0].indent >= 2:
        score += w.JOIN["indent"]
    if this.speech:
        score += w.JOIN["speech"]
    if this.end not in ("stop", "quote", "bracket"):
        score += w.JOIN["scrap" if this.size < 12 and not this.commas else "unfinished"]
    return score


def _subhead(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    if this.titles_verse and state.label in "RY" and not state.bare:
        return w.POEM, {"subhead": this, "bare": True, "bodies": 1}
    if state.label not in "BJRPFQ" or not state.bodies or state.last is None or state.bare:
        return -12.0, {}
    score = w.SUBHEAD["base"] + w.SUBHEAD_AFTER[state.last.end]
    if state.subhead is not None:
        score += w.SUBHEAD["again" if _of_one_make(state.subhead, this) else "other_make"]
    score += w.SUBHEAD["signed" if state.signed else "unsigned"]
    score += w.SUBHEAD["phrases"] if this.phrases > 1 else 0.0
    score += w.SUBHEAD["in_column"] if state.column else 0.0
    score += w.SUBHEAD["closed"] if state.closed else 0.0
    score += w.SUBHEAD["wide_gap"] if this.piece.gap > page.gap else 0.0
    score += _subhead_size(state, this, page)
    score -= w.NOVEL * this.novel
    score += w.SUBHEAD["parallel"] if this.parallel else 0.0
    score += w.SUBHEAD["quoted"] if this.quoted else 0.0
    score += w.SUBHEAD["notice"] if this.notice else 0.0
    score += w.SUBHEAD["numbered"] if this.numbered else 0.0
    return score, {"subhead": this, "bare": True}


def _of_one_make(one: Features, other: Features) -> bool:
    """A story's subheads are numbered or not, displayed in parts or not, all of them."""
    return one.numbered == other.numbered and (one.phrases > 1) == (other.phrases > 1)


def _subhead_size(state: State, this: Features, page: Page) -> float:
    """Subheads are short, and stand in stories that have some length."""
    long, very_long = (9, 14) if page.rules.spaced else (18, 24)
    score = 0.0
    if this.size > long:
        score += w.SUBHEAD["very_long" if this.size > very_long else "long"]
    if page.headline:
        if this.size * 5 <= page.headline * 3:
            score += w.SUBHEAD["shorter"]
        elif this.size >= page.headline:
            score += w.SUBHEAD["as_long"]
    if state.size < w.EARLY:
        score += w.SUBHEAD["early"]
    elif state.size > w.LATE:
        score += w.SUBHEAD["late"]
    return score


def _row(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    score = 0.0
    if state.label == "B" and state.last is not None and state.last.end == "colon":
        score = w.ROW_AFTER_COLON
    elif state.label == "S" and not this.verse:
        score = w.SUBHEAD["before_rows"] - w.NOVEL * (
            state.subhead.novel if state.subhead else 0
        )
    elif state.label in "^FCN":
        score = -2.0
    return score, {"bodies": max(state.bodies, 1), "last": None, "bare": False}


def _caption(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    wide = this.piece.gap > page.gap
    score = 0.5 if wide else 0.0
    if state.closed or (state.last is not None and state.last.end == "stop"):
        score -= this.novel
    return score, {}


def _quotation(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    return (w.PULL_QUOTE if state.bodies else -6.0), {}


def _photo_story(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    score = _open_story(state, this, page) + w.STANDALONE_PHOTO
    if state.label in "^CF" and not state.closed and state.last is None:
        score -= 3.0  # it belongs to the story below
    if this.caption is not None and not this.caption.head:
        score += w.PHOTO_WITHOUT_HEAD + 1.5 * this.novel
    return score, {**NEW_STORY, "closed": True}


def _sign_off(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    score = 0.0 if state.bodies else -5.0
    if state.last is not None:
        score += min(0.0, w.STORY_ENDS_AFTER[state.last.end])
    if this.signoff and this.mark and state.signed:
        score += w.SIGNED_TWICE
    if this.signature and not this.signoff:
        score += w.SIGNED_NOTICE if state.notice else -1.0
    elif this.sender and not this.signoff and this.persons is None:
        score += 2.0 if state.column else -1.5
    elif this.persons is not None and not this.signoff:
        score += w.SIGN_OFF_UNSIGNED if not state.signed else w.SIGNED_TWICE
    return score, {"closed": True}


def _jump_to(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    return (1.0 if state.bodies else -2.0), {"closed": True}


def _jump_from(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    if state.label == "H":
        known = {**CONTINUED, "fresh": False, "headings": 1}
        return 2.0 + 0.5 * (this.piece.gap == 0), known
    return _open_story(state, this, page), CONTINUED


def _notice(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    if state.label == "N" and this.piece.gap == 0:
        return 0.0, {}
    if not this.advert:
        return -12.0, {}
    return _open_story(state, this, page), {**NEW_STORY, "closed": True}


def _column(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    score = _open_story(state, this, page)
    return score, {**NEW_STORY, "column": this.groups}


def _furniture(state: State, this: Features, page: Page) -> tuple[float, dict[str, object]]:
    return 0.0, {}


STEPS: dict[str, Step] = {
    "H": _heading,
    "Y": _byline,
    "B": _body,
    "L": _headless,
    "J": _join,
    "S": _subhead,
    "R": _row,
    "P": _caption,
    "Q": _quotation,
    "K": _photo_story,
    "T": _sign_off,
    "U": _jump_to,
    "V": _jump_from,
    "N": _notice,
    "C": _column,
    "F": _furniture,
}
"""What each label is worth after a state, and what it changes about the story."""
