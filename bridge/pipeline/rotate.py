"""Give accounts new keys, and tell their followers before anything is signed with them.

The news is an Update of the account, first sent signed with the old key (see `actors.Signers`),
as Mastodon does when it rotates keys. The old key is shown for as long as what was signed with
it may still be checked somewhere, so that no server has to be asked for patience.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from bridge.errors import BridgeError
from bridge.federation import vocabulary
from bridge.federation.keys import generate, generate_ed25519
from bridge.federation.keys import name as key_name
from bridge.model import KeyPair, addresses
from bridge.pipeline import actors
from bridge.pipeline.desk import fan_out_task
from bridge.store import Connection, activities, keys
from bridge.wiring import Bridge

OVERLAP = dt.timedelta(days=7)
"""How long a replaced key is shown: what is received may be checked late, but not later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """An account that has a new key."""

    name: str
    key_id: str
    told: bool  # whether its followers hear of it


def rotate(bridge: Bridge, names: Collection[str], now: dt.datetime) -> tuple[Rotated, ...]:
    """Give each of these accounts new keys; BridgeError for one that does not exist."""
    known = actors.ours(bridge.site).values()
    for name in names:
        if name not in known:
            raise BridgeError(
                f"no account has the name {name!r}",
                hint=f"accounts here: {', '.join(sorted(known))}",
            )
    return tuple(_rotate(bridge, name, now) for name in names)


def _rotate(bridge: Bridge, name: str, now: dt.datetime) -> Rotated:
    actors.key(bridge, name, now)  # one that was never used yet has an old key now
    made = generate(name, now), generate_ed25519(name, now)
    with bridge.store.begin() as connection:
        for pair in made:
            _replace(connection, pair, now)
        document = actors.document(bridge, connection, name, now)
        base_url = bridge.site.base_url
        news = vocabulary.update_profile(document, name, base_url, now)
        told = name != addresses.INSTANCE and activities.add(connection, news)
        if told:
            bridge.enqueue(connection, (fan_out_task(news.id),))
    return Rotated(name=name, key_id=document["publicKey"]["id"], told=told)


def _replace(connection: Connection, pair: KeyPair, now: dt.datetime) -> None:
    number = keys.count(connection, pair.actor, pair.kind)
    named = replace(pair, name=key_name(pair.kind, number))
    if not keys.replace(connection, named, now + OVERLAP):
        raise BridgeError(
            f"the keys of {pair.actor} are being changed by somebody else",
            hint="look at them with `broadsheet keys`, then try again",
        )
