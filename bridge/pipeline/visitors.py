"""Visitors: who asks to read, where accounts and posts are shown only to servers that sign.

The answer cannot wait for the engine, so an unknown key is read while the visitor waits; by one
request of a process at a time and within the bounds that hold for inboxes, so that strangers
who never answer hold up nobody else (security nos. 19, 40 and 43).
"""

import datetime as dt
import functools
import threading

from bridge.errors import SignatureError
from bridge.federation import remote as servers
from bridge.federation import signatures
from bridge.federation.signatures import Claims
from bridge.model import RemoteActor, Request, urls
from bridge.model.addresses import INSTANCE
from bridge.pipeline import actors, blocked, verify
from bridge.pipeline.receive import Answer
from bridge.store import hosts, remotes
from bridge.wiring import Bridge

PATIENCE = 3.0
"""Seconds that a visitor's key may take."""
COME_BACK = 5
"""Seconds after which a visitor may try again when another one's key is being read."""

BLOCKED = Answer(status=403, reason="not heard here")

_reading = threading.Lock()


def refusal(bridge: Bridge, request: Request, now: dt.datetime) -> Answer | None:
    """Return what a visitor is told who may not read; None for one who may."""
    try:
        claims = verify.claims(bridge, request, now)
        with bridge.store.read() as connection:
            known = remotes.of_key(connection, claims.key_id)
        if _is_blocked(bridge, claims, known):
            return BLOCKED
        if known is None or not verify.fits(claims, known):
            return _ask(bridge, claims, now)
    except SignatureError as error:
        return Answer(status=401, reason=str(error))
    return None


def _ask(bridge: Bridge, claims: Claims, now: dt.datetime) -> Answer | None:
    """Read the key, if that may be done now, and check the signature with it."""
    host, id = urls.parse(claims.key_id).netloc, claims.key_id
    with bridge.store.read() as connection:
        reading = remotes.reading(connection, id, id)
        asked = remotes.readings(connection, host, now - verify.HOST_SPAN)
        known = hosts.find(connection, host)
    if reading and now < reading.again and verify.is_enough(reading):
        return Answer(status=401, reason=reading.error or "the signature does not match")
    if asked >= verify.HOST_READINGS or not _reading.acquire(blocking=False):
        return Answer(status=503, reason="too many keys are asked for", retry_after=COME_BACK)
    try:
        read = functools.partial(
            servers.fetch_owner,
            bridge.http,
            id,
            now=now,
            signer=actors.signer(bridge, INSTANCE, now),
            schemes=signatures.order(known.scheme if known else None),
            timeout=PATIENCE,
        )
        reading, found = verify.attempt(bridge, id, id, reading, now, read)
    finally:
        _reading.release()
    if found is None:
        return Answer(status=401, reason=reading.error)
    signatures.confirm(claims, found.key)
    return BLOCKED if blocked.refuses(bridge, found.id) else None


def _is_blocked(bridge: Bridge, claims: Claims, known: RemoteActor | None) -> bool:
    """Say whether a visitor is refused before anything is asked of anybody.

    Of an unknown one the key's address is all there is; where a list says who is heard, that
    may be too little to tell.
    """
    if known is not None:
        return blocked.refuses(bridge, known.id)
    likely = claims.key_id.partition("#")[0]
    return not bridge.settings.federation.allow_list and blocked.refuses(bridge, likely)
