"""Profiles: an account whose document has changed tells its followers, within a minute.

Servers read a profile again only now and then; a new name, text or picture shall not wait for
that. Keys are left out here: who changes them tells it himself (`rotate`).
"""

import datetime as dt
from hashlib import sha256

from bridge.federation import vocabulary
from bridge.model import Json
from bridge.pipeline import actors
from bridge.pipeline.desk import fan_out_task
from bridge.store import activities, followers, profiles
from bridge.wiring import Bridge

KEYS = frozenset({"publicKey", "assertionMethod", "published"})
"""What is no news of a profile."""


def tell(bridge: Bridge, now: dt.datetime) -> tuple[str, ...]:
    """Send an Update for each followed account that has changed; return their names.

    An account that is looked at for the first time is what its followers know.
    """
    if not bridge.federates:
        return ()
    with bridge.store.read() as connection:
        known = profiles.known(connection)
        names = (*actors.papers(bridge.site), *actors.sections(bridge.site))
        heard = [name for name in names if followers.any_of(connection, name)]
    for name in heard:
        actors.key(bridge, name, now)
    with bridge.store.read() as connection:
        found = {name: actors.document(bridge, connection, name, now) for name in heard}
    changed = {name: doc for name, doc in found.items() if known.get(name) != digest(doc)}
    if changed:
        _tell(bridge, changed, now)
    return tuple(name for name in changed if name in known)


def digest(document: Json) -> str:
    """Return what tells two states of a profile apart."""
    told = {name: value for name, value in document.items() if name not in KEYS}
    return sha256(vocabulary.dump(told)).hexdigest()


def _tell(bridge: Bridge, changed: dict[str, Json], now: dt.datetime) -> None:
    base_url = bridge.site.base_url
    with bridge.store.begin() as connection:
        told = profiles.known(connection)
        for name, document in changed.items():
            if told.get(name) == digest(document):
                continue  # another node was faster
            profiles.put(connection, name, digest(document), now)
            if name in told:
                news = vocabulary.update_profile(document, name, base_url, now)
                activities.add(connection, news)
                bridge.enqueue(connection, (fan_out_task(news.id),))
