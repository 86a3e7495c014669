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

from jinja2 import Environment, PackageLoader, StrictUndefined

from bridge import __version__
from bridge.model import (
    Channel,
    Issue,
    Newspaper,
    Notice,
    Page,
    Revision,
    Site,
    StoredArticle,
)
from bridge.publish import body
from bridge.publish import entry as entries
from bridge.publish import versions as differences
from bridge.publish.site import linked_data
from bridge.publish.site.press import Press
from bridge.publish.text import clean

ASSETS = ("style.css", "feed.css")
"""Style files, served below `assets/`."""

PRIVATE_ROBOTS = "User-agent: *\nDisallow: /\n"


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
        sections=_by_section(channel),
    )


def section(channel: Channel, *, federates: bool = False) -> bytes:
    """Return the page of a section, or of all sections, with the entries of its feeds."""
    dates = [
        (day, _in_print_order(group))
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
        pages=_by_page(channel),
    )


def article(
    site: Site,
    paper: Newspaper,
    issue: Issue | None,
    stored: StoredArticle,
    history: Sequence[Revision] = (),
    *,
    federates: bool = False,
) -> bytes:
    """Return the page of one article: the edition it stood in, and its versions if several."""
    press = _press(site, federates, paper)
    images = [image for photo in stored.article.photos if (image := body.own_image(photo))]
    return _render(
        "article.html",
        press,
        paper=paper,
        issue=issue,
        stored=stored,
        article=stored.article,
        history=history,
        remarks=[version for version in history if version.remark],
        section=press.section_of(paper, stored),
        image=images[0] if images else None,
        authors=body.authors(stored.article),
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


def not_found(site: Site) -> bytes:
    """Return the page for addresses that lead nowhere."""
    return _render("404.html", _press(site, federates=False))


def robots(site: Site) -> bytes:
    """Return `robots.txt`: a reader's private copy is not for search engines."""
    if site.mode == "reader":
        return PRIVATE_ROBOTS.encode()
    return b"User-agent: *\nDisallow: /ap/\nDisallow: /admin\n"


def asset(name: str) -> bytes:
    """Return one of the style files."""
    return files("bridge.publish.site").joinpath(f"assets/{name}").read_bytes()


def fingerprint(*told: object) -> str:
    """Return a short text that changes with the values told, the templates or the program."""
    whole = repr((_templates_version(), told)).encode("utf-8", "replace")
    return hashlib.sha256(whole).hexdigest()[:32]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bridge.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )


@cache
def _templates_version() -> str:
    seen = hashlib.sha256(__version__.encode())
    for folder in ("catalogue", "site/templates"):
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


def _in_print_order(group: Any) -> list[StoredArticle]:
    return sorted(group, key=lambda stored: (stored.article.order, stored.key))


def _by_section(channel: Channel) -> list[tuple[Any, list[StoredArticle]]]:
    """Return the sections that have articles, in print order; removed sections come last."""
    found = {
        entry.section: entries.section_of(channel.paper, entry) for entry in channel.entries
    }
    order = [section.slug for section in channel.paper.sections if section.slug in found]
    order += sorted(found.keys() - set(order))
    return [
        (found[slug], _in_print_order(e for e in channel.entries if e.section == slug))
        for slug in order
    ]


def _by_page(channel: Channel) -> list[tuple[Page, list[StoredArticle]]]:
    """Return the pages of the edition with the articles that begin on each."""
    pages = {page.label: page for page in (channel.issue.pages if channel.issue else ())}
    found: dict[str, list[StoredArticle]] = {label: [] for label in pages}
    for stored in _in_print_order(channel.entries):
        label = next(iter(stored.article.pages), "")
        found.setdefault(label, []).append(stored)
    return [(pages.get(label, Page(label=label)), found[label]) for label in found]
