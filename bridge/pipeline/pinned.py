"""Pinned posts of our accounts: what an account is, and the newest edition."""

import datetime as dt

from bridge.federation import vocabulary
from bridge.model import Actor, Issue, Json, addresses
from bridge.pipeline import actors
from bridge.publish.words import Words, words
from bridge.store import Connection, articles, editions
from bridge.wiring import Bridge


def featured(bridge: Bridge, connection: Connection, actor: Actor) -> tuple[Json, ...]:
    """Return an account's pinned posts, the newest edition first."""
    if actor.paper is None:
        return ()
    newest = editions.newest(connection, actor.paper, 1)
    posts = [_of_edition(bridge, connection, actor, issue) for issue in newest]
    return (*filter(None, posts), introduction(bridge, actor))


def introduction(bridge: Bridge, actor: Actor) -> Json:
    """Return the post that says what a paper's or section's account is."""
    say = words(actor.language)
    lines = [actor.summary, _said(bridge, actor, say), say("profile.changes")]
    if _hears(bridge, actor):
        lines.append(say("profile.replies"))
    told = tuple(line for line in lines if line)
    return vocabulary.introduction(actor, told, bridge.site.base_url)


def of_edition(
    bridge: Bridge, connection: Connection, actor: Actor, date: dt.date
) -> Json | None:
    """Return the post of an edition that was pinned once; None when there is no such."""
    if actor.paper is None:
        return None
    issue = editions.get(connection, actor.paper, date)
    return _of_edition(bridge, connection, actor, issue) if issue else None


def _of_edition(
    bridge: Bridge, connection: Connection, actor: Actor, issue: Issue
) -> Json | None:
    """Return the post of an edition; None when the account's section has nothing in it."""
    count = sum(
        entry.state == "live" and actor.section in (None, entry.section)
        for entry in articles.of_edition(connection, issue.paper, issue.date)
    )
    if not count:
        return None
    paper = bridge.paper(issue.paper)
    say = words(paper.language)
    date = say.date(issue.date)
    if actor.section is None:
        title = say("profile.edition", paper=paper.title, date=date)
    else:
        section = paper.section(actor.section).title
        title = say("profile.edition_section", paper=paper.title, date=date, section=section)
    told = say("profile.articles", count=count) if count > 1 else say("profile.articles_one")
    base_url = bridge.site.base_url
    page = addresses.url(base_url, addresses.edition_path(issue.paper, issue.date))
    return vocabulary.latest_edition(
        actor, issue.date, (title, told), page, issue.first_seen, base_url
    )


def _said(bridge: Bridge, actor: Actor, say: Words) -> str:
    """Return what the account posts, in one sentence."""
    if actor.section is None:
        paper = actors.papers(bridge.site)[actor.name]
        return say("profile.paper", paper=paper.title)
    paper, section = actors.sections(bridge.site)[actor.name]
    key = f"profile.{section.federate}"
    return say(key, paper=paper.title, section=section.title)


def _hears(bridge: Bridge, actor: Actor) -> bool:
    """Say whether replies to an account are taken; a paper's own posts nothing to reply to."""
    if actor.section is None:
        return False
    return actors.sections(bridge.site)[actor.name][1].replies != "off"
