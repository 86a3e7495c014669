"""Editions, their pages, and which document gave which page.

An edition grows as its pages come in: what a later document does not say is kept. The
origins of pages tell which articles a document that was read again may be judged by.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, update

from bridge.model import Edition, Issue, Masthead, Page, PageImage
from bridge.model.order import page_rank
from bridge.store.schema.news import EDITIONS, ORIGINS, PAGES

Origin = tuple[str, str]
"""A document: source id and path."""

Given = Mapping[Origin, Iterable[str]]
"""The documents read now and the labels of the pages each of them holds of one edition."""


def reserve(connection: Connection, paper: str, date: dt.date) -> None:
    """Let nobody else write this edition until the transaction ends.

    SQLite has one writer anyway; on PostgreSQL two sources could else enrol a story twice.
    """
    if connection.dialect.name == "postgresql":
        name = func.hashtextextended(f"edition/{paper}/{date.isoformat()}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(name)))


def covered(connection: Connection, paper: str, date: dt.date, given: Given) -> frozenset[str]:
    """Return the labels of the pages that these documents hold, or held before, alone.

    Only there is a stored story that was not found again truly gone. Ask before `save`.
    """
    labels = {label for held in given.values() for label in held}
    elsewhere = set()
    for label, source, path in _origins(connection, paper, date):
        if (source, path) in given:
            labels.add(label)
        else:
            elsewhere.add(label)
    return frozenset(labels - elsewhere)


def save(
    connection: Connection, paper: str, edition: Edition, given: Given, at: dt.datetime
) -> bool:
    """Store what these documents say about an edition; returns whether anything was new.

    A document that gave a page of another date before (`today/A1.txt`) no longer counts as
    that page's origin; the page of the other date stays.
    """
    changed = _save_edition(connection, paper, edition, at)
    changed |= _save_pages(connection, paper, edition, given)
    changed |= _save_origins(connection, paper, edition.date, given)
    if changed:
        wanted = (EDITIONS.c.paper == paper, EDITIONS.c.date == edition.date)
        connection.execute(update(EDITIONS).where(*wanted).values(updated=at))
    return changed


def get(connection: Connection, paper: str, date: dt.date) -> Issue | None:
    """Return an edition, or None."""
    wanted = (EDITIONS.c.paper == paper, EDITIONS.c.date == date)
    row = connection.execute(select(EDITIONS).where(*wanted)).first()
    return _issues(connection, paper, [row])[0] if row else None


def newest(
    connection: Connection, paper: str, limit: int, before: dt.date | None = None
) -> tuple[Issue, ...]:
    """Return the newest editions, or the newest ones before a date, newest first."""
    query = select(EDITIONS).where(EDITIONS.c.paper == paper)
    if before is not None:
        query = query.where(EDITIONS.c.date < before)
    rows = connection.execute(query.order_by(EDITIONS.c.date.desc()).limit(limit)).all()
    return _issues(connection, paper, rows)


def beside(
    connection: Connection, paper: str, date: dt.date
) -> tuple[dt.date | None, dt.date | None]:
    """Return the dates of the editions before and after a date."""
    of_paper, day = EDITIONS.c.paper == paper, EDITIONS.c.date
    before = select(func.max(day)).where(of_paper, day < date)
    after = select(func.min(day)).where(of_paper, day > date)
    return connection.execute(before).scalar(), connection.execute(after).scalar()


def dates(connection: Connection, paper: str) -> tuple[dt.date, ...]:
    """Return the dates of every edition, newest first."""
    query = select(EDITIONS.c.date).where(EDITIONS.c.paper == paper)
    return tuple(connection.execute(query.order_by(EDITIONS.c.date.desc())).scalars())


def _issues(connection: Connection, paper: str, rows: Iterable[Row[Any]]) -> tuple[Issue, ...]:
    rows = tuple(rows)
    pages: dict[dt.date, list[Page]] = {row.date: [] for row in rows}
    wanted = (PAGES.c.paper == paper, PAGES.c.date.in_(pages))
    order = (PAGES.c.rank, PAGES.c.label)
    for row in connection.execute(select(PAGES).where(*wanted).order_by(*order)):
        image = PageImage(**row.image) if row.image else None
        pages[row.date].append(Page(label=row.label, name=row.name, image=image))
    return tuple(
        Issue(
            paper=row.paper,
            date=row.date,
            number=row.number,
            pages_total=row.pages_total,
            masthead=Masthead(**row.masthead),
            pages=tuple(pages[row.date]),
            first_seen=row.first_seen,
            updated=row.updated,
        )
        for row in rows
    )


def _save_edition(
    connection: Connection, paper: str, edition: Edition, at: dt.datetime
) -> bool:
    wanted = (EDITIONS.c.paper == paper, EDITIONS.c.date == edition.date)
    row = connection.execute(select(EDITIONS).where(*wanted)).first()
    before = row.masthead if row else {}
    said = {
        "number": edition.number or (row.number if row else None),
        "pages_total": edition.pages_total or (row.pages_total if row else None),
        "masthead": {
            name: value or before.get(name) for name, value in asdict(edition.masthead).items()
        },
    }
    if row is None:
        new = {"paper": paper, "date": edition.date, "first_seen": at, "updated": at}
        connection.execute(insert(EDITIONS), new | said)
        return True
    if said == {name: row._mapping[name] for name in said}:
        return False
    connection.execute(update(EDITIONS).where(*wanted).values(said))
    return True


def _save_pages(connection: Connection, paper: str, edition: Edition, given: Given) -> bool:
    said = {label: Page(label=label) for held in given.values() for label in held}
    said |= {page.label: page for page in edition.pages}
    wanted = (PAGES.c.paper == paper, PAGES.c.date == edition.date)
    stored = {row.label: row for row in connection.execute(select(PAGES).where(*wanted))}
    place = {"paper": paper, "date": edition.date}
    new = [
        {**place, **_page_row(page), "rank": page_rank(label)}
        for label, page in said.items()
        if label not in stored
    ]
    if new:
        connection.execute(insert(PAGES), new)
    changed = False
    for label, row in stored.items():
        if label in said and (change := _page_change(row, said[label])):
            this = update(PAGES).where(*wanted, PAGES.c.label == label)
            connection.execute(this.values(change))
            changed = True
    return bool(new) or changed


def _page_row(page: Page) -> dict[str, Any]:
    image = asdict(page.image) if page.image else None
    return {"label": page.label, "name": page.name, "image": image}


def _page_change(row: Row[Any], page: Page) -> dict[str, Any]:
    """Return what a page says anew; a name is kept, but an image only shows its own document.

    A page that was read again and could not be drawn must not look like the one before it.
    """
    said = _page_row(page)
    said["name"] = page.name or row.name
    return {name: value for name, value in said.items() if value != row._mapping[name]}


def _save_origins(connection: Connection, paper: str, date: dt.date, given: Given) -> bool:
    documents = tuple_(ORIGINS.c.source, ORIGINS.c.path).in_(list(given))
    rows = connection.execute(select(ORIGINS).where(documents)).all()
    before = {(r.paper, r.date, r.label, r.source, r.path) for r in rows}
    after = {
        (paper, date, label, *origin) for origin, labels in given.items() for label in labels
    }
    gone, new = before - after, after - before
    for place in gone:
        match = (column == value for column, value in zip(ORIGINS.c, place, strict=True))
        connection.execute(delete(ORIGINS).where(*match))
    if new:
        names = [column.name for column in ORIGINS.c]
        connection.execute(
            insert(ORIGINS), [dict(zip(names, place, strict=True)) for place in sorted(new)]
        )
    if lost := {place[2] for place in gone if place[:2] == (paper, date)}:
        _drop_pages(connection, paper, date, lost)
    return bool(gone or new)


def _drop_pages(connection: Connection, paper: str, date: dt.date, labels: set[str]) -> None:
    """Drop pages that no document holds any more: their label had been misread."""
    kept = {label for label, _, _ in _origins(connection, paper, date)}
    wanted = (PAGES.c.paper == paper, PAGES.c.date == date, PAGES.c.label.in_(labels - kept))
    connection.execute(delete(PAGES).where(*wanted))


def _origins(connection: Connection, paper: str, date: dt.date) -> list[tuple[str, str, str]]:
    wanted = (ORIGINS.c.paper == paper, ORIGINS.c.date == date)
    query = select(ORIGINS.c.label, ORIGINS.c.source, ORIGINS.c.path).where(*wanted)
    return [(row.label, row.source, row.path) for row in connection.execute(query)]
