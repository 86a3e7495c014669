"""Decide what becomes of a delivery, and of its host, after an attempt: a policy, not a loop.

The hours are chosen so that a server that is down for a long weekend loses nothing, and none
is asked more than a dozen times. Sources: what Mastodon, Misskey and Fedify keep to.
"""

import datetime as dt
from dataclasses import replace
from email.utils import parsedate_to_datetime

from bridge.model import DeliveryState, Host, Outcome, SignatureScheme, Verdict

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

LIFETIME = 7 * DAY
"""What fails for so long is given up: a delivery, or all that waits for a host."""

SPREAD = 0.25
"""So much of a waiting time is added at most, that hosts which failed together part."""

GONE = frozenset({410})
ABSENT = frozenset({404})
ABSENCES = 3
"""On so many different days an inbox answers 404 before it counts as gone."""
RETRIED = frozenset({401, 403, 404, 408, 425, 429})
"""Statuses below 500 that can pass; every other 4xx is an answer for good."""
SLOWLY = {
    401: dt.timedelta(hours=6),  # our clock or key, or theirs: asking at once would be a loop
    403: dt.timedelta(hours=6),
    404: DAY,  # so that repeated ones fall on different days
    # never followed: a signed body goes nowhere but to the inbox; it may be a door's mistake
    **dict.fromkeys((301, 302, 303, 307, 308), DAY),
}
"""The least waiting time after a status."""
FINAL = frozenset({501})
"""Statuses from 500 on that waiting does not change."""

TROUBLE = 3
"""Failures of a server in a row, about different deliveries, that speak for the whole host."""
SKEW = dt.timedelta(minutes=5)
"""Clocks that differ by more are named as a likely reason for a 401."""
LONGEST_ERROR = 300


def verdict(
    outcome: Outcome, *, attempts: int, since: dt.datetime, now: dt.datetime, jitter: float
) -> Verdict:
    """Say what follows from an attempt.

    `attempts` counts this one too; `since` is when the first of them failed, which may be now;
    `jitter` is a random number from 0 to 1. `due` means something only while the state is
    `pending`.
    """
    state = _state(outcome)
    if state != "pending":
        return Verdict(state=state, due=now, error=_error(outcome, state, now))
    end = since + LIFETIME
    error = _error(outcome, state, now)
    if now >= end:
        return Verdict(state="failed", due=now, error=f"given up: {error}")
    wait = max(_wait(attempts), SLOWLY.get(outcome.status or 0, SCHEDULE[0]))
    wait = max(wait, asked(outcome.retry_after, now))
    due = now + wait * (1 + SPREAD * jitter)
    return Verdict(state="pending", due=min(due, end), error=error)


def asks_to_wait(outcome: Outcome) -> bool:
    """Say whether a host is well but wants less of us."""
    return outcome.status == 429 or (outcome.status == 503 and bool(outcome.retry_after))


def fails(outcome: Outcome) -> bool:
    """Say whether a server gave no usable answer, whatever it was asked."""
    if outcome.status is None:
        return outcome.transient
    return outcome.status >= 500 and outcome.status not in FINAL and not asks_to_wait(outcome)


def speaks_for_host(outcome: Outcome, *, in_a_row: int, host: Host | None) -> bool:
    """Say whether an attempt tells about the whole host, so that nothing more is sent there.

    `in_a_row` counts its failures, this one too. A host that was failing is given one probe.
    """
    if asks_to_wait(outcome):
        return True
    if not fails(outcome):
        return False
    doubtful = host is not None and host.failures > 0
    return doubtful or outcome.status is None or in_a_row >= TROUBLE


def rest(
    host: Host, outcome: Outcome, verdict: Verdict, now: dt.datetime, jitter: float
) -> Host:
    """Return a host after an attempt that speaks for it: it is left alone until `until`."""
    error = (verdict.error or "")[:LONGEST_ERROR]
    if asks_to_wait(outcome):
        return replace(host, until=verdict.due, error=error, changed=now)
    failures = host.failures + 1
    wait = max(_wait(failures) * (1 + SPREAD * jitter), asked(outcome.retry_after, now))
    return replace(
        host,
        failures=failures,
        failing=host.failing or now,
        until=now + wait,
        error=error,
        changed=now,
    )


def recovered(host: Host, now: dt.datetime) -> Host:
    """Return a host that answered, or from which something verified came."""
    return replace(host, failures=0, failing=None, until=None, error=None, changed=now)


def is_dead(host: Host, now: dt.datetime) -> bool:
    """Say whether a host has failed for so long that what waits for it is given up.

    It is still probed, once a day, and one answer brings it back.
    """
    return host.failing is not None and now - host.failing >= LIFETIME


def refused(host: Host, scheme: SignatureScheme, now: dt.datetime) -> Host:
    """Return a host that answered 401 to a signature of this scheme: the other one is next."""
    return replace(host, refused=scheme, changed=now)


def accepted(host: Host, scheme: SignatureScheme, now: dt.datetime) -> Host:
    """Return a host that took a signature of this scheme after it had answered 401."""
    return replace(host, refused=None, scheme=scheme, changed=now)


def asked(header: str | None, now: dt.datetime) -> dt.timedelta:
    """Return how long a Retry-After header asks to wait, at most a day; zero for nonsense."""
    none = dt.timedelta(0)
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(dt.timedelta(seconds=int(text[:9])), DAY)
    moment = _date(text)
    return none if moment is None else min(max(moment - now, none), DAY)


def _wait(attempts: int) -> dt.timedelta:
    return SCHEDULE[min(max(attempts, 1), len(SCHEDULE)) - 1]


def _date(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


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


def _error(outcome: Outcome, state: DeliveryState, now: dt.datetime) -> str | None:
    if state == "delivered":
        return None
    said = outcome.error or f"status {outcome.status}"
    return f"{said} ({_advice(outcome, now)})" if outcome.status == 401 else said


def _advice(outcome: Outcome, now: dt.datetime) -> str:
    """Say what to look at when our signature is refused."""
    theirs = _date(outcome.date or "")
    if theirs is not None and abs(theirs - now) > SKEW:
        minutes = round((now - theirs) / dt.timedelta(minutes=1))
        ahead = "ahead of" if minutes > 0 else "behind"
        return f"our clock is {abs(minutes)} minutes {ahead} theirs: set the machine's clock"
    return "our clock agrees; can they read our account's document and its key?"
