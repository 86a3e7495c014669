"""Verify what was held: read the sender's key, once and within bounds, and check the signature.

Security nos. 13 to 22. A key is read for a signature that does not fit the known one (the
sender may have a new key) or whose key is unknown; each attempt is noted, so that no number of
forged requests makes us ask a server more often than `TRIES` allows.
"""

import datetime as dt
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bridge.errors import RemoteError, SignatureError
from bridge.federation import inbox, signatures
from bridge.federation import remote as servers
from bridge.federation.signatures import Claims
from bridge.model import InboundState, Json, RemoteActor, Request, urls
from bridge.model.addresses import INSTANCE
from bridge.model.social import shard_of
from bridge.pipeline import actors, aftermath
from bridge.pipeline.deliver import shard_tasks
from bridge.store import Connection, deliveries, followers, hosts, inbounds, remotes, replies
from bridge.store.inbounds import Waiting
from bridge.store.remotes import Outcome, Reading
from bridge.wiring import Bridge

HOSTS = 16
"""Hosts that are asked at the same time."""
TRIES = 3
"""Readings of one key before its limit must be lifted."""
LIFTED = {
    "read": dt.timedelta(minutes=10),
    "failed": dt.timedelta(minutes=5),
    "refused": dt.timedelta(hours=1),
    "gone": dt.timedelta(days=1),
}
"""How long an attempt counts, by its outcome; all but `read` are not repeated before."""
HOST_READINGS = 60
HOST_SPAN = dt.timedelta(minutes=1)
"""A host is asked for so many keys in this time, whatever claims to come from it."""
PATIENCE = 5
"""Attempts before an activity is refused whose key cannot be read."""


def claims(bridge: Bridge, request: Request, now: dt.datetime) -> Claims:
    """Check all that needs no key; SignatureError says what is wrong."""
    ours = urls.parse(bridge.site.base_url)
    return signatures.claims(
        request,
        now=now,
        hosts=(ours.netloc,),
        window=bridge.settings.federation.clock_window,
        url_scheme=ours.scheme,
    )


def claimed(bridge: Bridge, request: Request, activity: Json, now: dt.datetime) -> Claims:
    """Check all that needs no key, and return what the signature claims.

    Raises SignatureError, also when the key is not on the actor's own host.
    """
    found = claims(bridge, request, now)
    if not urls.same_origin(found.key_id, activity["actor"]):
        raise SignatureError("the key is not on the actor's host", where=found.key_id[:200])
    return found


def refusal(reading: Reading | None, activity: Json, now: dt.datetime) -> str:
    """Return why a request is refused unread, knowing the last attempt; empty if it is not."""
    if reading is None or now >= reading.again or reading.outcome == "failed":
        return ""
    if reading.outcome == "gone" and inbox.deletes_itself(activity):
        return ""  # the missing key is the proof
    if reading.outcome == "read" and reading.tries < TRIES:
        return ""
    return reading.error or "the signature does not match the key"


def round_of_hosts(bridge: Bridge, now: dt.datetime) -> bool:
    """Verify one held activity of each host, many hosts at a time; False when none was due."""
    with bridge.store.read() as connection:
        entries = inbounds.unverified(connection, now, hosts=HOSTS)
    if not entries:
        return False
    with ThreadPoolExecutor(len(entries)) as pool:
        for done in [pool.submit(_verify, bridge, entry, now) for entry in entries]:
            done.result()  # the database's trouble is told
    return True


def forget(connection: Connection, actor: str, now: dt.datetime) -> None:
    """Let go of an actor that is gone: its follows, its words and its document."""
    replies.remove_all(connection, actor, now)
    for follower in followers.of(connection, actor):
        end_follow(connection, follower.actor, follower.id)
    remotes.forget(connection, actor)


def end_follow(connection: Connection, name: str, follower: str) -> None:
    """Take a follower away, and with the last one of an inbox what still waits for it."""
    target = followers.remove(connection, name, follower)
    if target is not None and not followers.reaches(connection, name, target):
        deliveries.call_off(connection, name, target)


def heard_from(bridge: Bridge, connection: Connection, actor: str, now: dt.datetime) -> None:
    """Note that a verified activity came from a host: if it was failing, it is back."""
    host = urls.parse(actor).netloc
    if aftermath.heard_from(connection, host, now):
        bridge.enqueue(connection, shard_tasks((shard_of(host),)))


def _verify(bridge: Bridge, entry: Waiting, now: dt.datetime) -> None:
    """Decide about one held activity, or put it off; whatever is odd about it ends it."""
    request = entry.inbound.request
    try:
        if request is None:
            raise SignatureError("it is held without its request")
        claims = claimed(bridge, request, entry.inbound.body, entry.inbound.received)
        _verify_with(bridge, entry, claims, now)
    except SignatureError as error:
        _refuse(bridge, entry, str(error))


def _verify_with(bridge: Bridge, entry: Waiting, claims: Claims, now: dt.datetime) -> None:
    key_id = claims.key_id
    with bridge.store.read() as connection:
        known = remotes.get(connection, entry.inbound.actor)
        reading = remotes.reading(connection, entry.inbound.actor, key_id)
        asked = remotes.readings(connection, urls.parse(key_id).netloc, now - HOST_SPAN)
    if known is not None and fits(claims, known):
        _accept(bridge, entry, now)
    elif why := refusal(reading, entry.inbound.body, now):
        _refuse(bridge, entry, why)
    elif reading is not None and now < reading.again and reading.outcome != "read":
        _conclude(bridge, entry, claims, reading, None, now)
    elif asked >= HOST_READINGS:
        _wait(bridge, entry, now + HOST_SPAN, "its host is asked for too many keys")
    else:
        _conclude(bridge, entry, claims, *_read(bridge, entry, key_id, reading, now), now)


def _read(
    bridge: Bridge, entry: Waiting, key_id: str, before: Reading | None, now: dt.datetime
) -> tuple[Reading, RemoteActor | None]:
    """Read the actor's document, and note how that went."""
    actor = entry.inbound.actor
    with bridge.store.read() as connection:
        host = hosts.find(connection, urls.parse(actor).netloc)
    read = functools.partial(
        servers.fetch_actor,
        bridge.http,
        actor,
        now=now,
        key_id=key_id,
        signer=actors.signer(bridge, INSTANCE, now),
        schemes=signatures.order(host.scheme if host else None),
    )
    return attempt(bridge, actor, key_id, before, now, read)


def attempt(
    bridge: Bridge,
    actor: str,
    key_id: str,
    before: Reading | None,
    now: dt.datetime,
    read: Callable[[], RemoteActor],
) -> tuple[Reading, RemoteActor | None]:
    """Read an actor's key and note how that went; `before` is the last attempt."""
    found: RemoteActor | None = None
    outcome: Outcome = "read"
    error = ""
    try:
        found = read()
    except RemoteError as problem:
        transient: Outcome = "failed" if problem.transient else "refused"
        outcome = "gone" if problem.status == 410 else transient
        error = str(problem)
    counts = before is not None and now < before.again
    reading = Reading(
        actor=actor,
        key_id=key_id,
        host=urls.parse(key_id).netloc,
        outcome=outcome,
        tries=before.tries + 1 if before and counts else 1,
        at=now,
        again=before.again if before and counts else now + LIFTED[outcome],
        error=error,
    )
    _note(bridge, reading, found)
    return reading, found


def is_enough(reading: Reading) -> bool:
    """Say whether a key is not read again before the limit of its last reading is lifted."""
    return reading.outcome != "read" or reading.tries >= TRIES


def _note(bridge: Bridge, reading: Reading, found: RemoteActor | None) -> None:
    with bridge.store.begin() as connection:
        remotes.note(connection, reading)
        if found is not None:
            remotes.put(connection, found)


def _conclude(
    bridge: Bridge,
    entry: Waiting,
    claims: Claims,
    reading: Reading,
    found: RemoteActor | None,
    now: dt.datetime,
) -> None:
    """Decide about a held activity, knowing how reading its key went."""
    if found is not None:
        if fits(claims, found):
            _accept(bridge, entry, now)
        else:
            _refuse(bridge, entry, "the signature does not match the key")
    elif reading.outcome == "gone":
        # said by the actor's own host, so it ends its follows, whoever sent the activity
        state: InboundState = "handled" if _says_so(entry) else "refused"
        with bridge.store.begin() as connection:
            forget(connection, entry.inbound.actor, now)
            inbounds.finish(connection, entry.number, state, "its actor is gone (410)")
    elif reading.outcome == "failed" and entry.inbound.attempts + 1 < PATIENCE:
        _wait(bridge, entry, reading.again, reading.error)
    else:
        _refuse(bridge, entry, reading.error)


def _says_so(entry: Waiting) -> bool:
    return inbox.deletes_itself(entry.inbound.body)


def fits(claims: Claims, sender: RemoteActor) -> bool:
    """Say whether a signature was made with a key of an actor as last read."""
    pem = sender.pem(claims.key_id)
    if pem is None:
        return False
    try:
        signatures.confirm(claims, pem)
    except SignatureError:
        return False
    return True


def _accept(bridge: Bridge, entry: Waiting, now: dt.datetime) -> None:
    with bridge.store.begin() as connection:
        if inbounds.claim(connection, entry.number, "unverified"):
            inbounds.accept(connection, entry)
            heard_from(bridge, connection, entry.inbound.actor, now)


def _refuse(bridge: Bridge, entry: Waiting, why: str) -> None:
    with bridge.store.begin() as connection:
        inbounds.finish(connection, entry.number, "refused", why)


def _wait(bridge: Bridge, entry: Waiting, until: dt.datetime, why: str) -> None:
    with bridge.store.begin() as connection:
        inbounds.postpone(connection, entry.number, until, why)
