"""Tell hubs which feeds have changed, so that readers need not ask (WebSub, W3C 2018, §5).

What is to be told is noted when files were written and told by a task of its own; a hub that
does not answer is asked again, minutes to hours later, and missed after that: readers that
hear nothing still ask for themselves.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import groupby, islice
from urllib.parse import urlencode

import structlog

from bridge.errors import AddressError, RemoteError
from bridge.model import Ping, Task, addresses
from bridge.store import pings
from bridge.wiring import Bridge

LIVE = ("rss.xml", "atom.xml", "feed.json")
"""Files that hubs are told of: feeds that go on, and no archives."""

AT_A_TIME = 20
"""Feeds named in one request; a larger form might be refused."""

WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""After each attempt that failed; after the last one the ping is given up."""

PING = Task(name="ping", partition="hubs", fold=True)

log = structlog.get_logger(__name__)


def note(bridge: Bridge, written: Collection[str]) -> None:
    """Note the feeds among the files that were written, to be told at once."""
    hubs, base = bridge.settings.feeds.hubs, bridge.site.base_url
    live = [path for path in written if path.rpartition("/")[2] in LIVE]
    if not hubs or not live:
        return
    with bridge.store.begin() as connection:
        pings.put(connection, hubs, [addresses.url(base, path) for path in live])
        bridge.enqueue(connection, (PING,))


def wake(bridge: Bridge, now: dt.datetime) -> None:
    """See to it that what is due by now is told."""
    with bridge.store.begin() as connection:
        if pings.due(connection, now):
            bridge.enqueue(connection, (PING,))


def ping(bridge: Bridge, now: dt.datetime) -> int:
    """Tell every hub what is due; returns how many feeds were taken."""
    with bridge.store.read() as connection:
        waiting = pings.due(connection, now)
    told = 0
    for hub, of_hub in groupby(waiting, key=lambda one: one.hub):
        while batch := tuple(islice(of_hub, AT_A_TIME)):
            why, final = _told(bridge, hub, batch)
            told += _written_down(bridge, batch, why, now, final=final)
    return told


def _told(bridge: Bridge, hub: str, batch: Sequence[Ping]) -> tuple[str, bool]:
    """Send one request; return why it failed, empty if not, and whether it always will."""
    topics = [("hub.url", one.topic) for one in batch]
    body = urlencode([("hub.mode", "publish"), *topics]).encode()
    kind = (("Content-Type", "application/x-www-form-urlencoded"),)
    try:
        answer = bridge.http.post(hub, headers=kind, body=body)
    except AddressError as error:
        return str(error), True
    except RemoteError as error:
        return str(error), False
    if 200 <= answer.status < 300:
        return "", False
    return f"it answered {answer.status}", False


def _written_down(
    bridge: Bridge, batch: Sequence[Ping], why: str, now: dt.datetime, *, final: bool
) -> int:
    tried = min(one.attempts for one in batch)
    with bridge.store.begin() as connection:
        if why and tried < len(WAITS) and not final:
            pings.retry(connection, batch, now + WAITS[tried])
        else:
            pings.close(connection, batch)
    if why:
        log.warning("a hub was not told", hub=batch[0].hub, feeds=len(batch), reason=why)
    return 0 if why else len(batch)
