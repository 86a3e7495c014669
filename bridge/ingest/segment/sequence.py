"""Which label each piece of a page gets: the best path through all of them.

Every piece has a few candidate labels with a score of their own; going from one label to the
next is worth something too, and depends on what the story has shown so far (is it signed, is
its last paragraph unfinished, does it stand in a column of briefs). The best path is found by
keeping, piece by piece, the best way to reach each state (Viterbi); time is linear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from operator import attrgetter

from bridge.ingest.segment.emissions import Page, emissions
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.looks import Features
from bridge.ingest.segment.steps import STEPS, State, leave

BEAM = 6
"""States kept per piece; fewer than that are ever in the running."""

LOOK_BACK = 12
"""Pieces back to which two ways are compared."""

MARGIN = 10.0
"""Log odds behind the best at which a state is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A piece with its label; `begins` when a story begins with it."""

    this: Features
    label: str
    begins: bool
    column: bool
    confidence: float


_score = attrgetter("score")


def label(found: Sequence[Features], rules: Rules) -> list[Labelled]:
    """Return the pieces of a page with the labels of the best path, in order.

    Labels: H heading, Y byline, B paragraph, J joined fragment, S subhead, R row, P caption or
    credit, Q pull quote, T sign-off, U jump to, V jump from, K photo story,
    L story without a heading,
    N notice, C column title, F furniture.
    """
    page = Page.of(found, rules)
    states = [State(0.0, "^")]
    for this in found:
        states = _advance(states, this, emissions(this, page), page)
    for state in states:
        state.score += leave(state)
    ranked = sorted(states, key=_score, reverse=True)
    path = _path(ranked[0])
    margins = _margins(path, ranked[1:])
    return [
        Labelled(
            this=this,
            label=state.label,
            begins=state.fresh,
            column=state.column,
            confidence=round(1 / (1 + exp(-margin)), 3),
        )
        for state, this, margin in zip(path, found, margins, strict=True)
    ]


def _path(last: State) -> list[State]:
    path = []
    state: State | None = last
    while state is not None and state.before is not None:
        path.append(state)
        state = state.before
    path.reverse()
    return path


def _margins(path: Sequence[State], others: Sequence[State]) -> list[float]:
    """Return by how much each label leads the best path that has another one there.

    Where a rival reached the same place, the two differ only between there and the piece where
    they parted (soft-output Viterbi); the walk back is bounded: confidence is a local thing.
    """
    margins = [20.0] * len(path)
    for rival in others[:2]:
        _compare(path, len(path) - 1, rival, path[-1].score - rival.score, margins)
    for at, state in enumerate(path):
        if state.rival is not None:
            _compare(path, at, state.rival, state.score - state.rival.score, margins)
    return margins


def _compare(
    path: Sequence[State], at: int, rival: State, lead: float, margins: list[float]
) -> None:
    other: State | None = rival
    for place in range(at, max(-1, at - LOOK_BACK), -1):
        if other is None or other is path[place]:
            return
        differs = other.label != path[place].label or other.fresh != path[place].fresh
        if differs and lead < margins[place]:
            margins[place] = lead
        other = other.before


def _advance(
    states: list[State], this: Features, options: dict[str, float], page: Page
) -> list[State]:
    reached: dict[tuple[object, ...], State] = {}
    best = -1e9
    for state in states:
        for name, own in options.items():
            score, changes = STEPS[name](state, this, page)
            score += state.score + own
            if score < best - MARGIN:
                continue
            best = max(best, score)
            _keep(_after(state, name, score, changes), reached)
    near = [state for state in reached.values() if state.score > best - MARGIN]
    near.sort(key=_score, reverse=True)
    return near[:BEAM]


def _after(state: State, name: str, score: float, changes: dict[str, object]) -> State:
    after = State(
        score,
        name,
        state.signed,
        state.column,
        state.closed,
        state.headings,
        state.bodies,
        state.subhead,
        state.last,
        state.size,
        state.bare,
        state.notice,
        False,
        state,
    )
    for field, value in changes.items():
        setattr(after, field, value)
    return after


def _keep(after: State, reached: dict[tuple[object, ...], State]) -> None:
    """Keep the best way to each place, and the next best as its rival."""
    key = (after.label, after.signed, after.column, after.closed, after.bodies > 0)
    kept = reached.get(key)
    if kept is None:
        reached[key] = after
    elif after.score > kept.score:
        after.rival, reached[key] = kept, after
    elif kept.rival is None or after.score > kept.rival.score:
        kept.rival = after
