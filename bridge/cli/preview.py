"""A look at an edition as its readers would get it, without configuration or database."""

import datetime as dt
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.ingest import identity, normalise
from bridge.model import (
    Channel,
    Edition,
    Issue,
    Newspaper,
    Section,
    Site,
    StoredArticle,
    addresses,
)
from bridge.publish import plan
from bridge.publish.folder import Folder

SECTION = "pages"
BASE = "http://preview.invalid"


def write(edition: Edition, folder: Path, now: dt.datetime) -> str:
    """Write the edition's pages below a folder; return the path to open first."""
    paper = _paper(edition)
    stored = _stored(edition, paper, now)
    issue = Issue(
        paper=paper.id,
        date=edition.date,
        number=edition.number,
        pages_total=edition.pages_total,
        masthead=edition.masthead,
        pages=edition.pages,
        first_seen=now,
        updated=now,
    )
    site = Site(base_url=BASE, title=paper.title, mode="reader", contact="", papers=(paper,))
    channel = Channel(site=site, paper=paper, section=None, issue=issue, entries=stored)
    output = Folder(folder)
    for rendition in (
        *plan.whole(site, [channel]),
        *plan.channel(channel),
        *plan.channel(replace(channel, section=paper.sections[0])),
        plan.today(channel),
        plan.edition(channel, issue),
        *plan.archive(channel, issue),
        *plan.notices(site, paper, ()),
        *(page for article in stored for page in plan.article(site, paper, issue, article)),
    ):
        output.put(rendition)
    return addresses.paper_path(paper.id)


def server(folder: Path) -> ThreadingHTTPServer:
    """Return a server of the folder on a free port of this machine only, not yet running."""
    handler = partial(_Quiet, directory=str(folder))
    return ThreadingHTTPServer(("127.0.0.1", 0), handler)


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _paper(edition: Edition) -> Newspaper:
    title = edition.paper.title
    return Newspaper(
        id="preview",
        title=title,
        title_latin=edition.paper.title_latin,
        language=edition.paper.language,
        timezone=ZoneInfo("UTC"),
        hour=dt.time(),
        authority="preview.invalid",
        description="",
        sections=(Section(slug=SECTION, title=title, federate="off"),),
        default_section=SECTION,
        window=1,
    )


def _stored(edition: Edition, paper: Newspaper, now: dt.datetime) -> tuple[StoredArticle, ...]:
    found = [replace(article, section=SECTION) for article in edition.articles]
    counter = iter(range(len(found)))
    return identity.enrol(
        found,
        among=found,
        known=(),
        paper=paper,
        date=edition.date,
        token=lambda: next(counter).to_bytes(4, "big"),
        summary=normalise.summary,
        now=now,
    )
