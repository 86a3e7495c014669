"""Every page of the site as bytes: finished HTML that works without script and without us.

Jinja2 with autoescape and strict names; templates and styles are packaged beside this module.
The same values give the same bytes, whatever the time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from bridge import __version__
from bridge.model import (
    Channel,
    Issue,
    Newspaper,
    Notice,
    Page,
    Reply,
    Revision,
    Site,
    StoredArticle,
    addresses,
)
from bridge.publish import body
from bridge.publish import entry as entries
from bridge.publish import versions as differences
from bridge.publish.contents import by_page, by_section, in_print_order
from bridge.publish.site import linked_data
from bridge.publish.site.press import Press
from bridge.publish.site.zones import outline
from bridge.publish.templates import environment
from bridge.publish.text import uri

ASSETS = ("style.css", "feed.css")
"""Style files, served below `assets/`."""

PRIVATE_ROBOTS = "User-agent: *\nDisallow: /\n"
PUBLIC_ROBOTS = (
    "User-agent: *\nDisallow: /ap/\nDisallow: /admin\nDisallow: /search\n\nSitemap: {sitemap}\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The editions before and after one; None at either end of the archive."""

    previous: date | None = None
    following: date | None = None


def front(site: Site, channels: Sequence[Channel], *, federates: bool = False) -> bytes:
    """Return the front door: every paper with its newest edition's articles as entries."""
    return _render("front.html", _press(site, federates), channels=channels)


def today(
    channel: Channel, neighbours: Neighbours | None = None, *, federates: bool = False
) -> bytes:
    """Return a paper's front page from its newest edition; entries are that edition's."""
    return _render(
        "today.html",
        _press(channel.site, federates, channel.paper),
        channel=channel,
        paper=channel.paper,
        issue=channel.issue,
        neighbours=neighbours or Neighbours(),
        sections=by_section(channel),
    )


def section(channel: Channel, *, federates: bool = False) -> bytes:
    """Return the page of a section, or of all sections, with the entries of its feeds."""
    dates = [
        (day, in_print_order(group))
        for day, group in groupby(channel.entries, key=lambda stored: stored.date)
    ]
    return _render(
        "section.html",
        _press(channel.site, federates, channel.paper),
        channel=channel,
        paper=channel.paper,
        section=channel.section,
        slug=entries.slug(channel),
        title=entries.title(channel),
        description=entries.description(channel),
        dates=dates,
    )


def edition(
    channel: Channel, neighbours: Neighbours | None = None, *, federates: bool = False
) -> bytes:
    """Return the contents of one edition by page; the channel's issue and entries are its."""
    return _render(
        "edition.html",
        _press(channel.site, federates, channel.paper),
        channel=channel,
        paper=channel.paper,
        issue=channel.issue,
        neighbours=neighbours or Neighbours(),
        pages=by_page(channel),
    )


def drawn(issue: Issue | None) -> tuple[Page, ...]:
    """Return the pages of an edition that can be shown as they look in print."""
    return tuple(page for page in (issue.pages if issue else ()) if page.image)


def facsimile(channel: Channel, page: Page, *, federates: bool = False) -> bytes:
    """Return a page as it looks in print, which has an image, with the articles on it."""
    pages = drawn(channel.issue)
    at = [known.label for known in pages].index(page.label)
    on_it = [stored for stored in channel.entries if page.label in stored.article.pages]
    return _render(
        "facsimile.html",
        _press(channel.site, federates, channel.paper),
        paper=channel.paper,
        issue=channel.issue,
        page=page,
        image=page.image,
        pages=pages,
        before=pages[at - 1] if at else None,
        after=pages[at + 1] if at + 1 < len(pages) else None,
        articles=[(stored, _zone(stored, page)) for stored in in_print_order(on_it)],
    )


def _zone(stored: StoredArticle, page: Page) -> str:
    """Return the outline of an article on a page; empty for one that has no boxes there."""
    boxes = stored.article.source.boxes or ()
    return outline(box for box in boxes if box.page == page.label)


def article(
    site: Site,
    paper: Newspaper,
    issue: Issue | None,
    stored: StoredArticle,
    history: Sequence[Revision] = (),
    replies: Sequence[Reply] = (),
    *,
    federates: bool = False,
) -> bytes:
    """Return the page of one article: where it stood, its versions if several, and replies."""
    press = _press(site, federates, paper)
    return _render(
        "article.html",
        press,
        paper=paper,
        issue=issue,
        stored=stored,
        article=stored.article,
        history=history,
        remarks=[version for version in history if version.remark],
        replies=[(reply, Markup(reply.content)) for reply in replies],  # noqa: S704 sanitised
        section=press.section_of(paper, stored),
        image=next(filter(None, map(body.own_image, stored.article.photos)), None),
        authors=body.authors(stored.article),
        sheets=[page for page in drawn(issue) if page.label in stored.article.pages],
        published=stored.published.astimezone(paper.timezone),
        updated=stored.updated.astimezone(paper.timezone),
        linked_data=linked_data.article(press, paper, issue, stored, history),
    )


def versions(
    site: Site,
    paper: Newspaper,
    stored: StoredArticle,
    history: Sequence[Revision],
    *,
    federates: bool = False,
) -> bytes:
    """Return the page that shows what changed from version to version of an article."""
    press = _press(site, federates, paper)
    steps = differences.steps(history, press.say)
    return _render("versions.html", press, paper=paper, stored=stored, steps=steps)


def gone(
    site: Site, paper: Newspaper, stored: StoredArticle, *, federates: bool = False
) -> bytes:
    """Return what stands in the place of a withdrawn article."""
    return _render("gone.html", _press(site, federates, paper), paper=paper, stored=stored)


def notices(
    site: Site, paper: Newspaper, found: Sequence[Notice], *, federates: bool = False
) -> bytes:
    """Return the page of what a paper corrected or withdrew."""
    return _render(
        "corrections.html", _press(site, federates, paper), paper=paper, notices=found
    )


def page(
    template: str, site: Site, paper: Newspaper, *, federates: bool = False, **values: Any
) -> bytes:
    """Return a page that is made when it is asked for, in a paper's language."""
    return _render(template, _press(site, federates, paper), paper=paper, **values)


def not_found(site: Site) -> bytes:
    """Return the page for addresses that lead nowhere."""
    return _render("404.html", _press(site, federates=False))


def robots(site: Site) -> bytes:
    """Return `robots.txt`: a reader's private copy is not for search engines."""
    if site.mode == "reader":
        return PRIVATE_ROBOTS.encode()
    return PUBLIC_ROBOTS.format(
        sitemap=addresses.url(uri(site.base_url), "sitemap.xml")
    ).encode()


def asset(name: str) -> bytes:
    """Return one of the style files."""
    return files("bridge.publish.site").joinpath(f"assets/{name}").read_bytes()


def fingerprint(*told: object) -> str:
    """Return a short text that changes with the values told, the templates or the program."""
    whole = repr((_templates_version(), told)).encode("utf-8", "replace")
    return hashlib.sha256(whole).hexdigest()[:32]


@cache
def _environment() -> Environment:
    return environment("bridge.publish.site")


@cache
def _templates_version() -> str:
    seen = hashlib.sha256(__version__.encode())
    for folder in ("catalogue", "site/templates", "epub/templates"):
        for file in sorted(files("bridge.publish").joinpath(folder).iterdir(), key=str):
            seen.update(file.read_bytes())
    return seen.hexdigest()


def _press(site: Site, federates: bool, paper: Newspaper | None = None) -> Press:
    """Speak the paper's language; pages of no one paper speak that of the first."""
    speaker = paper or next(iter(site.papers), None)
    return Press(site=site, language=speaker.language if speaker else "en", federates=federates)


def _render(template: str, press: Press, **values: Any) -> bytes:
    text = _environment().get_template(template).render(press=press, say=press.say, **values)
    return text.encode("utf-8", "replace")
