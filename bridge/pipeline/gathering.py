"""Gather articles into a digest: one post for many, rewritten until it is out, then edited."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bridge.federation import pace, vocabulary
from bridge.model import Activity, Actor, Digest, StoredArticle, addresses
from bridge.pipeline import posts
from bridge.pipeline.desk import Desk
from bridge.store import activities, articles, digests


def join(desk: Desk, name: str, fresh: Sequence[StoredArticle]) -> list[Activity]:
    """Put articles of an account into the digests of their editions; return what is to be said.

    A digest waits a while for late pages, and for the end of an embargo and the quiet hours.
    """
    made: list[Activity] = []
    for date in dict.fromkeys(article.date for article in fresh):
        own = [article for article in fresh if article.date == date]
        key = addresses.digest_key(own[0].paper, date, own[0].section)
        found = digests.get(desk.connection, key) or _new(desk, key, own[0])
        keys = {*found.articles, *(article.key for article in own)}
        edition = articles.of_edition(desk.connection, found.paper, date)
        inside = tuple(entry.key for entry in edition if entry.key in keys)
        made += _told(desk, name, replace(found, articles=inside))
    return made


def again(desk: Desk, key: str) -> list[Activity]:
    """Tell of a digest of which an article has changed or is gone."""
    found = digests.get(desk.connection, key)
    if found is None:
        return []
    name = addresses.actor_name(found.paper, found.section)
    return _told(desk, name, found) if desk.speaks(name) else []


def _new(desk: Desk, key: str, first: StoredArticle) -> Digest:
    return Digest(
        key=key,
        paper=first.paper,
        section=first.section,
        date=first.date,
        articles=(),
        first_seen=desk.now,
        updated=desk.now,
        revision=1,
    )


def _told(desk: Desk, name: str, found: Digest) -> list[Activity]:
    """Store a digest as it is now, and return the activity that is new, if one is."""
    digests.put(desk.connection, found)
    if not desk.heard(name):
        return []
    base_url, actor = desk.bridge.site.base_url, desk.actor(name)
    object = addresses.object_id(base_url, found.key)
    last = activities.about(desk.connection, object)
    if last is not None and last.type == "Delete":
        return []  # a deleted id never returns
    if not posts.live(desk.connection, found):
        return _withdrawn(desk, actor, found, last)
    if last is None:
        return _first(desk, name, found)
    if _rewritten(desk, actor, found):
        return []
    return _edited(desk, actor, found, last)


def _first(desk: Desk, name: str, found: Digest) -> list[Activity]:
    paper, section, actor = desk.paper(name), desk.section(name), desk.actor(name)
    until = pace.embargo(found.date, section.embargo, paper.timezone)
    ready = max(desk.now + paper.accounts.gather, until or desk.now)
    moment = pace.wake(ready, paper.accounts, paper.timezone)
    create = _create(desk, actor, found, moment)
    return _added(desk, replace(create, release_at=moment))


def _rewritten(desk: Desk, actor: Actor, found: Digest) -> bool:
    """Put right what nobody has yet; the moment of its release stays."""
    if activities.rewrite(desk.connection, _create(desk, actor, found, None), desk.now):
        return True
    update = _update(desk, actor, found)
    return found.revision > 1 and activities.rewrite(desk.connection, update, desk.now)


def _edited(desk: Desk, actor: Actor, found: Digest, last: Activity) -> list[Activity]:
    """Return the edit of a digest that is out, if it says anything else than before.

    It waits for more like the digest itself: late pages come one after the other.
    """
    updated = max(desk.now.replace(microsecond=0), found.updated + dt.timedelta(seconds=1))
    changed = replace(found, revision=found.revision + 1, updated=updated)
    update = _update(desk, actor, changed)
    before = last.body.get("object", {})
    if update.body["object"]["content"] == before.get("content"):
        return []
    digests.put(desk.connection, changed)
    gather = desk.bridge.paper(found.paper).accounts.gather
    return _added(desk, replace(update, release_at=desk.now + gather))


def _withdrawn(
    desk: Desk, actor: Actor, found: Digest, last: Activity | None
) -> list[Activity]:
    """Take back a digest of which nothing is left."""
    base_url = desk.bridge.site.base_url
    activities.drop(desk.connection, addresses.object_id(base_url, found.key))
    if last is None:
        return []
    return _added(desk, vocabulary.delete(found.key, actor, base_url, desk.now))


def _create(desk: Desk, actor: Actor, found: Digest, released: dt.datetime | None) -> Activity:
    post = posts.of_digest(desk.bridge, desk.connection, found, actor, released)
    return vocabulary.create_digest(found, post, actor, desk.bridge.site.base_url, desk.now)


def _update(desk: Desk, actor: Actor, found: Digest) -> Activity:
    post = posts.of_digest(desk.bridge, desk.connection, found, actor)
    return vocabulary.update_digest(found, post, actor, desk.bridge.site.base_url, desk.now)


def _added(desk: Desk, activity: Activity) -> list[Activity]:
    return [activity] if activities.add(desk.connection, activity) else []
