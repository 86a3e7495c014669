"""Every path and id that Broadsheet hands out, in one place, since all of them stay for ever.

Layout of the output: design §5; identity: §4; HTTP: §6. Paths start without a slash, URLs are
absolute. RFC 4151 governs `tag:` URIs.
"""

import datetime as dt

RESERVED = frozenset(
    "a e all corrections by beat media ap hub search admin api static assets feeds "
    "livez readyz metrics nodeinfo well-known robots index opml sitemap instance".split()
)
"""Names refused as paper ids and section slugs: they are rooms of the site itself."""

CORRECTIONS = "corrections"
"""The folder of what a paper corrected or withdrew."""

ALL = "all"
"""The slug of the channel that holds every section of a paper."""


def guid(authority: str, date: dt.date, key: str) -> str:
    """Return the article's `tag:` URI, its guid and Atom id."""
    return f"tag:{authority},{date.isoformat()}:{key}"


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


def feed_path(paper: str, section: str, form: str) -> str:
    """Return the path of a feed file; `form` is `rss.xml`, `atom.xml` or `feed.json`."""
    return f"{paper}/{section}/{form}"


def edition_path(paper: str, date: dt.date) -> str:
    """Return the folder of an edition, with a trailing slash."""
    return f"{paper}/e/{date.isoformat()}/"


def archive_path(paper: str, date: dt.date) -> str:
    """Return the path of an edition's archive document (RFC 5005)."""
    return f"{edition_path(paper, date)}archive.atom"


def url(base_url: str, path: str) -> str:
    """Return the absolute URL of a path."""
    return f"{base_url}/{path}"


def actor_name(paper: str, section: str | None) -> str:
    """Return the user name of a section's account, or the paper's own for None."""
    return paper if section is None else f"{paper}_{section}"


def actor_id(base_url: str, name: str) -> str:
    """Return the id of an actor; the instance actor has the name `instance`."""
    return f"{base_url}/ap/actors/{name}"


def key_id(actor: str) -> str:
    """Return the id of an actor's main key."""
    return f"{actor}#main-key"


def object_id(base_url: str, key: str) -> str:
    """Return the id of an article's ActivityPub object."""
    return f"{base_url}/ap/o/{key}"


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
