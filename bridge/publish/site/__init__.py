"""The static site: front door, today, edition, section and article pages."""

from bridge.publish.site.pages import (
    ASSETS,
    Neighbours,
    article,
    asset,
    edition,
    fingerprint,
    front,
    not_found,
    robots,
    section,
    today,
)

__all__ = [
    "ASSETS",
    "Neighbours",
    "article",
    "asset",
    "edition",
    "fingerprint",
    "front",
    "not_found",
    "robots",
    "section",
    "today",
]
