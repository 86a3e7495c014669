"""Decide what becomes of a reply before anybody sees it; pure."""

from dataclasses import dataclass

from bridge.model import ReplyRule, ReplyState

MOST_HELD = 20
"""Replies of one person that may wait for an editor; more are not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of who replies."""

    approved: bool = False  # an editor approved something of theirs before
    held: int = 0  # replies of theirs that wait
    silenced: bool = False  # they, or their server, are heard with care only


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The state of a new reply; None where it is not taken, with the reason."""

    state: ReplyState | None
    reason: str = ""


def judge(rule: ReplyRule, standing: Standing, *, public: bool) -> Judgement:
    """Decide about a new reply.

    What was not said to everybody is held for the editors and can never be shown.
    """
    if rule == "off":
        return Judgement(state=None, reason="replies are not taken here")
    if standing.held >= MOST_HELD:
        return Judgement(state=None, reason="too many replies of theirs wait already")
    trusted = rule == "open" or (rule == "newcomers" and standing.approved)
    if public and trusted and not standing.silenced:
        return Judgement(state="approved")
    return Judgement(state="held")
