"""Announce: what is new or corrected becomes an activity, and a row for each follower's inbox.

Article, activity and the task to fan it out are committed together. Quiet stay archive imports,
which no home timeline would show, and accounts nobody follows: whoever comes later finds every
article in the outbox, which is made of the articles themselves.
"""

import datetime as dt
from collections.abc import Sequence

from bridge.federation import vocabulary
from bridge.model import Activity, Actor, Json, Section, StoredArticle, Task, addresses
from bridge.pipeline import actors
from bridge.pipeline.deliver import shard_tasks
from bridge.store import Connection, activities, deliveries, followers
from bridge.wiring import Bridge

ARCHIVE = dt.timedelta(hours=48)
"""An article that was first seen so long after its edition came out goes to the outbox only,
and so do its corrections."""


def announce(
    bridge: Bridge, connection: Connection, articles: Sequence[StoredArticle], now: dt.datetime
) -> None:
    """Store the activities of articles that are new or were revised, in this transaction.

    `articles` stand as they are stored now, in reading order: that is the order of sending.
    """
    if not bridge.federates:
        return
    ready: list[Activity] = []
    spoken_to: dict[str, Actor | None] = {}
    for article in articles:
        name = addresses.actor_name(article.paper, article.section)
        if name not in spoken_to:
            spoken_to[name] = _followed(bridge, connection, name, now)
        actor = spoken_to[name]
        if actor is not None and article.state == "live" and not archived(article):
            _, section = actors.sections(bridge.site)[name]
            ready.append(_activity(bridge, article, actor, section, now))
    stored = [activity for activity in ready if activities.add(connection, activity)]
    bridge.enqueue(connection, tuple(_fan_out_task(activity) for activity in stored))


def archived(article: StoredArticle) -> bool:
    """Say whether an article was old when it came in."""
    return article.first_seen - article.published > ARCHIVE


def creation(bridge: Bridge, article: StoredArticle, actor: Actor) -> Activity:
    """Return the Create of an article as its account's outbox has it."""
    section = actors.sections(bridge.site)[actor.name][1]
    return vocabulary.create(article, actor, section, bridge.site.base_url, article.first_seen)


def post(bridge: Bridge, article: StoredArticle, actor: Actor) -> Json:
    """Return an article as a post of its account."""
    section = actors.sections(bridge.site)[actor.name][1]
    return vocabulary.note(article, actor, section, bridge.site.base_url)


def fan_out(bridge: Bridge, activity: str, now: dt.datetime) -> None:
    """Give an activity, by its id, a row for each inbox, and wake the shards it touches."""
    with bridge.store.begin() as connection:
        shards = deliveries.fan_out(connection, activity, now)
        bridge.enqueue(connection, shard_tasks(shards))


def _followed(
    bridge: Bridge, connection: Connection, name: str, now: dt.datetime
) -> Actor | None:
    """Return the account with this name if it exists and anybody follows it."""
    if name not in actors.sections(bridge.site) or not followers.any_of(connection, name):
        return None
    return next(
        actor for actor in actors.everyone(bridge, connection, now) if actor.name == name
    )


def _activity(
    bridge: Bridge, article: StoredArticle, actor: Actor, section: Section, now: dt.datetime
) -> Activity:
    make = vocabulary.create if article.revision == 1 else vocabulary.update
    return make(article, actor, section, bridge.site.base_url, now)


def _fan_out_task(activity: Activity) -> Task:
    return Task(name="fan_out", args=(activity.id,), id=f"fan_out-{activity.id}")
