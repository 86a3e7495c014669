"""Every path and id that Broadsheet hands out, in one place, since all of them stay for ever.

Layout of the output: design §5; identity: §4; HTTP: §6. Paths start without a slash, URLs are
absolute. RFC 4151 governs `tag:` URIs.
"""

import datetime as dt

RESERVED = frozenset(
    "a e all corrections replies by beat media ap hub search admin api static assets feeds "
    "livez readyz metrics nodeinfo well-known r robots index opml sitemap instance".split()
)
"""Names refused as paper ids and section slugs: they are rooms of the site itself."""

CORRECTIONS = "corrections"
"""The folder of what a paper corrected or withdrew."""

BEAT = "beat"
"""The folder of a paper's beats."""

SEARCH = "search"
"""The path of the search page; the feeds of a search stand at `search.rss` and so on."""

REPLIES = "replies"
"""The folder of what readers answered, and the part of an article's page that shows it."""

PERSONAL = "r"
"""The folder of personal addresses in a private copy; a token follows."""

ALL = "all"
"""The slug of the channel that holds every section of a paper."""


def personal(base_url: str, token: str) -> str:
    """Return what all addresses of one reader of a private copy start with."""
    return f"{base_url}/{PERSONAL}/{token}"


def guid(authority: str, date: dt.date, key: str) -> str:
    """Return the article's `tag:` URI, its guid and Atom id."""
    return f"tag:{authority},{date.isoformat()}:{key}"


def edition_id(authority: str, date: dt.date, paper: str) -> str:
    """Return the `tag:` URI of an edition as a whole: of its book, and in catalogues."""
    return f"tag:{authority},{date.isoformat()}:{paper}"


def notice_id(authority: str, date: dt.date, key: str, name: str) -> str:
    """Return the id of a notice about an article; `name` is a version or `withdrawal`."""
    return f"{guid(authority, date, key)}/{name}"


def channel_id(authority: str, founded: str, paper: str, section: str) -> str:
    """Return the `tag:` URI of a feed; `founded` is a fixed year of the authority's tenure."""
    return f"tag:{authority},{founded}:{paper}/{section}"


def article_path(paper: str, key: str) -> str:
    """Return the path of an article's page."""
    return f"{paper}/a/{key}.html"


def differences_path(paper: str, key: str) -> str:
    """Return the path of the page that shows what changed between an article's versions."""
    return f"{paper}/a/{key}.diff.html"


def tombstone_path(paper: str, key: str) -> str:
    """Return the path of what is answered, with 410, for a withdrawn article's pages."""
    return f"{paper}/a/{key}.gone"


def paper_path(paper: str) -> str:
    """Return the folder of a paper's front page, with a trailing slash."""
    return f"{paper}/"


def section_path(paper: str, section: str) -> str:
    """Return the folder of a section's feeds and page, with a trailing slash."""
    return f"{paper}/{section}/"


def beat_slug(slug: str) -> str:
    """Return what stands for a section's slug in the addresses of a beat."""
    return f"{BEAT}/{slug}"


def feed_path(paper: str, section: str, form: str) -> str:
    """Return the path of a feed file; `form` is `rss.xml`, `atom.xml` or `feed.json`."""
    return f"{paper}/{section}/{form}"


def edition_path(paper: str, date: dt.date) -> str:
    """Return the folder of an edition, with a trailing slash."""
    return f"{paper}/e/{date.isoformat()}/"


def facsimile_path(paper: str, date: dt.date, label: str) -> str:
    """Return the path of a page as it looks in print; `label` is canonical (`A1`, `06`)."""
    return f"{edition_path(paper, date)}{label}.html"


def archive_path(paper: str, date: dt.date) -> str:
    """Return the path of an edition's archive document (RFC 5005)."""
    return f"{edition_path(paper, date)}archive.atom"


def book_path(paper: str, date: dt.date) -> str:
    """Return the path of an edition as a book (EPUB)."""
    return f"{edition_path(paper, date)}edition.epub"


def sitemap_path(paper: str) -> str:
    """Return the path of the list of a paper's pages, for search engines."""
    return f"{paper}/sitemap.xml"


def news_path(paper: str) -> str:
    """Return the path of the list of a paper's newest articles, for search engines."""
    return f"{paper}/news.xml"


def catalogue_path(paper: str) -> str:
    """Return the path of the catalogue of a paper's books (OPDS)."""
    return f"{paper}/opds.xml"


def url(base_url: str, path: str) -> str:
    """Return the absolute URL of a path."""
    return f"{base_url}/{path}"


def actor_name(paper: str, section: str | None) -> str:
    """Return the user name of a section's account, or the paper's own for None."""
    return paper if section is None else f"{paper}_{section}"


def actor_id(base_url: str, name: str) -> str:
    """Return the id of an actor; the instance actor has the name `instance`."""
    return f"{base_url}/ap/actors/{name}"


def key_id(actor: str, name: str = "main-key") -> str:
    """Return the id of one of an actor's keys."""
    return f"{actor}#{name}"


def object_id(base_url: str, key: str) -> str:
    """Return the id of an article's ActivityPub object."""
    return f"{base_url}/ap/o/{key}"


def replies(object: str) -> str:
    """Return the collection of the approved replies to an object, given by id."""
    return f"{object}/replies"


def digest_key(paper: str, date: dt.date, section: str) -> str:
    """Return the key of a section's digest; no article's key has a fourth part."""
    return f"{paper}-{date:%Y%m%d}-{section}-digest"


def conversation(base_url: str, paper: str, date: dt.date) -> str:
    """Return the id of the collection of an edition's posts, the `context` of each."""
    return f"{base_url}/ap/editions/{paper}/{date.isoformat()}"


def quote_id(base_url: str, name: str) -> str:
    """Return the id of an agreement to be quoted."""
    return f"{base_url}/ap/quotes/{name}"


def activity_id(base_url: str, name: str) -> str:
    """Return the id of one of our activities."""
    return f"{base_url}/ap/activities/{name}"


def shared_inbox(base_url: str) -> str:
    """Return the inbox that serves every actor of the host."""
    return f"{base_url}/ap/inbox"


INSTANCE = "instance"
"""The name of the actor that is the server itself; reserved, so that no paper has it."""


def inbox(actor: str) -> str:
    """Return the inbox of an actor, given by id."""
    return f"{actor}/inbox"


def outbox(actor: str) -> str:
    """Return the outbox of an actor, given by id."""
    return f"{actor}/outbox"


def followers(actor: str) -> str:
    """Return the collection of an actor's followers."""
    return f"{actor}/followers"


def following(actor: str) -> str:
    """Return the collection of what an actor follows: always empty, but asked for."""
    return f"{actor}/following"


def featured(actor: str) -> str:
    """Return the collection of an actor's pinned posts."""
    return f"{actor}/featured"


def introduction(actor: str) -> str:
    """Return the pinned post that says what an actor is."""
    return f"{actor}/about"


def latest_edition(actor: str, date: dt.date) -> str:
    """Return the post of an edition that an actor has pinned while it is the newest."""
    return f"{actor}/editions/{date.isoformat()}"


def portrait(base_url: str, name: str) -> str:
    """Return the address of a picture that accounts show of themselves."""
    return f"{base_url}/ap/portraits/{name}"
