"""Articles and their versions.

A key is inserted once and stays for ever; content is written only when it differs from what
is stored, so that reading a page again writes nothing (design §4).
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from bridge.edition_json import article_from_json, article_to_json
from bridge.model import ArticleState, Notice, Revision, StoredArticle
from bridge.model.order import position
from bridge.store import search_index
from bridge.store.database import dump_json
from bridge.store.schema.news import ARTICLES, REVISIONS

T = TypeVar("T")

REVISIONS_IN_TIME = (REVISIONS.c.at, REVISIONS.c.key, REVISIONS.c.number)
"""As their index has them, so that the newest are read without the others."""

BATCH = 200
"""Rows in one statement: what a statement costs is shared, and memory stays small."""

_READING_ORDER = (ARTICLES.c.date.desc(), ARTICLES.c.position, ARTICLES.c.key)
_SHOWN = ARTICLES.c.state != "withdrawn"

# SQLite takes a partial index only where the query says its condition word for word.
_WITHDRAWN = text("articles.state = 'withdrawn'")
_LATER = text("revisions.number > 1")


def insert_all(
    connection: Connection, articles: Sequence[StoredArticle], at: dt.datetime
) -> None:
    """Store new articles with their first version; their edition must be stored before.

    Raises sqlalchemy.exc.IntegrityError for a key that exists: keys are never given twice.
    """
    for batch in _batches(articles):
        rows = [_row(article) for article in batch]
        connection.execute(insert(ARTICLES), rows)
        versions = [_version(row, at, "") for row in rows]
        connection.execute(insert(REVISIONS), versions)
        search_index.put(connection, batch)


def revise(connection: Connection, article: StoredArticle, at: dt.datetime, note: str) -> bool:
    """Store a corrected article as its next version; `note` says what changed.

    Returns False, and writes nothing, when it is stored like this already or withdrawn.
    """
    row = _row(article)
    if not _replace(connection, row):
        return False
    connection.execute(insert(REVISIONS), _version(row, at, note))
    search_index.put(connection, [article])
    return True


def move(connection: Connection, article: StoredArticle) -> bool:
    """Store where an article stands now and how it is set; that is no version of its own.

    Returns False, and writes nothing, when it is stored like this already or withdrawn.
    """
    if not _replace(connection, _row(article)):
        return False
    search_index.put(connection, [article])
    return True


def suspect(connection: Connection, keys: Sequence[str]) -> int:
    """Mark live articles that their page no longer holds; returns how many."""
    return _turn(connection, keys, "live", "suspected")


def restore(connection: Connection, keys: Sequence[str]) -> int:
    """Make suspected articles live again, as no correction; returns how many."""
    return _turn(connection, keys, "suspected", "live")


def correct(
    connection: Connection, article: StoredArticle, at: dt.datetime, remark: str
) -> bool:
    """Store what readers are told of a correction, as the article's next version.

    Only its `revision` and `updated` are written; returns False, and writes nothing, when it
    is withdrawn.
    """
    wanted = (ARTICLES.c.key == article.key, _SHOWN)
    change = {"revision": article.revision, "updated": article.updated}
    if connection.execute(update(ARTICLES).where(*wanted).values(change)).rowcount != 1:
        return False
    version = _version(_row(article), at, "") | {"remark": remark}
    connection.execute(insert(REVISIONS), version)
    return True


def withdraw(connection: Connection, keys: Sequence[str], at: dt.datetime, reason: str) -> int:
    """Withdraw articles for good, `updated` at that moment; returns how many were not yet."""
    turned = 0
    for batch in _batches(keys):
        change = update(ARTICLES).where(ARTICLES.c.key.in_(batch), _SHOWN)
        gone = change.values(state="withdrawn", updated=at, reason=reason)
        turned += connection.execute(gone).rowcount
        search_index.drop(connection, batch)
    return turned


def get(connection: Connection, key: str) -> StoredArticle | None:
    """Return the article with this key in any state, or None."""
    row = connection.execute(select(ARTICLES).where(ARTICLES.c.key == key)).first()
    return _article(row) if row else None


def several(connection: Connection, keys: Sequence[str]) -> tuple[StoredArticle, ...]:
    """Return the articles with these keys, a few hundred at most, in the order of the keys."""
    query = select(ARTICLES).where(ARTICLES.c.key.in_(keys))
    found = {row.key: _article(row) for row in connection.execute(query)}
    return tuple(found[key] for key in keys if key in found)


def after(connection: Connection, key: str, limit: int) -> tuple[StoredArticle, ...]:
    """Return the articles that are not withdrawn whose keys follow on this one, by key."""
    query = select(ARTICLES).where(ARTICLES.c.key > key, _SHOWN).order_by(ARTICLES.c.key)
    return tuple(_article(row) for row in connection.execute(query.limit(limit)))


def history(connection: Connection, key: str) -> tuple[Revision, ...]:
    """Return every version of an article, the first one first."""
    return histories(connection, [key]).get(key, ())


def histories(
    connection: Connection, keys: Sequence[str]
) -> Mapping[str, tuple[Revision, ...]]:
    """Return every version of several articles by key, the first one first."""
    found: dict[str, list[Revision]] = defaultdict(list)
    for batch in _batches(keys):
        query = select(REVISIONS).where(REVISIONS.c.key.in_(batch))
        for row in connection.execute(query.order_by(REVISIONS.c.number)):
            found[row.key].append(_revision(row))
    return {key: tuple(versions) for key, versions in found.items()}


def withdrawn(
    connection: Connection, paper: str, section: str | None, since: dt.datetime
) -> tuple[StoredArticle, ...]:
    """Return what a section (None: the paper) has withdrawn since, ordered as in `window`."""
    wanted = (ARTICLES.c.paper == paper, ARTICLES.c.updated >= since)
    query = select(ARTICLES).where(_WITHDRAWN, *wanted)
    if section is not None:
        query = query.where(ARTICLES.c.section == section)
    return _articles(connection, query)


def notices(connection: Connection, paper: str, limit: int) -> tuple[Notice, ...]:
    """Return the newest corrections and withdrawals of a paper, the newest first.

    Of a withdrawn article only the withdrawal is told.
    """
    gone = (ARTICLES.c.paper == paper, _WITHDRAWN)
    query = select(ARTICLES).where(*gone).order_by(ARTICLES.c.updated.desc(), ARTICLES.c.key)
    graves = [_withdrawal(_article(row)) for row in connection.execute(query.limit(limit))]
    found = (*graves, *_corrections(connection, paper, limit))
    newest = sorted(found, key=lambda one: (one.at, one.stored.key, one.number), reverse=True)
    return tuple(newest[:limit])


def _corrections(connection: Connection, paper: str, limit: int) -> list[Notice]:
    said = (REVISIONS.c.number, REVISIONS.c.at, REVISIONS.c.note, REVISIONS.c.remark)
    query = (
        select(ARTICLES, *(column.label(f"version_{column.name}") for column in said))
        .join(REVISIONS, REVISIONS.c.key == ARTICLES.c.key)
        .where(REVISIONS.c.paper == paper, _SHOWN, _LATER)
        .order_by(*(column.desc() for column in REVISIONS_IN_TIME))
    )
    return [
        Notice(
            kind="revision" if row.version_remark is None else "correction",
            stored=_article(row),
            number=row.version_number,
            at=row.version_at,
            parts=tuple(part for part in row.version_note.split(", ") if part),
            text=row.version_remark or "",
        )
        for row in connection.execute(query.limit(limit))
    ]


def _withdrawal(stored: StoredArticle) -> Notice:
    return Notice(
        kind="withdrawal",
        stored=stored,
        number=stored.revision,
        at=stored.updated,
        text=stored.reason or "",
    )


def of_edition(connection: Connection, paper: str, date: dt.date) -> tuple[StoredArticle, ...]:
    """Return an edition's articles in any state, withdrawn ones too, in reading order."""
    wanted = (ARTICLES.c.paper == paper, ARTICLES.c.date == date)
    return _articles(connection, select(ARTICLES).where(*wanted))


def window(
    connection: Connection, paper: str, section: str | None, editions: int
) -> tuple[StoredArticle, ...]:
    """Return the newest editions of a section, or of the whole paper for None.

    Newest edition first, in reading order inside, without withdrawn articles. Only editions
    that hold the section count, so that a weekly page's feed is never empty.
    """
    wanted = _of(paper, section)
    dates = (
        select(ARTICLES.c.date)
        .where(*wanted)
        .distinct()
        .order_by(ARTICLES.c.date.desc())
        .limit(editions)
    )
    oldest = min(connection.execute(dates).scalars(), default=None)
    if oldest is None:
        return ()
    return _articles(connection, select(ARTICLES).where(*wanted, ARTICLES.c.date >= oldest))


def changes(
    connection: Connection, paper: str, since: dt.date
) -> Mapping[dt.date, dt.datetime]:
    """Return when each edition from a date on last changed, by any of its articles."""
    of_paper = (ARTICLES.c.paper == paper, ARTICLES.c.date >= since)
    query = select(ARTICLES.c.date, func.max(ARTICLES.c.updated)).where(*of_paper)
    return {row[0]: row[1] for row in connection.execute(query.group_by(ARTICLES.c.date))}


def latest(
    connection: Connection, paper: str, section: str | None, limit: int
) -> tuple[StoredArticle, ...]:
    """Return the newest articles of a section (None: of the paper), ordered as in `window`."""
    return _articles(connection, select(ARTICLES).where(*_of(paper, section)).limit(limit))


def counts(connection: Connection, paper: str) -> Mapping[str, Mapping[ArticleState, int]]:
    """Return how many articles each section has in each state; reads the whole archive."""
    query = (
        select(ARTICLES.c.section, ARTICLES.c.state, func.count())
        .where(ARTICLES.c.paper == paper)
        .group_by(ARTICLES.c.section, ARTICLES.c.state)
    )
    found: dict[str, dict[ArticleState, int]] = defaultdict(dict)
    for section, state, number in connection.execute(query):
        found[section][state] = number
    return dict(found)


def count(connection: Connection, paper: str, section: str) -> int:
    """Return how many articles of a section are not withdrawn; reads indexes alone."""
    of_section = ARTICLES.c.paper == paper, ARTICLES.c.section == section
    withdrawn = ARTICLES.c.state == literal("withdrawn", literal_execute=True)
    both = [
        connection.execute(
            select(func.count()).select_from(ARTICLES).where(*found)
        ).scalar_one()
        for found in (of_section, (*of_section, withdrawn))
    ]
    return both[0] - both[1]


def _of(paper: str, section: str | None) -> tuple[ColumnElement[bool], ...]:
    shown = (ARTICLES.c.paper == paper, _SHOWN)
    return shown if section is None else (*shown, ARTICLES.c.section == section)


def _articles(connection: Connection, query: Select[Any]) -> tuple[StoredArticle, ...]:
    rows = connection.execute(query.order_by(*_READING_ORDER))
    return tuple(_article(row) for row in rows)


def _article(row: Row[Any]) -> StoredArticle:
    return StoredArticle(
        key=row.key,
        paper=row.paper,
        date=row.date,
        section=row.section,
        article=article_from_json(row.content),
        summary=row.summary,
        published=row.published,
        updated=row.updated,
        first_seen=row.first_seen,
        revision=row.revision,
        state=row.state,
        reason=row.reason,
    )


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        key=row.key,
        number=row.number,
        at=row.at,
        note=row.note,
        article=article_from_json(row.content),
        remark=row.remark,
    )


def _row(stored: StoredArticle) -> dict[str, Any]:
    article = stored.article
    content = article_to_json(article)
    written = f"{stored.section}\n{stored.summary}\n{dump_json(content)}"
    return {
        "key": stored.key,
        "paper": stored.paper,
        "date": stored.date,
        "section": stored.section,
        "position": position(article.pages, article.order),
        "state": stored.state,
        "revision": stored.revision,
        "content": content,
        "digest": hashlib.sha256(written.encode()).hexdigest(),
        "summary": stored.summary,
        "published": stored.published,
        "updated": stored.updated,
        "first_seen": stored.first_seen,
    }


_CHANGING = ("section", "position", "revision", "content", "digest", "summary", "updated")
"""What a later reading may change; key, paper, date, published and first_seen never do."""


def _replace(connection: Connection, row: Mapping[str, Any]) -> bool:
    differs = ARTICLES.c.digest != row["digest"]
    change = (
        update(ARTICLES)
        .where(ARTICLES.c.key == row["key"], differs, _SHOWN)
        .values({name: row[name] for name in _CHANGING})
    )
    return connection.execute(change).rowcount == 1


def _version(row: Mapping[str, Any], at: dt.datetime, note: str) -> dict[str, Any]:
    return {
        "key": row["key"],
        "number": row["revision"],
        "at": at,
        "note": note,
        "content": row["content"],
        "paper": row["paper"],
    }


def _turn(
    connection: Connection, keys: Sequence[str], before: ArticleState, after: ArticleState
) -> int:
    turned = 0
    for batch in _batches(keys):
        wanted = (ARTICLES.c.key.in_(batch), ARTICLES.c.state == before)
        turned += connection.execute(
            update(ARTICLES).where(*wanted).values(state=after)
        ).rowcount
    return turned


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
