"""Our accounts: one for each section that federates, one for their paper, and the server's own.

What an account is stands in the config; only its keys, and with them the day it was made, are
stored. A paper's own account speaks for the whole: it boosts what its sections post.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bridge.federation import vocabulary
from bridge.federation.keys import generate, generate_ed25519
from bridge.federation.signatures import Signer
from bridge.model import (
    Actor,
    Delivery,
    Field,
    Json,
    KeyPair,
    Newspaper,
    Section,
    Site,
    addresses,
)
from bridge.pipeline import portraits
from bridge.publish.words import words
from bridge.store import Connection, keys
from bridge.wiring import Bridge

FEEDS = {"rss.xml": "RSS", "atom.xml": "Atom"}
"""The feeds that a profile names."""

FAREWELL = dt.timedelta(hours=1)
"""So long the news of an account's new key is first sent signed with the old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """What signs for an account; around a change of its key that is not always the same."""

    id: str  # of the account
    current: Signer
    since: dt.datetime  # when the current key was made
    previous: Signer | None = None  # while its public half is still shown

    def of(self, row: Delivery) -> Signer:
        """Return what signs a delivery.

        The news of a new key is believed by who knows only the old one, so it is first sent
        with that; a server that has read the new one meanwhile gets it again with the new.
        """
        if self.previous is None or row.object != self.id or row.attempts:
            return self.current
        return self.previous if row.created - self.since < FAREWELL else self.current


def sections(site: Site) -> dict[str, tuple[Newspaper, Section]]:
    """Return every section that has an account, by the account's name."""
    return {
        addresses.actor_name(paper.id, section.slug): (paper, section)
        for paper in site.papers
        for section in paper.sections
        if section.federate != "off"
    }


def papers(site: Site) -> dict[str, Newspaper]:
    """Return every paper that has an account, by the account's name: all with such sections."""
    return {addresses.actor_name(paper.id, None): paper for paper, _ in sections(site).values()}


def ours(site: Site) -> dict[str, str]:
    """Return the names of all accounts by their ids, the server's own among them."""
    names = (*papers(site), *sections(site), addresses.INSTANCE)
    return {addresses.actor_id(site.base_url, name): name for name in names}


def former(bridge: Bridge, connection: Connection) -> frozenset[str]:
    """Return the names of accounts that were there once: they have keys, but no section."""
    return frozenset(keys.created(connection)) - frozenset(ours(bridge.site).values())


def everyone(bridge: Bridge, connection: Connection, now: dt.datetime) -> tuple[Actor, ...]:
    """Return all accounts; one that has no key yet counts as made now."""
    created = keys.created(connection)
    site = bridge.site
    whole = [
        _of_paper(site, name, paper, created.get(name, now))
        for name, paper in papers(site).items()
    ]
    parts = [
        _of_section(site, name, paper, section, created.get(name, now))
        for name, (paper, section) in sections(site).items()
    ]
    return (*whole, *parts, _of_server(site, created.get(addresses.INSTANCE, now)))


def key(bridge: Bridge, name: str, now: dt.datetime) -> KeyPair:
    """Return the key that signs for an account; it is made at first use, with its companion."""
    with bridge.store.read() as connection:
        found = keys.get(connection, name)
        second = keys.get(connection, name, "ed25519")
    if found is not None and second is not None:
        return found
    made = found or generate(name, now)  # slow: not while others wait to write
    with bridge.store.begin() as connection:
        keys.add(connection, second or generate_ed25519(name, made.created))
        return keys.add(connection, made)


def signer(bridge: Bridge, name: str, now: dt.datetime) -> Signer:
    """Return what signs for an account."""
    return _signer(bridge, key(bridge, name, now))


def signers(bridge: Bridge, names: Collection[str], now: dt.datetime) -> Mapping[str, Signers]:
    """Return what signs the deliveries of some accounts, by name."""
    with bridge.store.read() as connection:
        shown = {name: keys.shown(connection, name, now) for name in names}
    found = {}
    for name, pairs in shown.items():
        used = [pair for pair in pairs if pair.kind == "rsa"]
        current = used[0] if used else key(bridge, name, now)
        found[name] = Signers(
            id=addresses.actor_id(bridge.site.base_url, name),
            current=_signer(bridge, current),
            since=current.created,
            previous=_signer(bridge, used[1]) if len(used) > 1 else None,
        )
    return found


def document(bridge: Bridge, connection: Connection, name: str, now: dt.datetime) -> Json:
    """Return the document of an account that exists and has its keys (see `key`)."""
    found = next(actor for actor in everyone(bridge, connection, now) if actor.name == name)
    return vocabulary.actor(found, keys.shown(connection, name, now), bridge.site)


def _signer(bridge: Bridge, pair: KeyPair) -> Signer:
    id = addresses.actor_id(bridge.site.base_url, pair.actor)
    return Signer(key_id=addresses.key_id(id, pair.name), private=pair.private)


def _of_paper(site: Site, name: str, paper: Newspaper, created: dt.datetime) -> Actor:
    page = addresses.url(site.base_url, addresses.paper_path(paper.id))
    return Actor(
        name=name,
        kind="Service",
        title=paper.title,
        summary=paper.description,
        language=paper.language,
        url=page,
        fields=_fields(site, paper, page, addresses.ALL),
        icon=portraits.picture(site, paper.accounts.icon, paper.title),
        image=portraits.picture(site, paper.accounts.image, paper.title),
        also_known_as=paper.accounts.also_known_as,
        paper=paper.id,
        created=created,
    )


def _of_section(
    site: Site, name: str, paper: Newspaper, section: Section, created: dt.datetime
) -> Actor:
    page = addresses.url(site.base_url, addresses.section_path(paper.id, section.slug))
    title = f"{paper.title} · {section.title}"
    return Actor(
        name=name,
        kind="Service",
        title=title,
        summary=section.description or paper.description,
        language=paper.language,
        url=page,
        fields=_fields(site, paper, page, section.slug),
        icon=portraits.picture(site, section.icon or paper.accounts.icon, title),
        image=portraits.picture(site, paper.accounts.image, paper.title),
        also_known_as=section.also_known_as,
        paper=paper.id,
        section=section.slug,
        created=created,
    )


def _fields(site: Site, paper: Newspaper, page: str, section: str) -> tuple[Field, ...]:
    """Return the lines beside a profile's text: site, feeds, corrections, whom to ask."""
    say = words(paper.language)
    found = [(say("profile.site"), page)]
    for form, name in FEEDS.items():
        path = addresses.feed_path(paper.id, section, form)
        found.append((say("profile.feed", form=name), addresses.url(site.base_url, path)))
    corrections = addresses.section_path(paper.id, addresses.CORRECTIONS)
    found.append((say("profile.corrections"), addresses.url(site.base_url, corrections)))
    fields = tuple(Field(name=name, url=url, label=url) for name, url in found)
    return (*fields, *_contact(site, say("profile.contact")))


def _contact(site: Site, name: str) -> tuple[Field, ...]:
    if not site.contact:
        return ()
    is_mail = "@" in site.contact and "://" not in site.contact
    url = f"mailto:{site.contact}" if is_mail else site.contact
    return (Field(name=name, url=url, label=site.contact),)


def _of_server(site: Site, created: dt.datetime) -> Actor:
    languages = [paper.language for paper in site.papers]
    language = languages[0] if languages else "und"
    say, page = words(language), addresses.url(site.base_url, "")
    return Actor(
        name=addresses.INSTANCE,
        kind="Application",
        title=site.title,
        summary="",
        language=language,
        url=page,
        fields=(
            Field(name=say("profile.site"), url=page, label=page),
            *_contact(site, say("profile.contact")),
        ),
        created=created,
    )
