"""Receive: verify, store, answer; then work, where nobody waits for it.

In the request only what is cheap is done: shape, digest, date, host, and the signature if the
sender's key is known. An unknown key is never fetched there: the activity waits, in a bounded
queue and without effect, for the engine to read the key (security nos. 20 and 40).
"""

import datetime as dt
from dataclasses import dataclass

import structlog

from bridge.errors import ActivityError, BridgeError, SignatureError
from bridge.federation import inbox, signatures
from bridge.federation.vocabulary import is_activity
from bridge.model import Json, Reaction, Request, urls
from bridge.pipeline import actors, blocked, dialogue, known, verify
from bridge.pipeline.deliver import inbox_task, shard_tasks
from bridge.store import (
    Connection,
    activities,
    deliveries,
    followers,
    hosts,
    inbounds,
    keys,
    remotes,
    replies,
)
from bridge.store.inbounds import Waiting
from bridge.wiring import Bridge

POISON = 3
"""Attempts to handle an activity before it is set aside with its reason (security no. 42)."""
PATIENCE = dt.timedelta(minutes=1)
"""Between two such attempts."""
BATCH = 20
HOST_SHARE = 10
"""One host may fill this part of the queue of unverified activities, one in so many."""
COME_BACK = 120
"""Seconds after which a sender may try again when the queue is full."""
KEEP = dt.timedelta(days=30)
"""How long a repeat is known for one; no signature is accepted that long after its date."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sender is told."""

    status: int
    reason: str = ""  # one line, nothing of our inside in it
    retry_after: int | None = None  # seconds
    verified: str | None = None  # the host that is known to have sent it


ACCEPTED = Answer(status=202)


def receive(bridge: Bridge, request: Request, now: dt.datetime) -> Answer:
    """Take in a request to an inbox; every effect comes later, from `process_inbox`."""
    kinds = [value for name, value in request.headers if name.lower() == "content-type"]
    if len(kinds) != 1 or not is_activity(kinds[0]):
        return Answer(status=415, reason="send application/activity+json")
    try:
        activity = inbox.parse_inbound(request.body)
        claims = verify.claimed(bridge, request, activity, now)
    except ActivityError as error:
        return Answer(status=400, reason=str(error))
    except SignatureError as error:
        return Answer(status=401, reason=str(error))
    if blocked.refuses(bridge, activity["actor"]):
        return Answer(status=403, reason="not heard here")
    remote = known.sender(bridge.store, activity["actor"])
    pem = None if remote is None else remote.pem(claims.key_id)
    if pem is not None:
        try:
            signatures.confirm(claims, pem)
            return _take(bridge, activity, request, now)
        except SignatureError as error:
            known.forget(bridge.store, activity["actor"])
            log.info("a known key does not fit", key_id=claims.key_id, reason=str(error))
    return _hold(bridge, activity, request, claims.key_id, now)


def process_inbox(bridge: Bridge, now: dt.datetime) -> None:
    """Give effect to what was verified, and verify what was held; until nothing is due.

    By turns: a round of verifying asks each host once, so that hosts which hang hold up others
    for one request's time limit and no longer.
    """
    while True:
        while entries := _pending(bridge, now):
            for entry in entries:
                _handle(bridge, entry, now)
        if not verify.round_of_hosts(bridge, now):
            return


def purge(bridge: Bridge, now: dt.datetime) -> None:
    """Forget what came in long ago, keys and their readings that are over, and idle hosts."""
    with bridge.store.begin() as connection:
        inbounds.purge(connection, now - KEEP)
        remotes.purge(connection, now)
        replies.purge(connection, now - KEEP)
        keys.erase(connection, now)
        hosts.purge(connection, now - KEEP)


def _take(bridge: Bridge, activity: Json, request: Request, now: dt.datetime) -> Answer:
    """Store a verified activity; a repeat has no second effect, but a Follow is answered."""
    found = inbox.inbound(activity, received=now, state="pending")
    with bridge.store.begin() as connection:
        arrival = inbounds.add(connection, found, request.body)
        verify.heard_from(bridge, connection, found.actor, now)
        if arrival == "new":
            bridge.enqueue(connection, (inbox_task(),))
        elif arrival == "repeat" and activity["type"] == "Follow":
            bridge.enqueue(connection, shard_tasks(_answer_again(connection, activity, now)))
    return Answer(status=202, verified=urls.parse(found.actor).netloc)


def _answer_again(connection: Connection, activity: Json, now: dt.datetime) -> set[int]:
    """Send the Accept of a Follow once more, if the Follow still holds (security no. 32)."""
    accept = activities.about(connection, activity["id"])
    return {
        deliveries.send(connection, accept, follower.inbox, now)
        for follower in followers.by_follow(connection, activity["id"])
        if accept is not None and follower.id == activity["actor"]
    }


def _hold(
    bridge: Bridge, activity: Json, request: Request, key_id: str, now: dt.datetime
) -> Answer:
    """Store an activity whose key must be read first, if that can lead to anything."""
    actor = activity["actor"]
    host = urls.parse(actor).netloc
    room = bridge.settings.federation.inbox_queue
    with bridge.store.begin() as connection:
        if inbox.deletes_itself(activity) and _is_stranger(connection, actor):
            return ACCEPTED  # servers tell the whole world of each account that ends (no. 22)
        refusal = verify.refusal(remotes.reading(connection, actor, key_id), activity, now)
        if refusal:
            return Answer(status=401, reason=refusal)
        full = inbounds.held(connection) >= room
        if full or inbounds.held(connection, host) >= max(room // HOST_SHARE, 1):
            return Answer(status=503, reason="too much waits", retry_after=COME_BACK)
        held = inbox.inbound(activity, received=now, state="unverified")
        inbounds.hold(connection, held, request)
        bridge.enqueue(connection, (inbox_task(),))
    return ACCEPTED


def _is_stranger(connection: Connection, actor: str) -> bool:
    known = remotes.get(connection, actor) or followers.of(connection, actor)
    return not known


def _pending(bridge: Bridge, now: dt.datetime) -> tuple[Waiting, ...]:
    with bridge.store.read() as connection:
        return inbounds.pending(connection, now, limit=BATCH)


def _handle(bridge: Bridge, entry: Waiting, now: dt.datetime) -> None:
    """Give one activity its effect in one transaction; one that breaks is set aside in time."""
    try:
        with bridge.store.begin() as connection:
            if inbounds.claim(connection, entry.number, "pending"):
                _react(bridge, connection, entry, now)
    except BridgeError:
        raise  # the database's trouble, not the activity's
    except Exception as error:
        log.exception("an activity cannot be handled", activity=entry.inbound.id)
        with bridge.store.begin() as connection:
            if entry.inbound.attempts + 1 >= POISON:
                inbounds.finish(connection, entry.number, "failed", repr(error))
            else:
                inbounds.postpone(connection, entry.number, now + PATIENCE, repr(error))


def _react(bridge: Bridge, connection: Connection, entry: Waiting, now: dt.datetime) -> None:
    base_url = bridge.site.base_url
    sender = remotes.get(connection, entry.inbound.actor)
    if sender is None:
        inbounds.finish(connection, entry.number, "ignored", "its actor is gone")
        return
    if blocked.refuses(bridge, sender.id):
        inbounds.finish(connection, entry.number, "refused", "its actor is blocked")
        return
    reaction = inbox.react(
        entry.inbound.body, sender, actors.ours(bridge.site), base_url=base_url, now=now
    )
    reaction = dialogue.apply(bridge, connection, reaction, entry.inbound.body, now)
    if reaction.follow is not None:
        followers.put(connection, reaction.follow)
        hosts.meet(connection, urls.parse(sender.inbox).netloc, now)
    _unfollow(connection, reaction, sender.id)
    if reaction.forget is not None:
        verify.forget(connection, reaction.forget, now)
    for reply in reaction.replies:
        activities.add(connection, reply, personal=True)
    shards = {deliveries.send(connection, r, sender.inbox, now) for r in reaction.replies}
    inbounds.finish(connection, entry.number, reaction.state, reaction.note)
    if reaction.counted or reaction.uncounted:
        inbounds.empty(connection, entry.number)
    bridge.enqueue(connection, shard_tasks(shards))


def _unfollow(connection: Connection, reaction: Reaction, sender: str) -> None:
    pairs = list(reaction.unfollow)
    if reaction.unfollow_id is not None:
        named = followers.by_follow(connection, reaction.unfollow_id)
        pairs += [(one.actor, one.id) for one in named if one.id == sender]
    for name, follower in pairs:
        verify.end_follow(connection, name, follower)
