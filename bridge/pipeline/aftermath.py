"""What attempts to deliver mean for others than their own rows: host, inbox and followers.

Written down in the same transaction as the attempts themselves.
"""

import datetime as dt
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bridge.federation import retry
from bridge.model import Delivery, Host, Outcome, SignatureScheme, Verdict
from bridge.store import Connection, deliveries, followers, hosts
from bridge.store.deliveries import Result

SCHEME: SignatureScheme = "cavage"
"""The one that a host is tried with first, unless it is known to take the other."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One attempt and what the policy makes of it."""

    row: Delivery
    outcome: Outcome
    verdict: Verdict
    at: dt.datetime
    speaks: bool = False  # for the whole host


def judge(
    row: Delivery, outcome: Outcome, host: Host | None, in_a_row: int, now: dt.datetime
) -> Sent:
    """Ask the policy about one attempt; `in_a_row` counts the failures of its host before."""
    verdict = retry.verdict(
        outcome,
        attempts=row.attempts + 1,
        since=min(row.failing or now, now),
        now=now,
        jitter=_jitter(),
    )
    speaks = retry.speaks_for_host(outcome, in_a_row=in_a_row + 1, host=host)
    return Sent(row=row, outcome=outcome, verdict=verdict, at=now, speaks=speaks)


def write_down(
    connection: Connection,
    attempts: Sequence[Sent],
    known: Mapping[str, Host],
    absent: Collection[str],
) -> None:
    """Store attempts with all that follows from them.

    `known` are hosts with a record, `absent` inboxes that answered 404 lately, both as they
    were when the rows were taken.
    """
    deliveries.settle(connection, [_result(sent) for sent in attempts])
    troubled = {name for name, host in known.items() if host.failures or host.refused}
    for sent in attempts:
        if sent.verdict.state != "delivered":
            _failed(connection, sent)
            continue
        if sent.row.inbox in absent:
            hosts.forgive(connection, sent.row.inbox)
        if sent.row.host in troubled or _takes_another(sent, known):
            troubled.discard(sent.row.host)
            _arrived(connection, sent)


def heard_from(connection: Connection, name: str, now: dt.datetime) -> int:
    """Note a verified activity of a host; if it was failing, send what waits for it.

    Returns how many rows that were.
    """
    host = hosts.hear(connection, name, now)
    if host is None or not host.failures:
        return 0
    return _revive(connection, replace(host, heard=now), now)


def lose_inbox(
    connection: Connection, inbox: str, now: dt.datetime, error: str, *, also: int | None = None
) -> None:
    """Act on an inbox that is gone for good: 410, or 404 on several days.

    Followers of a shared inbox are reached at their own ones from now on, also by what still
    waited (`also`: the row that found out); who has no other inbox follows no more.
    """
    followers.lose_target(connection, inbox)
    deliveries.redirect(connection, inbox, now, also=also)
    deliveries.close(connection, inbox, error)
    hosts.forgive(connection, inbox)
    log.info("an inbox is gone", inbox=inbox, reason=error)


def _result(sent: Sent) -> Result:
    failing = sent.row.failing or sent.at
    return Result(
        delivery=sent.row.id,
        verdict=sent.verdict,
        status=sent.outcome.status,
        failing=None if sent.verdict.state == "delivered" else failing,
    )


def _arrived(connection: Connection, sent: Sent) -> None:
    """Note that a host of which nothing good was known took something."""
    host = _host(connection, sent)
    taken = sent.outcome.scheme or SCHEME
    if host.refused or taken != (host.scheme or SCHEME):
        host = retry.accepted(host, taken, sent.at)
        hosts.put(connection, host)
    if host.failures:
        _revive(connection, host, sent.at)


def _takes_another(sent: Sent, known: Mapping[str, Host]) -> bool:
    """Say whether a host took another scheme than was known of it."""
    host = known.get(sent.row.host)
    expected = (host.scheme if host else None) or SCHEME
    return sent.outcome.scheme not in (None, expected)


def _revive(connection: Connection, host: Host, now: dt.datetime) -> int:
    hosts.put(connection, retry.recovered(host, now))
    woken = deliveries.wake(connection, host.name, now)
    log.info("a host is back", host=host.name, waiting=woken)
    return woken


def _failed(connection: Connection, sent: Sent) -> None:
    """Draw the consequences of a failure."""
    if sent.verdict.state == "gone":
        error = sent.verdict.error or "gone"
        lose_inbox(connection, sent.row.inbox, sent.at, error, also=sent.row.id)
    elif sent.outcome.status in retry.ABSENT:
        _missed(connection, sent)
    elif sent.outcome.status == 401:
        _unauthorised(connection, sent)
    elif sent.speaks:
        _rest(connection, sent)


def _missed(connection: Connection, sent: Sent) -> None:
    days = hosts.miss(connection, sent.row.inbox, sent.at.date())
    if days >= retry.ABSENCES:
        error = f"not found (404) on {days} days"
        lose_inbox(connection, sent.row.inbox, sent.at, error, also=sent.row.id)


def _unauthorised(connection: Connection, sent: Sent) -> None:
    host = _host(connection, sent)
    if host.refused is None:
        log.warning("our signature was refused", host=host.name, reason=sent.verdict.error)
    hosts.put(connection, retry.refused(host, SCHEME, sent.at))


def _rest(connection: Connection, sent: Sent) -> None:
    before = _host(connection, sent)
    host = retry.rest(before, sent.outcome, sent.verdict, sent.at, _jitter())
    hosts.put(connection, host)
    if host.until is not None:
        deliveries.pause(connection, host.name, host.until)
    if retry.is_dead(host, sent.at):
        error = f"given up: {host.name} has not answered for {retry.LIFETIME.days} days"
        ended = deliveries.expire(connection, host.name, sent.at - retry.LIFETIME, error)
        log.warning("a host is dead", host=host.name, given_up=ended, reason=host.error)


def _host(connection: Connection, sent: Sent) -> Host:
    name = sent.row.host
    return hosts.find(connection, name) or Host(name=name, changed=sent.at)


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads load, guards nothing
