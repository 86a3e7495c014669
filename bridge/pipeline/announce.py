"""Announce: what is new or corrected becomes an activity, and a row for each follower's inbox.

Article, activity and the task to fan it out are committed together. What the pace holds back
is stored with the moment of its release, and the minute tick sends it then. Quiet stay archive
imports, which no home timeline would show, and accounts nobody follows: whoever comes later
finds every article in the outbox, which is made of the articles themselves.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bridge.federation import pace, vocabulary
from bridge.model import Activity, StoredArticle, addresses
from bridge.model.order import page_rank
from bridge.pipeline import actors, gathering, pictures, posts
from bridge.pipeline.deliver import shard_tasks
from bridge.pipeline.desk import Desk, fan_out_task, open_desk
from bridge.store import Connection, activities, deliveries, digests, quotes
from bridge.wiring import Bridge


def announce(
    bridge: Bridge, connection: Connection, articles: Sequence[StoredArticle], now: dt.datetime
) -> tuple[Activity, ...]:
    """Store the activities of articles that are new or were revised, in this transaction.

    `articles` stand as they are stored now, in reading order: that is the order of sending.
    Returns the activities that are new.
    """
    if not bridge.federates or not articles:
        return ()
    desk = open_desk(bridge, connection, now)
    batches: dict[str, list[StoredArticle]] = defaultdict(list)
    for article in articles:
        name = addresses.actor_name(article.paper, article.section)
        if desk.speaks(name) and article.state == "live" and not archived(bridge, article):
            batches[name].append(article)
    made = tuple(
        activity for name, batch in batches.items() for activity in _batch(desk, name, batch)
    )
    desk.send(made)
    return made


def archived(bridge: Bridge, article: StoredArticle) -> bool:
    """Say whether an article was old when it came in: then it goes to the outbox only,
    and so do its corrections.
    """
    late = bridge.paper(article.paper).accounts.late
    return article.first_seen - article.published > late


def retract(
    bridge: Bridge, connection: Connection, article: StoredArticle, now: dt.datetime
) -> None:
    """Take back what was said of an article that is withdrawn, in this transaction.

    What nobody has yet is dropped. A Delete is sent in any case, also of what is old: some
    server may have fetched it.
    """
    name = addresses.actor_name(article.paper, article.section)
    if not bridge.federates or name not in actors.sections(bridge.site):
        return
    desk = open_desk(bridge, connection, now)
    holder = digests.holding(connection, (article.key,)).get(article.key)
    if holder is not None:
        desk.send(gathering.again(desk, holder))
    boosted = desk.boosted(article)
    quotes.revoke(connection, article.key)
    activities.drop(connection, addresses.object_id(bridge.site.base_url, article.key))
    if not desk.heard(name) and not boosted:
        return
    base_url, actor = bridge.site.base_url, desk.actor(name)
    former = "Article" if desk.section(name).federate == "article" else "Note"
    activity = vocabulary.delete(article.key, actor, base_url, article.updated, former)
    desk.send(_stored(desk, [replace(activity, also=boosted)]))


def fan_out(bridge: Bridge, activity: str, now: dt.datetime) -> None:
    """Give an activity, by its id, a row for each inbox, and wake the shards it touches."""
    with bridge.store.begin() as connection:
        shards = deliveries.fan_out(connection, activity, now)
        bridge.enqueue(connection, shard_tasks(shards))


def release(bridge: Bridge, now: dt.datetime) -> None:
    """Send what was held back and is due."""
    with bridge.store.read() as connection:
        due = activities.released(connection, now)
    if due:
        with bridge.store.begin() as connection:
            bridge.enqueue(connection, tuple(map(fan_out_task, due)))


def _batch(desk: Desk, name: str, articles: Sequence[StoredArticle]) -> list[Activity]:
    """Return what is new to be said about articles of one account."""
    digested = desk.section(name).federate == "digest"
    if not digested and not desk.heard(name) and desk.booster(name) is None:
        return []
    gathered = digests.holding(desk.connection, [article.key for article in articles])
    fresh = [a for a in articles if a.key not in gathered and not desk.told(a)]
    known = {article.key: article for article in fresh}
    made = _corrections(desk, name, [a for a in articles if a.key not in known], gathered)
    if digested:
        return made + gathering.join(desk, name, fresh)
    plan = _plan(desk, name, fresh)
    for key, moment in plan.releases:
        made += _creates(desk, name, known[key], moment)
    return made + gathering.join(desk, name, [known[key] for key in plan.overflow])


def _plan(desk: Desk, name: str, fresh: Sequence[StoredArticle]) -> pace.Plan:
    paper, section = desk.paper(name), desk.section(name)
    items = [
        pace.Item(
            key=article.key,
            front=on_page_one(article),
            not_before=pace.embargo(article.date, section.embargo, paper.timezone),
        )
        for article in fresh
    ]
    used, last = desk.used(name)
    return pace.plan(items, paper.accounts, paper.timezone, desk.now, used=used, last=last)


def on_page_one(article: StoredArticle) -> bool:
    """Say whether an article began on the front page."""
    return bool(article.article.pages) and page_rank(article.article.pages[0]) == 0


def _creates(
    desk: Desk, name: str, article: StoredArticle, moment: dt.datetime
) -> list[Activity]:
    """Return the Create for who follows the section, the Announce for who follows the paper."""
    base_url, found = desk.bridge.site.base_url, []
    pictures.measure(desk.bridge, desk.connection, article)
    more = posts.details(
        desk.bridge, desk.connection, article, desk.section(name), released=moment
    )
    if desk.heard(name):
        create = vocabulary.create(
            article, desk.actor(name), desk.section(name), base_url, desk.now, more
        )
        found.append(replace(create, release_at=moment))
    booster = desk.booster(name)
    if booster is not None and on_page_one(article):
        boost = vocabulary.boost(article.key, name, booster, base_url, moment)
        found.append(replace(boost, created=desk.now, release_at=moment))
    return _stored(desk, found)


def _corrections(
    desk: Desk, name: str, articles: Sequence[StoredArticle], gathered: dict[str, str]
) -> list[Activity]:
    """Return Updates of what is out; what is still held back is put right in its place."""
    made: list[Activity] = []
    for holder in dict.fromkeys(gathered.values()):
        made += gathering.again(desk, holder)
    base_url, section, actor = desk.bridge.site.base_url, desk.section(name), desk.actor(name)
    for article in articles:
        if article.key in gathered:
            continue
        more = posts.details(desk.bridge, desk.connection, article, section)
        create = vocabulary.create(article, actor, section, base_url, desk.now, more)
        if activities.rewrite(desk.connection, create, desk.now):
            continue
        boosted = desk.boosted(article)
        if article.revision > 1 and (desk.heard(name) or boosted):
            update = vocabulary.update(article, actor, section, base_url, desk.now, more)
            made += _stored(desk, [replace(update, also=boosted)])
    return made


def _stored(desk: Desk, found: Sequence[Activity]) -> list[Activity]:
    return [activity for activity in found if activities.add(desk.connection, activity)]
