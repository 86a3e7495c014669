"""Decide what becomes of a delivery after an attempt: a policy, not a loop.

The hours are chosen so that a server that is down for a long weekend loses nothing, and none
is asked more than a dozen times. Sources: what Mastodon, Misskey and Fedify keep to.
"""

import datetime as dt
from email.utils import parsedate_to_datetime

from bridge.model import DeliveryState, Outcome, Verdict

DAY = dt.timedelta(days=1)

SCHEDULE = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
    dt.timedelta(hours=12),
    DAY,
)
"""Waiting times after the first, second … attempt; the last one repeats."""

LIFETIME = dt.timedelta(days=7)
"""A delivery older than this is given up."""

SPREAD = 0.25
"""So much of a waiting time is added at most, that hosts which failed together part."""

GONE = frozenset({410})
RETRIED = frozenset({401, 403, 404, 408, 425, 429})
"""Statuses below 500 that can pass; every other 4xx is an answer for good."""
SLOWLY = {
    401: dt.timedelta(hours=6),  # our clock or key, or theirs: asking at once would be a loop
    403: dt.timedelta(hours=6),
    404: DAY,  # so that repeated ones fall on different days
}
"""The least waiting time after a status."""
FINAL = frozenset({501})
"""Statuses from 500 on that waiting does not change."""


def verdict(
    outcome: Outcome, *, attempts: int, created: dt.datetime, now: dt.datetime, jitter: float
) -> Verdict:
    """Say what follows from an attempt.

    `attempts` counts this one too; `jitter` is a random number from 0 to 1. `due` means
    something only while the state is `pending`.
    """
    state = _state(outcome)
    if state != "pending":
        return Verdict(state=state, due=now, error=_error(outcome, state))
    end = created + LIFETIME
    if now >= end:
        return Verdict(state="failed", due=now, error=f"given up: {_error(outcome, state)}")
    wait = SCHEDULE[min(max(attempts, 1), len(SCHEDULE)) - 1]
    wait = max(wait, SLOWLY.get(outcome.status or 0, wait), asked(outcome.retry_after, now))
    due = now + wait * (1 + SPREAD * jitter)
    return Verdict(state="pending", due=min(due, end), error=_error(outcome, state))


def asked(header: str | None, now: dt.datetime) -> dt.timedelta:
    """Return how long a Retry-After header asks to wait, at most a day; zero for nonsense."""
    none = dt.timedelta(0)
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(dt.timedelta(seconds=int(text[:9])), DAY)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return none
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return min(max(moment - now, none), DAY)


def _state(outcome: Outcome) -> DeliveryState:
    status = outcome.status
    if status is None:
        return "pending" if outcome.transient else "failed"
    if 200 <= status < 300:
        return "delivered"
    if status in GONE:
        return "gone"
    for_good = 400 <= status < 500 and status not in RETRIED
    return "failed" if for_good or status in FINAL else "pending"


def _error(outcome: Outcome, state: DeliveryState) -> str | None:
    if state == "delivered":
        return None
    return outcome.error or f"status {outcome.status}"
