"""Senders whose documents this process has looked up lately, so that each is looked up once.

What is old here does little harm: an activity that a new key has signed does not fit, is held
for the engine, which asks the database, and ends what is known here (`forget`); and it is the
engine that finds an actor gone. An old key is taken for `AGE` seconds more at most.
"""

import weakref
from time import monotonic

from bridge.model import RemoteActor
from bridge.store import Store, remotes

AGE = 20.0
"""Seconds for which a sender is known without a look into the database."""
MOST = 4096
"""Senders at most, of a few kilobytes each."""

_SENDERS: weakref.WeakKeyDictionary[Store, dict[str, tuple[float, RemoteActor]]]
_SENDERS = weakref.WeakKeyDictionary()


def sender(store: Store, actor: str) -> RemoteActor | None:
    """Return an actor as last read; None when it never was."""
    held = _SENDERS.setdefault(store, {})
    until, found = held.get(actor, (0.0, None))
    if found is not None and monotonic() < until:
        return found
    with store.read() as connection:
        found = remotes.get(connection, actor)
    if found is not None:
        if len(held) >= MOST:
            held.clear()
        held[actor] = monotonic() + AGE, found
    return found


def forget(store: Store, actor: str) -> None:
    """Look an actor up again the next time: its key may be another one."""
    _SENDERS.get(store, {}).pop(actor, None)
