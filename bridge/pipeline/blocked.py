"""Blocked: whom no inbox hears; asked for each request, so the list is kept for moments."""

import weakref
from dataclasses import dataclass
from time import monotonic

from bridge.model import urls
from bridge.store import Store, blocks
from bridge.wiring import Bridge

AGE = 5.0
"""Seconds after which a change of the list counts in every process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    until: float  # in monotonic time
    suspended: frozenset[str]  # host names and actors' ids
    allowed: frozenset[str]


_LISTS: weakref.WeakKeyDictionary[Store, _List] = weakref.WeakKeyDictionary()


def refuses(bridge: Bridge, actor: str) -> bool:
    """Say whether an actor is not heard: blocked, or not on the list where only that counts.

    A domain stands for those below it. An entry that allows does not lift a block.
    """
    found = _LISTS.get(bridge.store)
    if found is None or monotonic() >= found.until:
        found = _read(bridge.store)
        _LISTS[bridge.store] = found
    if not found.suspended and not bridge.settings.federation.allow_list:
        return False
    called = names(actor)
    if found.suspended & called:
        return True
    return bridge.settings.federation.allow_list and not found.allowed & called


def forget(store: Store) -> None:
    """Read the list again the next time: this process has changed it."""
    _LISTS.pop(store, None)


def _read(store: Store) -> _List:
    with store.read() as connection:
        entries = blocks.listed(connection)
    return _List(
        until=monotonic() + AGE,
        suspended=frozenset(one.name for one in entries if one.severity == "suspend"),
        allowed=frozenset(one.name for one in entries if one.severity == "allow"),
    )


def names(actor: str) -> set[str]:
    """Return an actor and every domain it is in."""
    labels = urls.parse(actor).host.split(".")
    return {actor, *(".".join(labels[start:]) for start in range(len(labels)))}
