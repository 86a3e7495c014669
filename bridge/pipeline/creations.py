"""The Creates of posts that were sent to nobody: their outbox names them, so they are read."""

import datetime as dt

from bridge.model import Activity, addresses
from bridge.pipeline import actors, posts
from bridge.store import articles, digests
from bridge.wiring import Bridge


def find(bridge: Bridge, key: str, now: dt.datetime) -> Activity | None:
    """Return the Create of an article or digest as its account's outbox has it."""
    with bridge.store.read() as connection:
        accounts = {one.name: one for one in actors.everyone(bridge, connection, now)}
        entry = articles.get(connection, key)
        if entry is not None:
            actor = accounts.get(addresses.actor_name(entry.paper, entry.section))
            return posts.creation(bridge, connection, entry, actor) if actor else None
        found = digests.get(connection, key)
        if found is None:
            return None
        actor = accounts.get(addresses.actor_name(found.paper, found.section))
        return posts.digest_creation(bridge, connection, found, actor) if actor else None
