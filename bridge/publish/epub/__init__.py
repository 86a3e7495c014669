"""An edition as a book for e-readers: EPUB 3.3 (https://www.w3.org/TR/epub-33/).

One file of text for each article, contents by page, a cover made of the front page or of the
masthead, no font and no script. It holds the pictures itself and asks nobody for anything. The
same edition gives the same bytes: every time in it is the edition's or its last change.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from bridge.model import Channel, Issue, Photo, StoredArticle, addresses
from bridge.publish import body
from bridge.publish.contents import by_page, by_section, in_print_order
from bridge.publish.epub import container
from bridge.publish.epub.cover import drawing
from bridge.publish.site.press import Press
from bridge.publish.templates import environment

TYPES = {ending: kind for ending, kind in body.IMAGE_TYPES.items() if ending != "avif"}
"""Pictures that every e-reader must show (EPUB 3.3 §3.2), by ending."""

MOST_PICTURES = 50_000_000
"""Bytes of all pictures of one book; what comes after stands as its caption alone."""

Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """What every part of one book is made with."""

    press: Press
    channel: Channel
    issue: Issue
    changed: dt.datetime
    articles: tuple[StoredArticle, ...]  # in print order
    pictures: dict[str, bytes]  # by path
    cover: str  # path inside the book

    @property
    def title(self) -> str:
        """Return what the e-reader's shelf shows."""
        say, paper = self.press.say, self.channel.paper
        return say("edition.book_title", paper=paper.title, date=say.date(self.issue.date))


def render(
    channel: Channel, issue: Issue, changed: dt.datetime, read: Read = lambda path: None
) -> bytes:
    """Return one edition as a book; the channel's entries are its articles.

    `changed` is when its content last did; `read` returns the bytes of a picture by its path
    below the site, None for what is not held.
    """
    book = _book(channel, issue, changed, read)
    parts = {
        "META-INF/container.xml": _render("container.xml", book),
        "EPUB/package.opf": _package(book),
        "EPUB/nav.xhtml": _render("nav.xhtml", book, groups=_groups(book)),
        "EPUB/book.css": files("bridge.publish.epub").joinpath("book.css").read_bytes(),
        "EPUB/cover.xhtml": _render("cover.xhtml", book),
        "EPUB/cover.svg": drawing(book.press, channel.paper, issue, book.articles),
        **{f"EPUB/text/{one.key}.xhtml": _article(book, one) for one in book.articles},
        **{f"EPUB/{path}": data for path, data in book.pictures.items()},
    }
    return container.pack(parts, issue.date)


def _book(channel: Channel, issue: Issue, changed: dt.datetime, read: Read) -> _Book:
    articles = tuple(in_print_order(channel.entries))
    front = [page.image.path for page in issue.pages[:1] if page.image]
    photos = (photo for stored in articles for photo in stored.article.photos)
    wanted = [*front, *(path for photo in photos if (path := body.own_image(photo)))]
    pictures = _held(wanted, read)
    covers = [path for path in front if path in pictures]
    return _Book(
        press=Press(site=channel.site, language=channel.paper.language, federates=False),
        channel=channel,
        issue=issue,
        changed=changed,
        articles=articles,
        pictures=pictures,
        cover=covers[0] if covers else "cover.svg",
    )


def _held(wanted: list[str], read: Read) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MOST_PICTURES
    for path in dict.fromkeys(wanted):
        if path.rpartition(".")[2] not in TYPES:
            continue
        data = read(path)
        if data is not None and len(data) <= left:
            found[path] = data
            left -= len(data)
    return found


def _package(book: _Book) -> bytes:
    paper, issue = book.channel.paper, book.issue
    return _render(
        "package.opf",
        book,
        id=addresses.edition_id(paper.authority, issue.date, paper.id),
        modified=book.changed.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        pictures=[(path, TYPES[path.rpartition(".")[2]]) for path in book.pictures],
        number=issue.number if issue.number and issue.number.isdecimal() else None,
    )


def _groups(book: _Book) -> list[tuple[str, list[StoredArticle]]]:
    """Return the contents: by page where the articles have pages, else by section."""
    press, channel = book.press, replace(book.channel, issue=book.issue)
    if all(stored.article.pages for stored in book.articles):
        pages = by_page(channel)
        return [(press.page_name(page), found) for page, found in pages if found]
    return [(section.title, found) for section, found in by_section(channel)]


def _article(book: _Book, stored: StoredArticle) -> bytes:
    press, paper = book.press, book.channel.paper
    shown = replace(
        stored.article,
        photos=tuple(_shown(photo, book.pictures) for photo in stored.article.photos),
    )
    return _render(
        "article.xhtml",
        book,
        stored=stored,
        article=stored.article,
        figures=Markup(body.figures(shown, press.say, "..", xml=True)),  # noqa: S704 escaped
        published=press.local(paper, stored.published),
        updated=press.local(paper, stored.updated),
        address=press.url(addresses.article_path(paper.id, stored.key)),
    )


def _shown(photo: Photo, pictures: dict[str, bytes]) -> Photo:
    return photo if photo.image in pictures else replace(photo, image=None)


@cache
def _environment() -> Environment:
    return environment("bridge.publish.epub")


def _render(template: str, book: _Book, **values: Any) -> bytes:
    text = (
        _environment()
        .get_template(template)
        .render(
            book=book,
            press=book.press,
            say=book.press.say,
            paper=book.channel.paper,
            issue=book.issue,
            **values,
        )
    )
    return text.encode("utf-8", "replace")
