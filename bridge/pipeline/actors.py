"""Our accounts: one for each section that federates, and the server's own.

The paper as a whole has no account yet: it would have nothing to say (design §7). What an
account is stands in the config; only its key, and with it the day it was made, is stored.
"""

import datetime as dt

from bridge.federation.keys import generate
from bridge.federation.signatures import Signer
from bridge.model import Actor, KeyPair, Newspaper, Section, Site, addresses
from bridge.store import Connection, keys
from bridge.wiring import Bridge

FEEDS = ("rss.xml", "atom.xml")
"""The feeds that a profile names."""


def sections(site: Site) -> dict[str, tuple[Newspaper, Section]]:
    """Return every section that has an account, by the account's name."""
    return {
        addresses.actor_name(paper.id, section.slug): (paper, section)
        for paper in site.papers
        for section in paper.sections
        if section.federate != "off"
    }


def ours(site: Site) -> dict[str, str]:
    """Return the names of all accounts by their ids, the server's own among them."""
    names = (*sections(site), addresses.INSTANCE)
    return {addresses.actor_id(site.base_url, name): name for name in names}


def everyone(bridge: Bridge, connection: Connection, now: dt.datetime) -> tuple[Actor, ...]:
    """Return all accounts; one that has no key yet counts as made now."""
    created = keys.created(connection)
    found = [
        _of_section(bridge.site, name, paper, section, created.get(name, now))
        for name, (paper, section) in sections(bridge.site).items()
    ]
    instance = _of_server(bridge.site, created.get(addresses.INSTANCE, now))
    return (*found, instance)


def key(bridge: Bridge, name: str, now: dt.datetime) -> KeyPair:
    """Return an account's key; it is made at first use and kept for ever."""
    with bridge.store.read() as connection:
        found = keys.get(connection, name)
    if found is not None:
        return found
    made = generate(name, now)  # slow: not while others wait to write
    with bridge.store.begin() as connection:
        return keys.add(connection, made)


def signer(bridge: Bridge, name: str, now: dt.datetime) -> Signer:
    """Return what signs for an account."""
    id = addresses.actor_id(bridge.site.base_url, name)
    return Signer(key_id=addresses.key_id(id), private=key(bridge, name, now).private)


def _of_section(
    site: Site, name: str, paper: Newspaper, section: Section, created: dt.datetime
) -> Actor:
    feeds = (addresses.feed_path(paper.id, section.slug, form) for form in FEEDS)
    return Actor(
        name=name,
        kind="Service",
        title=f"{paper.title} · {section.title}",
        summary=section.description or paper.description,
        language=paper.language,
        url=addresses.url(site.base_url, addresses.section_path(paper.id, section.slug)),
        feeds=tuple(addresses.url(site.base_url, feed) for feed in feeds),
        paper=paper.id,
        section=section.slug,
        created=created,
    )


def _of_server(site: Site, created: dt.datetime) -> Actor:
    languages = [paper.language for paper in site.papers]
    return Actor(
        name=addresses.INSTANCE,
        kind="Application",
        title=site.title,
        summary="",
        language=languages[0] if languages else "und",
        url=addresses.url(site.base_url, ""),
        created=created,
    )
