"""JSON Feed 1.1 from the same entries as RSS and Atom; https://jsonfeed.org/version/1.1.

An author or a picture that is not known is left out, for no value of a feed may be null.
"""

import json
from collections.abc import Sequence

from bridge.model import Json
from bridge.publish.entry import Entry, Head, Picture

VERSION = "https://jsonfeed.org/version/1.1"


def render(about: Head, entries: Sequence[Entry]) -> bytes:
    """Return a feed with these entries, in their order."""
    feed = {
        "version": VERSION,
        "title": about.title,
        "home_page_url": about.page,
        "feed_url": about.form("feed.json"),
        "description": about.description,
        "authors": [{"name": about.publisher, "url": about.publisher_page}],
        "language": about.language,
        **({"hubs": [_hub(url) for url in about.hubs]} if about.hubs else {}),
        "items": [_item(entry) for entry in entries],
    }
    return (json.dumps(feed, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _hub(url: str) -> Json:
    return {"type": "WebSub", "url": url}


def _item(entry: Entry) -> Json:
    pictures = entry.pictures
    told: Json = {
        "id": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        **_text(entry),
        "image": pictures[0].url if pictures else None,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(dict.fromkeys(category.label for category in entry.categories)),
        "language": entry.language,
        "attachments": [_attachment(picture) for picture in pictures],
    }
    return {name: value for name, value in told.items() if value}


def _text(entry: Entry) -> Json:
    """Return what the item says: every item must say something, be it its title again."""
    if entry.content:
        return {"content_html": entry.content}
    return {"content_text": entry.summary or entry.title}


def _attachment(picture: Picture) -> Json:
    size = {} if picture.length is None else {"size_in_bytes": picture.length}
    return {"url": picture.url, "mime_type": picture.type, **size}
