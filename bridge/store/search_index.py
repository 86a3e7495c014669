"""What is written for search, in the transaction of the article it belongs to.

An article is one row of tokens (`bridge.model.tokens`), all its texts in a row, and the number
it stands at, by which results are sorted without sorting. The database's own triggers carry a
row into the index and out again, so that whoever writes rows cannot forget it.
"""

import zlib
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from bridge.model import Article, StoredArticle
from bridge.model.order import position
from bridge.model.tokens import fold
from bridge.store.schema.search import SEARCH_ENTRIES

BREAK = "\ue000"
"""The token between two texts, over which no phrase reaches. No text or query holds it."""

SCOPE = "\ue001"
"""What begins the tokens that name an article's paper and section; nor this."""

TIES = 12
POSITIONS = 31
DAYS = 20
"""Bits of a place: for articles of several papers at one position, for the position inside an
edition, and for the edition's date. Together they fit a signed 64-bit integer."""


def put(connection: Connection, articles: Sequence[StoredArticle]) -> int:
    """Let search find these articles, none of them withdrawn, as they are now.

    Returns how many were not known like this already. Give a few hundred at most.
    """
    keys = [one.key for one in articles]
    query = select(SEARCH_ENTRIES).where(SEARCH_ENTRIES.c.key.in_(keys))
    known = {row.key: row for row in connection.execute(query)}
    new: dict[str, tuple[int, str]] = {}
    stale = []
    for one in articles:
        first, said = _first_place(one), terms(one.article, one.paper, one.section)
        row = known.get(one.key)
        if row and row.terms == said and row.place >> TIES == first >> TIES:
            continue
        new[one.key] = first, said
        stale += [one.key] if row else []
    drop(connection, stale)
    rows = tuple(_placed(connection, new))
    if rows:
        connection.execute(insert(SEARCH_ENTRIES), rows)
    return len(rows)


def drop(connection: Connection, keys: Collection[str]) -> int:
    """Let search no longer find these articles; returns how many it knew."""
    if not keys:
        return 0
    gone = delete(SEARCH_ENTRIES).where(SEARCH_ENTRIES.c.key.in_(keys))
    return connection.execute(gone).rowcount


def terms(article: Article, paper: str, section: str) -> str:
    """Return all that an article says, as tokens, and where it stands."""
    texts = (folded for text in _texts(article) if (folded := fold(text)))
    scopes = " ".join(map(scope, (paper, paper), (None, section)))
    return f" {f' {BREAK} '.join((*texts, scopes))} "


def scope(paper: str, section: str | None) -> str:
    """Return the token that every article of a paper, or of its section, has."""
    return f"{SCOPE}{paper}/{section}" if section else f"{SCOPE}{paper}"


def first_of(days: int) -> int:
    """Return the least place of an edition whose date has this ordinal."""
    return min(days, (1 << DAYS) - 1) << POSITIONS + TIES


def _texts(article: Article) -> Iterator[str]:
    yield from article.banner
    yield from filter(None, (article.kicker, article.headline))
    yield from article.deck
    for byline in article.byline:
        yield f"{byline.name} {byline.org or ''}"
    yield from filter(None, (article.agency, article.dateline.place, article.lead_in))
    for paragraph in article.body:
        yield paragraph.text
    for photo in article.photos:
        yield photo.caption
        for credit in photo.credits:
            yield f"{credit.name} {credit.org or ''}"
    yield from article.keywords


def _first_place(stored: StoredArticle) -> int:
    """Return where an article stands unless another is there; what ties, ties by its key."""
    order = position(stored.article.pages, stored.article.order)
    later = (1 << POSITIONS) - 1 - order
    tie = zlib.crc32(stored.key.encode()) & ((1 << TIES) - 1)
    return first_of(stored.date.toordinal()) | later << TIES | tie


def _placed(
    connection: Connection, new: dict[str, tuple[int, str]]
) -> Iterator[dict[str, object]]:
    """Yield the rows of new articles, each at a place of its own."""
    wanted = [place for place, _ in new.values()]
    taken = _taken(connection, SEARCH_ENTRIES.c.place.in_(wanted)) if wanted else set()
    for key, (place, said) in new.items():
        if place in taken:
            least = place >> TIES << TIES
            here = SEARCH_ENTRIES.c.place.between(least, least + (1 << TIES) - 1)
            taken |= _taken(connection, here)
            place = next(one for one in _beside(place) if one not in taken)
        taken.add(place)
        yield {"key": key, "place": place, "terms": said}


def _beside(place: int) -> Iterator[int]:
    """Yield every place of the same position, from this one on, round and round once."""
    least, count = place >> TIES << TIES, 1 << TIES
    return (least + (place + step) % count for step in range(count))


def _taken(connection: Connection, where: ColumnElement[bool]) -> set[int]:
    query = select(SEARCH_ENTRIES.c.place).where(where)
    return set(connection.execute(query).scalars())
