"""Books of editions from the store to the shelf: made, corrected, catalogued, never lost."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import feedparser
import pytest
from werkzeug.test import Client

from bridge.model import StoredArticle
from bridge.pipeline import correct
from bridge.pipeline.publish import publish
from bridge.web.wsgi import application
from bridge.wiring import Bridge

BOOK, CATALOGUE = "herald/e/2026-03-01/edition.epub", "herald/opds.xml"

Put = Callable[..., StoredArticle]


@pytest.fixture
def put(publish: Put) -> Put:
    """Store an article; the fixture has the name of a verb that is tested here."""
    return publish


def names(bridge: Bridge) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(bridge.output.read(BOOK) or b"")) as archive:
        return [name for name in archive.namelist() if name.startswith("EPUB/text/")]


def offered(bridge: Bridge) -> list[tuple[str, str]]:
    found = feedparser.parse(bridge.output.read(CATALOGUE) or b"")
    return [(entry.title, entry.updated) for entry in found.entries]


def test_an_edition_becomes_a_book_in_the_catalogue(federated: Bridge, put: Put) -> None:
    put(1), put(2)
    publish(federated, "herald")
    assert len(names(federated)) == 2
    assert offered(federated) == [
        ("The Harbour Herald, 1 March 2026", "2026-03-01T04:00:00+00:00")
    ]
    again = publish(federated, "herald")
    assert again.written == ()


def test_a_withdrawal_takes_the_article_out_of_the_book(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    gone, kept = put(1), put(2)
    publish(federated, "herald")
    correct.withdraw(federated, gone.key, "Wrong.", now + dt.timedelta(hours=2))
    done = publish(federated, "herald")
    assert {BOOK, CATALOGUE} <= set(done.written)
    assert names(federated) == [f"EPUB/text/{kept.key}.xhtml"]
    assert offered(federated)[0][1] == "2026-03-01T06:00:00+00:00"


def test_books_of_editions_that_left_the_window_stay_in_the_catalogue(
    federated: Bridge, put: Put
) -> None:
    (paper,) = federated.site.papers
    site = replace(federated.site, papers=(replace(paper, window=1),))
    narrow = replace(federated, settings=replace(federated.settings, site=site))
    for number, day in enumerate((1, 2, 3)):
        put(number, key=f"herald-2026030{day}-000001", date=dt.date(2026, 3, day))
        if day != 2:  # of the second there never was a book
            publish(narrow, "herald")
    assert [title[-12:] for title, _ in offered(narrow)] == ["3 March 2026", "1 March 2026"]
    assert federated.output.entry(BOOK)


def test_a_catalogue_is_served_as_one_and_a_book_as_a_book(federated: Bridge, put: Put) -> None:
    put(1)
    publish(federated, "herald")
    client = Client(application(federated))
    types = {
        path: client.get(f"/{path}").content_type for path in (BOOK, CATALOGUE, "opds.xml")
    }
    catalogue = "application/atom+xml;profile=opds-catalog;charset=utf-8"
    assert types == {BOOK: "application/epub+zip", CATALOGUE: catalogue, "opds.xml": catalogue}
