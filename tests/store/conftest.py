"""The databases of the store's suite: SQLite always, PostgreSQL where it is installed."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.model import (
    Article,
    Byline,
    Credit,
    Dateline,
    Edition,
    Page,
    Paragraph,
    Photo,
    Provenance,
    StoredArticle,
    Title,
)
from bridge.store import Store, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, up-to-date database of its own, on each backend in turn."""
    if request.param == "sqlite":
        empty: Path = request.getfixturevalue("empty_database")
        return f"sqlite:///{shutil.copy(empty, tmp_path / 'bridge.db')}"
    made: str = request.getfixturevalue("postgresql_url")
    return made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store with nothing in it."""
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def reopen(url: str) -> Iterator[Callable[[], Store]]:
    """Open the same database again, as another process would."""
    opened: list[Store] = []

    def reopen() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield reopen
    for store in opened:
        store.close()


Stored = Callable[..., StoredArticle]

DATE = dt.date(2026, 3, 2)


@pytest.fixture
def stored() -> Stored:
    """Make a stored article of the invented paper `river` from its number and page."""
    return make_stored


def make_stored(
    number: int, page: str = "A1", date: dt.date = DATE, section: str = "city"
) -> StoredArticle:
    moment = dt.datetime.combine(date, dt.time(6), dt.UTC)
    return StoredArticle(
        key=f"river-{date:%Y%m%d}-{page.lower()}{number:04}",
        paper="river",
        date=date,
        section=section,
        article=make_article(number, page, section),
        summary="江水缓缓流过。",
        published=moment,
        updated=moment,
        first_seen=moment + dt.timedelta(microseconds=5),
        revision=1,
        state="live",
    )


def make_article(number: int, page: str, section: str) -> Article:
    return Article(
        order=number,
        pages=(page,),
        section=section,
        kind="news",
        headline=f"春江水暖第{number}则",
        byline=(Byline(name="周远", role="reporter", org="江畔晨报"),),
        dateline=Dateline(raw="本报讯", place="江城", date=DATE),
        body=(Paragraph(kind="paragraph", text=f"江水在{page}版缓缓流过。"),),
        photos=(Photo(caption="江面", credits=(Credit(name="林舟", role="photographer"),)),),
        language="zh-Hans",
        source=Provenance(file=f"{page}.txt", lines=(1, 2)),
    )


@pytest.fixture
def edition() -> Callable[..., Edition]:
    """Make an edition of the invented paper from its page labels."""

    def edition(*labels: str, date: dt.date = DATE, **fields: object) -> Edition:
        title = Title(id="river", title="江畔晨报", title_latin=None, language="zh-Hans")
        pages = tuple(Page(label=label) for label in labels)
        return Edition(paper=title, date=date, pages=pages, **fields)  # type: ignore[arg-type]

    return edition
