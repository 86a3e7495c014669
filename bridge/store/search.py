"""Search through the articles: which ones a query finds, newest edition first.

SQLite asks FTS5, whose phrases are exact. PostgreSQL asks an inverted index of tokens and of
pairs of tokens; what three tokens or more say in a row is then compared with the row itself.
Its own `tsvector` would do for short texts only: it keeps 256 places of a token and no place
behind the 16,383rd. Both give the same articles in the same order.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bridge.model import StoredArticle
from bridge.model.query import Query
from bridge.model.tokens import Phrase
from bridge.store import articles, search_index
from bridge.store.schema.news import ARTICLES
from bridge.store.schema.search import SEARCH_ENTRIES
from bridge.store.search_index import scope

BATCH = 200
"""Articles read and written together when the index is made anew."""

_GRAMS = table("search_index", column("place", BigInteger), column("grams", ARRAY(Text)))
_FTS = table("search_index", column("rowid", BigInteger), column("search_index", Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for, and where."""

    query: Query
    scopes: tuple[tuple[str, str | None], ...] = ()  # papers, and a section of each or None
    since: dt.date | None = None  # of the edition, both included
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found: the articles asked for, and how many there are in all."""

    articles: tuple[StoredArticle, ...]
    total: int  # counted no further than asked, for some words are everywhere


def find(
    connection: Connection, wanted: Wanted, limit: int, offset: int = 0, *, counted: int = 0
) -> Found:
    """Return what is found, newest edition first and in reading order inside.

    `limit` articles from `offset` on; a total up to `counted`, or up to the last of them.
    """
    most = max(counted, offset + limit)
    query = _matching(connection, wanted).order_by(text("place DESC")).limit(most)
    places = connection.execute(query).scalars().all()
    shown = places[offset : offset + limit]
    rows = select(SEARCH_ENTRIES.c.key).where(SEARCH_ENTRIES.c.place.in_(shown))
    keys = connection.execute(rows.order_by(SEARCH_ENTRIES.c.place.desc())).scalars().all()
    return Found(articles=articles.several(connection, keys), total=len(places))


def fits(query: Query, stored: StoredArticle) -> bool:
    """Tell whether a query would find an article, also one that is withdrawn."""
    terms = search_index.terms(stored.article, stored.paper, stored.section)

    def said(phrase: Phrase) -> bool:
        return f" {' '.join(phrase)} " in terms

    return all(any(map(said, group)) for group in query.every) and not any(
        map(said, query.none)
    )


def rebuild(connection: Connection) -> tuple[int, int]:
    """Make the index anew from the articles; returns how many it holds, and how many it did
    not hold like this before.
    """
    for statement in _ANEW[connection.dialect.name]:
        connection.execute(text(statement))
    gone = select(ARTICLES.c.key).where(ARTICLES.c.state == "withdrawn")
    lost = connection.execute(
        select(SEARCH_ENTRIES.c.key).where(SEARCH_ENTRIES.c.key.in_(gone))
    )
    changed = search_index.drop(connection, lost.scalars().all())
    total, last = 0, ""
    while batch := articles.after(connection, last, BATCH):
        changed += search_index.put(connection, batch)
        total, last = total + len(batch), batch[-1].key
    return total, changed


_ANEW: Mapping[str, Sequence[str]] = {
    "sqlite": ("INSERT INTO search_index (search_index) VALUES ('rebuild')",),
    "postgresql": (
        "DELETE FROM search_index",
        "INSERT INTO search_index (place, grams)"
        " SELECT place, search_grams(terms) FROM search_entries",
    ),
}
"""How an index that was damaged is made from the rows beside it."""


def _matching(connection: Connection, wanted: Wanted) -> Select[Any]:
    """Return the query for the places of what is found, in a column of that name."""
    if connection.dialect.name == "postgresql":
        place, where = _GRAMS.c.place, _by_grams(wanted)
    else:
        place, where = _FTS.c.rowid, _FTS.c.search_index.bool_op("MATCH")(_expression(wanted))
    query = select(place.label("place")).where(where)
    if connection.dialect.name == "postgresql":
        query = query.join(SEARCH_ENTRIES, SEARCH_ENTRIES.c.place == place)
    if wanted.since:
        query = query.where(place >= search_index.first_of(wanted.since.toordinal()))
    if wanted.until:
        query = query.where(place < search_index.first_of(wanted.until.toordinal() + 1))
    return query


def _expression(wanted: Wanted) -> str:
    """Return a query in the words of FTS5; tokens hold nothing that means anything there."""
    groups = [*_scopes(wanted), *wanted.query.every]
    every = " AND ".join(f"({' OR '.join(map(_quoted, group))})" for group in groups)
    none = " OR ".join(map(_quoted, wanted.query.none))
    return f"({every}) NOT ({none})" if none else every


def _scopes(wanted: Wanted) -> list[tuple[Phrase, ...]]:
    """Return the tokens of which an article must have one; without scopes none is needed.

    Every article of a paper has its token, so that to ask for it would only cost.
    """
    held = tuple((scope(paper, section),) for paper, section in wanted.scopes)
    return [held] if held else []


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


def _by_grams(wanted: Wanted) -> ColumnElement[bool]:
    groups = [*_scopes(wanted), *wanted.query.every]
    every = (or_(*map(_said, group)) for group in groups)
    return and_(*every, *(not_(_said(phrase)) for phrase in wanted.query.none))


def _said(phrase: Phrase) -> ColumnElement[bool]:
    """Return the condition that a phrase occurs; the index answers one or two tokens alone."""
    grams = list(map(" ".join, pairwise(phrase))) or list(phrase)
    held: ColumnElement[bool] = _GRAMS.c.grams.bool_op("@>")(cast(grams, ARRAY(Text)))
    if len(phrase) < 3:
        return held
    found = func.strpos(SEARCH_ENTRIES.c.terms, literal(f" {' '.join(phrase)} "))
    return and_(held, found > 0)
