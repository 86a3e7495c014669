"""The static site: front door, today, edition, section and article pages."""

from bridge.publish.site.pages import (
    ASSETS,
    Neighbours,
    article,
    asset,
    drawn,
    edition,
    facsimile,
    fingerprint,
    front,
    gone,
    not_found,
    notices,
    robots,
    section,
    today,
    versions,
)

__all__ = [
    "ASSETS",
    "Neighbours",
    "article",
    "asset",
    "drawn",
    "edition",
    "facsimile",
    "fingerprint",
    "front",
    "gone",
    "not_found",
    "notices",
    "robots",
    "section",
    "today",
    "versions",
]
