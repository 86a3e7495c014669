"""`Link` headers of published files (RFC 8288): where a page's feeds are, and what a feed is.

Said of a file by its path alone, as the output is laid out (`bridge.model.addresses`), so that
programs which read no HTML find the feeds too.
"""

from functools import lru_cache

from bridge.model import addresses

TYPES = {
    "rss.xml": "application/rss+xml",
    "atom.xml": "application/atom+xml",
    "feed.json": "application/feed+json",
}
"""The forms of a channel, by the names of their files."""

OPML = "text/x-opml"


@lru_cache(maxsize=4096)
def link(base_url: str, path: str, hubs: tuple[str, ...] = ()) -> str | None:
    """Return the header's value for a published file; None where it has none.

    `hubs` are those that feeds name (WebSub §4).
    """
    folder, _, name = path.rpartition("/")
    if name in TYPES:
        page = _one(f"{base_url}/{folder}/", "alternate", "text/html")
        told = (f'<{hub}>; rel="hub"' for hub in hubs)
        return ", ".join((f'<{base_url}/{path}>; rel="self"', *told, page))
    if not name.endswith(".html"):
        return None
    if not folder:
        return _one(f"{base_url}/opml.xml", "alternate", OPML)
    return ", ".join(
        _one(addresses.url(base_url, feed), "alternate", TYPES[feed.rpartition("/")[2]])
        for feed in _feeds(folder)
    )


def _feeds(folder: str) -> tuple[str, ...]:
    """Return the feeds that a page in a folder announces: its channel's, else the paper's."""
    paper, _, rest = folder.partition("/")
    if rest == addresses.CORRECTIONS:
        return (addresses.feed_path(paper, rest, "atom.xml"),)
    slug = addresses.ALL if rest == "" or rest.partition("/")[0] in ("a", "e") else rest
    return tuple(addresses.feed_path(paper, slug, form) for form in TYPES)


def _one(url: str, rel: str, kind: str) -> str:
    return f'<{url}>; rel="{rel}"; type="{kind}"'
