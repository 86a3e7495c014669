"""Correct, withdraw, restore: what an editor decides about an article that is out.

The change, its activity, the task to send it and the task to publish are committed together. A
correction is a new version, so that every form of it has an id of its own; a withdrawn key
never comes back (design §4).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from bridge.errors import BridgeError, UserError
from bridge.model import Revision, StoredArticle, Task, addresses
from bridge.pipeline import actors, announce
from bridge.store import Connection, articles, followers
from bridge.wiring import Bridge

LONGEST = 2_000
"""Characters of a note or a reason: it is a remark to readers and no article."""

SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An article before and after, and what follows, one line each."""

    before: StoredArticle
    after: StoredArticle
    effects: tuple[str, ...]


def find(bridge: Bridge, key: str) -> tuple[StoredArticle, tuple[Revision, ...]]:
    """Return an article in any state and its versions; BridgeError when there is none."""
    with bridge.store.read() as connection:
        return _get(connection, key), articles.history(connection, key)


def correct(
    bridge: Bridge, key: str, note: str, now: dt.datetime, *, dry_run: bool = False
) -> Decision:
    """Tell readers that an article was corrected, as its next version; its text stands.

    Raises UserError for a note that says nothing, BridgeError for an article that is not there
    or was withdrawn.
    """
    note = _said(note, "a correction needs a note to readers")

    def write(connection: Connection, decision: Decision) -> None:
        articles.correct(connection, decision.after, now, note)
        announce.announce(bridge, connection, (decision.after,), now)

    def change(before: StoredArticle) -> StoredArticle:
        return replace(before, revision=before.revision + 1, updated=_moved(before, now))

    return _decide(bridge, key, change, write, dry_run=dry_run)


def withdraw(
    bridge: Bridge, key: str, reason: str, now: dt.datetime, *, dry_run: bool = False
) -> Decision:
    """Withdraw an article for good: 410, tombstones, a notice and a Delete.

    Raises UserError for a reason that says nothing, BridgeError for an article that is not
    there or was withdrawn before.
    """
    reason = _said(reason, "a withdrawal needs a reason for readers")

    def write(connection: Connection, decision: Decision) -> None:
        articles.withdraw(connection, [key], decision.after.updated, reason)
        announce.retract(bridge, connection, decision.after, now)

    def change(before: StoredArticle) -> StoredArticle:
        return replace(before, state="withdrawn", updated=_moved(before, now), reason=reason)

    return _decide(bridge, key, change, write, dry_run=dry_run)


def restore(bridge: Bridge, key: str, *, dry_run: bool = False) -> Decision:
    """Make a suspected article live again, as no correction.

    Raises BridgeError for one that is not suspected; what was withdrawn stays so.
    """

    def change(before: StoredArticle) -> StoredArticle:
        if before.state != "suspected":
            raise BridgeError("the article is not suspected", where=key, why="it is live")
        return replace(before, state="live")

    def write(connection: Connection, _decision: Decision) -> None:
        articles.restore(connection, [key])

    return _decide(bridge, key, change, write, dry_run=dry_run)


def _decide(
    bridge: Bridge,
    key: str,
    change: Callable[[StoredArticle], StoredArticle],
    write: Callable[[Connection, Decision], None],
    *,
    dry_run: bool,
) -> Decision:
    with bridge.store.read() if dry_run else bridge.store.begin() as connection:
        before = _get(connection, key)
        if before.state == "withdrawn":
            raise BridgeError(
                "the article was withdrawn",
                where=key,
                why=before.reason or "no reason was given",
                hint="a withdrawn article never comes back",
            )
        paper = bridge.paper(before.paper)
        after = change(before)
        effects = _effects(bridge, connection, before, after)
        decision = Decision(before=before, after=after, effects=effects)
        if not dry_run:
            write(connection, decision)
            task = Task(name="publish", args=(paper.id,), partition=paper.id, fold=True)
            bridge.enqueue(connection, (task,))
    return decision


def _get(connection: Connection, key: str) -> StoredArticle:
    found = articles.get(connection, key)
    if found is None:
        hint = "the key stands in the article's address, as in /<paper>/a/<key>.html"
        raise BridgeError("no article has this key", where=key, hint=hint)
    return found


def _said(text: str, problem: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise UserError(problem, (), hint=f"give 1 to {LONGEST} characters")
    return said


def _moved(before: StoredArticle, now: dt.datetime) -> dt.datetime:
    """Return `updated` strictly later than it was, in the whole seconds that feeds tell."""
    return max(now.replace(microsecond=0), before.updated + SECOND)


def _effects(
    bridge: Bridge, connection: Connection, before: StoredArticle, after: StoredArticle
) -> tuple[str, ...]:
    """Name what follows, for the person who decides."""
    page = addresses.article_path(before.paper, before.key)
    name = addresses.actor_name(before.paper, before.section)
    told = before.state == "live" and not announce.archived(bridge, before)
    heard = _heard(bridge, connection, name)
    if after.state == "withdrawn":
        found = [f"{page} answers 410", "the feeds say that it was withdrawn, for 14 days"]
        verb, told = "Delete", True
    elif after.revision > before.revision:
        found = [f"version {after.revision} with the note on {page}", "`updated` moves"]
        verb = "Update"
    else:
        return (f"{before.state} becomes {after.state}",)
    found.append(f"an entry in {addresses.feed_path(before.paper, 'corrections', 'atom.xml')}")
    if told and heard:
        found.append(f"{verb} to the {heard} who follow @{name}")
    return tuple(found)


def _heard(bridge: Bridge, connection: Connection, name: str) -> int:
    if not bridge.federates or name not in actors.sections(bridge.site):
        return 0
    return followers.counts(connection).get(name, 0)
