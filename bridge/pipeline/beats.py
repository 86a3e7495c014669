"""Beats: saved searches of a paper's file that are published as feeds, like its sections."""

import datetime as dt
from collections.abc import Collection, Iterator

from bridge.model import Beat, Newspaper, Section, StoredArticle, addresses
from bridge.model.query import parse
from bridge.publish.files import Output
from bridge.publish.words import words
from bridge.store import Connection, articles, search
from bridge.store.search import Wanted

LIMIT = 50
"""Entries of a beat's feed. Editions would not do: a beat may rest for months."""


def entries(
    connection: Connection, paper: Newspaper, beat: Beat, since: dt.datetime
) -> tuple[StoredArticle, ...]:
    """Return the newest articles that a beat finds, and what of it was withdrawn since."""
    query = parse(beat.query)
    scopes = tuple((paper.id, slug) for slug in beat.sections) or ((paper.id, None),)
    found = search.find(connection, Wanted(query=query, scopes=scopes), LIMIT).articles
    gone = (
        stored
        for slug in beat.sections or (None,)
        for stored in articles.withdrawn(connection, paper.id, slug, since)
        if search.fits(query, stored)
    )
    return (*found, *gone)


def section(paper: Newspaper, beat: Beat) -> Section:
    """Return the section as which a beat is published: it has feeds and no account."""
    say = words(paper.language)
    said = beat.description or say("beat.description", beat=beat.title, paper=paper.title)
    slug = addresses.beat_slug(beat.slug)
    return Section(slug=slug, title=beat.title, description=said, federate="off")


def forsaken(output: Output, paper: Newspaper, offered: Collection[str]) -> Iterator[str]:
    """Remove and yield the files of beats that the config has no longer."""
    folder = addresses.section_path(paper.id, addresses.BEAT).rstrip("/")
    for path in tuple(output.paths(folder)):
        if path not in offered and output.remove(path):
            yield path
