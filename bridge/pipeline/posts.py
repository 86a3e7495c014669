"""Posts: what our accounts say, made of the store; the outbox and every id are read here.

A post is made anew each time from what is stored now; only what is sent is kept as it was.
"""

import datetime as dt
from dataclasses import dataclass

from bridge.federation import vocabulary
from bridge.federation.vocabulary import Details
from bridge.model import (
    Activity,
    Actor,
    Digest,
    Json,
    Newspaper,
    Section,
    StoredArticle,
    addresses,
)
from bridge.pipeline import actors, pictures
from bridge.publish import body
from bridge.publish.entry import printed
from bridge.publish.words import words
from bridge.store import Connection, activities, articles, digests, replies
from bridge.wiring import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands at the id of a post."""

    document: Json
    gone: bool = False  # answered with 410


def find(bridge: Bridge, key: str, now: dt.datetime) -> Found | None:
    """Return the post of an article or digest, or its tombstone; None when there is none."""
    with bridge.store.read() as connection:
        entry = articles.get(connection, key)
        if entry is not None:
            return _of_article(bridge, connection, entry, now)
        found = digests.get(connection, key)
        return _of_digest(bridge, connection, found, now) if found else None


def creation(
    bridge: Bridge, connection: Connection, entry: StoredArticle, actor: Actor
) -> Activity:
    """Return the Create of an article as its account's outbox has it."""
    section = actors.sections(bridge.site)[actor.name][1]
    more = details(bridge, connection, entry, section)
    base_url = bridge.site.base_url
    return vocabulary.create(entry, actor, section, base_url, entry.first_seen, more)


def digest_creation(
    bridge: Bridge, connection: Connection, found: Digest, actor: Actor
) -> Activity:
    """Return the Create of a digest as its account's outbox has it."""
    document = of_digest(bridge, connection, found, actor)
    base_url = bridge.site.base_url
    return vocabulary.create_digest(found, document, actor, base_url, found.first_seen)


def details(
    bridge: Bridge,
    connection: Connection,
    entry: StoredArticle,
    section: Section,
    released: dt.datetime | None = None,
) -> Details:
    """Return what a post of this section shows beside its article's own words.

    `released` is the moment that is planned for it; without one, the moment on record.
    """
    paper = bridge.paper(entry.paper)
    shown = pictures.of_article(bridge, connection, entry) if section.media == "image" else ()
    return Details(
        pictures=shown,
        byline=body.byline(entry.article, words(paper.language)),
        body=_body(bridge, paper, entry) if section.federate == "article" else "",
        released=released or _released(bridge, connection, entry.key),
    )


def of_digest(
    bridge: Bridge,
    connection: Connection,
    found: Digest,
    actor: Actor,
    released: dt.datetime | None = None,
) -> Json:
    """Return a digest as a post of its account."""
    section = actors.sections(bridge.site)[actor.name][1]
    entries = live(connection, found)
    moment = released or _released(bridge, connection, found.key)
    return vocabulary.digest(found, entries, actor, section, bridge.site.base_url, moment)


def live(connection: Connection, found: Digest) -> tuple[StoredArticle, ...]:
    """Return the articles of a digest that are not withdrawn or suspected, in its order."""
    edition = articles.of_edition(connection, found.paper, found.date)
    known = {entry.key: entry for entry in edition if entry.state == "live"}
    return tuple(known[key] for key in found.articles if key in known)


def edition(bridge: Bridge, paper: str, date: dt.date) -> Json | None:
    """Return the collection of an edition's posts, which is their context; None without any."""
    with bridge.store.read() as connection:
        entries = articles.of_edition(connection, paper, date)
        if not entries:
            return None
        told = {
            section.slug
            for name, (owner, section) in actors.sections(bridge.site).items()
            if owner.id == paper
        }
        keys = [e.key for e in entries if e.state == "live" and e.section in told]
        keys += [found.key for found in digests.of_edition(connection, paper, date)]
    base_url = bridge.site.base_url
    ids = [addresses.object_id(base_url, key) for key in keys]
    return vocabulary.conversation(addresses.conversation(base_url, paper, date), ids)


def replies_to(bridge: Bridge, key: str) -> Json | None:
    """Return the collection of the approved replies to an article; None without a post."""
    with bridge.store.read() as connection:
        entry = articles.get(connection, key)
        if entry is None or entry.state == "withdrawn":
            return None
        ids = [one.id for one in replies.of_article(connection, key)]
    object = addresses.object_id(bridge.site.base_url, key)
    return vocabulary.conversation(addresses.replies(object), ids)


def outbox(
    bridge: Bridge, actor: Actor, now: dt.datetime, start: int, size: int
) -> tuple[tuple[Activity, ...], bool]:
    """Return a page of what an account has said, newest first, and whether more follows.

    For a section its posts, for a paper what it has boosted; the server itself says nothing.
    """
    wanted = size + 1
    with bridge.store.read() as connection:
        if actor.name not in actors.sections(bridge.site):
            said = activities.boosts(connection, actor.name, now, start, wanted)
            return said[:size], len(said) > size
        paper, section = actors.sections(bridge.site)[actor.name]
        if section.federate == "digest":
            found = digests.latest(connection, paper.id, section.slug, start + wanted)[start:]
            made = (digest_creation(bridge, connection, one, actor) for one in found[:size])
            return tuple(made), len(found) > size
        entries = articles.latest(connection, paper.id, section.slug, start + wanted)[start:]
        made = (creation(bridge, connection, entry, actor) for entry in entries[:size])
        return tuple(made), len(entries) > size


def count(bridge: Bridge, actor: Actor, now: dt.datetime) -> int:
    """Return how much an account has said."""
    with bridge.store.read() as connection:
        if actor.name not in actors.sections(bridge.site):
            return activities.count_boosts(connection, actor.name, now)
        paper, section = actors.sections(bridge.site)[actor.name]
        counted = digests.count if section.federate == "digest" else articles.count
        return counted(connection, paper.id, section.slug)


def _of_article(
    bridge: Bridge, connection: Connection, entry: StoredArticle, now: dt.datetime
) -> Found | None:
    name = addresses.actor_name(entry.paper, entry.section)
    account = actors.sections(bridge.site).get(name)
    base_url = bridge.site.base_url
    if entry.state == "withdrawn":
        former = "Article" if account and account[1].federate == "article" else "Note"
        grave = vocabulary.tombstone(entry.key, base_url, entry.updated, former)
        return Found(document=grave, gone=True)
    if account is None:
        return None
    section = account[1]
    actor = _actor(bridge, connection, name, now)
    more = details(bridge, connection, entry, section)
    return Found(document=vocabulary.post(entry, actor, section, base_url, more))


def _of_digest(
    bridge: Bridge, connection: Connection, found: Digest, now: dt.datetime
) -> Found | None:
    name = addresses.actor_name(found.paper, found.section)
    if name not in actors.sections(bridge.site):
        return None
    if not live(connection, found):
        grave = vocabulary.tombstone(found.key, bridge.site.base_url, found.updated)
        return Found(document=grave, gone=True)
    actor = _actor(bridge, connection, name, now)
    return Found(document=of_digest(bridge, connection, found, actor))


def _actor(bridge: Bridge, connection: Connection, name: str, now: dt.datetime) -> Actor:
    found = actors.everyone(bridge, connection, now)
    return next(actor for actor in found if actor.name == name)


def _body(bridge: Bridge, paper: Newspaper, entry: StoredArticle) -> str:
    base_url = bridge.site.base_url
    return body.entry(entry.article, paper.language, base_url, printed(paper, entry))


def _released(bridge: Bridge, connection: Connection, key: str) -> dt.datetime | None:
    id = addresses.activity_id(bridge.site.base_url, f"{key}-create")
    return activities.releases(connection, (id,)).get(id)
