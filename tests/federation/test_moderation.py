"""What becomes of a reply before anybody sees it."""

import pytest

from bridge.federation.moderation import MOST_HELD, Standing, judge
from bridge.model import ReplyRule, ReplyState

NEW, KNOWN = Standing(), Standing(approved=True)


@pytest.mark.parametrize(
    ("rule", "standing", "public", "state"),
    [
        ("off", KNOWN, True, None),
        ("held", KNOWN, True, "held"),
        ("newcomers", NEW, True, "held"),
        ("newcomers", KNOWN, True, "approved"),
        ("newcomers", KNOWN, False, "held"),
        ("open", NEW, True, "approved"),
        ("open", NEW, False, "held"),
        ("open", Standing(silenced=True), True, "held"),
        ("newcomers", Standing(approved=True, silenced=True), True, "held"),
        ("open", Standing(held=MOST_HELD), True, None),
        ("held", Standing(held=MOST_HELD - 1), True, "held"),
    ],
)
def test_a_reply(
    rule: ReplyRule, standing: Standing, public: bool, state: ReplyState | None
) -> None:
    judgement = judge(rule, standing, public=public)
    assert judgement.state == state
    assert bool(judgement.reason) is (state is None)
