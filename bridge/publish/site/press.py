"""Where everything on the site stands, for templates: paths, URLs, handles and words."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from bridge.model import (
    Issue,
    Newspaper,
    Notice,
    Page,
    Section,
    Site,
    StoredArticle,
    addresses,
)
from bridge.publish import body, corrections
from bridge.publish import entry as entries
from bridge.publish.text import line
from bridge.publish.words import Words, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """The site in one language; links are without host, so that pages work on any name."""

    site: Site
    language: str
    federates: bool

    @property
    def say(self) -> Words:
        """Return the catalogue of the page's language."""
        return words(self.language)

    @property
    def private(self) -> bool:
        """Tell whether the site is a reader's own copy: nothing of it is to be indexed."""
        return self.site.mode == "reader"

    @property
    def host(self) -> str:
        """Return the host name that accounts carry."""
        return urlsplit(self.site.base_url).netloc

    def link(self, path: str = "") -> str:
        """Return the address of a path, without scheme and host."""
        return f"{urlsplit(self.site.base_url).path}/{path}"

    def url(self, path: str = "") -> str:
        """Return the absolute URL of a path."""
        return addresses.url(self.site.base_url, path)

    def front(self, paper: Newspaper) -> str:
        """Return the address of a paper's front page."""
        return self.link(addresses.paper_path(paper.id))

    def section(self, paper: Newspaper, slug: str) -> str:
        """Return the address of a section's page."""
        return self.link(addresses.section_path(paper.id, slug))

    def feed(self, paper: Newspaper, slug: str, form: str) -> str:
        """Return the address of a feed file."""
        return self.link(addresses.feed_path(paper.id, slug, form))

    def edition(self, paper: Newspaper, date: dt.date) -> str:
        """Return the address of an edition's contents."""
        return self.link(addresses.edition_path(paper.id, date))

    def facsimile(self, paper: Newspaper, date: dt.date, page: Page) -> str:
        """Return the address of a page as it looks in print."""
        return self.link(addresses.facsimile_path(paper.id, date, page.label))

    def search(self, paper: Newspaper) -> str:
        """Return the address at which a paper is searched; of all where there is one paper."""
        within = f"?in={paper.id}" if len(self.site.papers) > 1 else ""
        return self.link(addresses.SEARCH) + within

    def archive(self, paper: Newspaper, date: dt.date) -> str:
        """Return the address of an edition's archive document."""
        return self.link(addresses.archive_path(paper.id, date))

    def article(self, stored: StoredArticle) -> str:
        """Return the address of an article's page."""
        return self.link(addresses.article_path(stored.paper, stored.key))

    def differences(self, stored: StoredArticle) -> str:
        """Return the address of the page that compares an article's versions."""
        return self.link(addresses.differences_path(stored.paper, stored.key))

    def local(self, paper: Newspaper, moment: dt.datetime) -> dt.datetime:
        """Return a moment, in whole seconds, in the paper's time zone."""
        return moment.replace(microsecond=0).astimezone(paper.timezone)

    def notice(self, paper: Newspaper, notice: Notice) -> str:
        """Return the heading of a correction or withdrawal."""
        return corrections.title(notice, paper, self.say)

    def said(self, notice: Notice) -> tuple[str, ...]:
        """Return what a correction or withdrawal says, by paragraph."""
        return corrections.texts(notice, self.say)

    def headline(self, stored: StoredArticle) -> str:
        """Return the article's headline, or what stands for one."""
        return entries.headline(stored, self.say)

    def label(self, stored: StoredArticle) -> str:
        """Return the column an article stands in, or else the word for its kind."""
        banner = " · ".join(map(line, stored.article.banner))
        return banner or self.say(f"kind.{stored.article.kind}")

    def byline(self, stored: StoredArticle) -> str:
        """Return who made the article, as one phrase."""
        return body.byline(stored.article, self.say)

    def figures(self, stored: StoredArticle) -> Markup:
        """Return the pictures of an article as HTML."""
        base = self.link().removesuffix("/")
        return Markup(body.figures(stored.article, self.say, base))  # noqa: S704 escaped there

    def paragraphs(self, stored: StoredArticle) -> Markup:
        """Return the body of an article as HTML."""
        return Markup(body.paragraphs(stored.article, self.say, "h2"))  # noqa: S704 escaped there

    def printed(self, paper: Newspaper, stored: StoredArticle, issue: Issue | None) -> str:
        """Return where the article stood in print."""
        return entries.printed(paper, stored, issue.number if issue else None)

    def page_name(self, page: Page) -> str:
        """Return a page's label and title."""
        if page.name:
            return self.say("edition.page_named", label=page.label, name=line(page.name))
        return self.say("edition.page", label=page.label)

    def section_of(self, paper: Newspaper, stored: StoredArticle) -> Section:
        """Return the section an article stands in."""
        return entries.section_of(paper, stored)

    def has_account(self, paper: Newspaper, section: Section | None) -> bool:
        """Tell whether there is a fediverse account to follow."""
        if not self.federates or self.private:
            return False
        sections = (section,) if section else paper.sections
        return any(one.federate != "off" for one in sections)

    def handle(self, paper: Newspaper, section: Section | None) -> str:
        """Return the account's name as one types it into a search field."""
        name = addresses.actor_name(paper.id, section.slug if section else None)
        return f"@{name}@{self.host}"

    def actor(self, paper: Newspaper, section: Section | None) -> str:
        """Return the id of a section's account, or of the paper's own."""
        name = addresses.actor_name(paper.id, section.slug if section else None)
        return addresses.actor_id(self.site.base_url, name)

    def object(self, stored: StoredArticle) -> str:
        """Return the id of the article's ActivityPub object."""
        return addresses.object_id(self.site.base_url, stored.key)
