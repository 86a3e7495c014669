"""The agenda: what the accounts say of an edition, to how many and when; seen or set going."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.errors import BridgeError
from bridge.federation.vocabulary import heading
from bridge.model import Activity, StoredArticle, addresses
from bridge.pipeline import actors, announce
from bridge.store import Connection, activities, articles, digests, editions, followers
from bridge.wiring import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that is said."""

    at: dt.datetime  # when
    account: str
    verb: str  # Create, Update, Delete or Announce
    form: str  # Note, Article, digest, boost or profile
    about: str  # a headline
    people: int  # who follow
    servers: int  # that get it
    new: bool  # not planned before


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What is to come, and what stays unsaid."""

    points: tuple[Point, ...]
    late: int  # articles that came in too late to be sent
    unheard: tuple[str, ...]  # accounts with new articles that nobody follows


def announce_edition(
    bridge: Bridge,
    paper: str,
    date: dt.date | None,
    now: dt.datetime,
    *,
    at_once: bool = False,
    dry_run: bool = False,
) -> Agenda:
    """Announce what of an edition (None: the newest) was not; nothing is ever said twice.

    `at_once` leaves the pace aside. A dry run does the same and takes it all back. Raises
    BridgeError for a paper or edition that does not exist and where there are no accounts.
    """
    _require_accounts(bridge, paper)
    speaking = _unpaced(bridge) if at_once else bridge
    if dry_run:
        speaking = replace(speaking, enqueue=lambda _connection, _tasks: None)
    with bridge.store.begin() as connection:
        entries = _entries(connection, paper, date)
        before = {one.id for one in activities.held(connection, now)}
        made = announce.announce(speaking, connection, entries, now)
        found = _agenda(bridge, connection, paper, made, before, now)
        if dry_run:
            connection.rollback()
    late = sum(announce.archived(bridge, entry) for entry in entries)
    return Agenda(points=found, late=late, unheard=_unheard(bridge, paper, entries))


def _require_accounts(bridge: Bridge, paper: str) -> None:
    bridge.paper(paper)
    if not bridge.federates:
        raise BridgeError(
            "there are no accounts",
            why='mode = "reader", or [federation] enabled = false',
            hint="see `broadsheet config show`",
        )


def _entries(
    connection: Connection, paper: str, date: dt.date | None
) -> tuple[StoredArticle, ...]:
    day = date or _newest(connection, paper)
    entries = articles.of_edition(connection, paper, day)
    if not entries:
        raise BridgeError("there is no such edition", where=f"{paper} {day}")
    return tuple(entry for entry in entries if entry.state == "live")


def _unpaced(bridge: Bridge) -> Bridge:
    none = dt.timedelta(0)
    papers = tuple(
        replace(
            paper,
            accounts=replace(paper.accounts, spread=none, daily=0, quiet=None, gather=none),
        )
        for paper in bridge.site.papers
    )
    settings = replace(bridge.settings, site=replace(bridge.site, papers=papers))
    return replace(bridge, settings=settings)


def _newest(connection: Connection, paper: str) -> dt.date:
    found = editions.dates(connection, paper)
    if not found:
        raise BridgeError("nothing was ever taken in", where=paper)
    return max(found)


def _unheard(bridge: Bridge, paper: str, entries: Sequence[StoredArticle]) -> tuple[str, ...]:
    """Return the accounts of these articles that nobody follows."""
    names = {addresses.actor_name(paper, entry.section) for entry in entries}
    with bridge.store.read() as connection:
        return tuple(
            name
            for name in sorted(names & actors.sections(bridge.site).keys())
            if not followers.any_of(connection, name)
        )


def _agenda(
    bridge: Bridge,
    connection: Connection,
    paper: str,
    made: Sequence[Activity],
    before: set[str],
    now: dt.datetime,
) -> tuple[Point, ...]:
    """Return what is said now and what is held back of one paper, by its moment."""
    held = activities.held(connection, now)
    known = {one.id: one for one in (*made, *held) if _paper(one.actor, bridge) == paper}
    points = [
        _point(bridge, connection, one, now, new=one.id not in before) for one in known.values()
    ]
    return tuple(sorted(points, key=lambda point: point.at))


def _paper(account: str, bridge: Bridge) -> str | None:
    found = actors.sections(bridge.site).get(account)
    if found is not None:
        return found[0].id
    own = actors.papers(bridge.site).get(account)
    return own.id if own else None


def _point(
    bridge: Bridge, connection: Connection, one: Activity, now: dt.datetime, *, new: bool
) -> Point:
    names = tuple(filter(None, (one.actor, one.also)))
    people, servers = followers.reach(connection, names)
    about = _about(connection, one.object.rpartition("/")[2])
    return Point(
        at=max(one.release_at or now, now),
        account=one.actor,
        verb=one.type,
        form=_form(one),
        about=about,
        people=people,
        servers=servers,
        new=new,
    )


def _form(one: Activity) -> str:
    if one.type == "Announce":
        return "boost"
    if one.object.endswith("-digest"):
        return "digest"
    kind = one.body["object"].get("type", "")
    return "profile" if "preferredUsername" in one.body["object"] else str(kind)


def _about(connection: Connection, key: str) -> str:
    entry = articles.get(connection, key)
    if entry is not None:
        return heading(entry)
    found = digests.get(connection, key)
    if found is not None:
        return f"{found.date}: {len(found.articles)} articles"
    return key
