"""What each kind of published file is to whoever fetches it: from the program or a bucket."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """How one kind of file is served."""

    type: str
    max_age: int | None = 600  # seconds; None = the feeds' own, from the config
    twin: bool = True  # may have a compressed twin
    in_browser: str | None = None  # the type for a browser that opens it as a page
    immutable: bool = False


_XML = "application/xml; charset=utf-8"
_IMAGE_AGE = 31_536_000

FEEDS = {
    "rss.xml": FileType(
        type="application/rss+xml; charset=utf-8", max_age=None, in_browser=_XML
    ),
    "atom.xml": FileType(
        type="application/atom+xml; charset=utf-8", max_age=None, in_browser=_XML
    ),
    "feed.json": FileType(
        type="application/feed+json; charset=utf-8",
        max_age=None,
        in_browser="application/json; charset=utf-8",
    ),
    "opml.xml": FileType(type="text/x-opml; charset=utf-8", in_browser=_XML),
    "archive.atom": FileType(type="application/atom+xml; charset=utf-8", in_browser=_XML),
    "opds.xml": FileType(
        type="application/atom+xml;profile=opds-catalog;charset=utf-8", in_browser=_XML
    ),
}
"""By the whole name: programs get the registered type, a browser one that it shows."""

TYPES = {
    "html": FileType(type="text/html; charset=utf-8", max_age=300),
    "css": FileType(type="text/css; charset=utf-8", max_age=3600),
    "json": FileType(type="application/json; charset=utf-8"),
    "txt": FileType(type="text/plain; charset=utf-8", max_age=3600),
    "xml": FileType(type=_XML),
    "svg": FileType(type="image/svg+xml; charset=utf-8"),
    "epub": FileType(type="application/epub+zip", twin=False),
    **{
        ending: FileType(type=kind, max_age=_IMAGE_AGE, twin=False, immutable=True)
        for ending, kind in (
            ("avif", "image/avif"),
            ("gif", "image/gif"),
            ("jpeg", "image/jpeg"),
            ("jpg", "image/jpeg"),
            ("png", "image/png"),
            ("webp", "image/webp"),
        )
    },
}
"""By ending; a file of any other kind is not served."""


def cache_control(kind: FileType, ttl: int, who: str = "public") -> str:
    """Return how long an answer may be kept, and by whom; feeds for `ttl` seconds."""
    age = ttl if kind.max_age is None else kind.max_age
    return f"{who}, max-age={age}{', immutable' if kind.immutable else ''}"


def file_type(path: str) -> FileType | None:
    """Return how the file at a path is served; None when it is not."""
    name = path.rpartition("/")[2]
    return FEEDS.get(name) or TYPES.get(name.rpartition(".")[2])
