"""Objects: an article as a `Note`, and the `Tombstone` it leaves when it is withdrawn.

A Note, since others show an Article as title and link only, or hide it behind a warning; and
never with a `summary`, which Mastodon, GoToSocial and Misskey read as a content warning.
"""

import datetime as dt
import html
import re

from bridge.federation.vocabulary.terms import (
    OBJECT_CONTEXT,
    PUBLIC,
    link,
    moment,
    paragraphs,
    text,
)
from bridge.model import Actor, Json, Section, StoredArticle, addresses

MOST_TAGS = 5

_NOT_IN_TAGS = re.compile(r"[^\w]+")


def note(entry: StoredArticle, actor: Actor, section: Section, base_url: str) -> Json:
    """Return an article as a post: bold headline, standfirst, link, hashtags."""
    owner = addresses.actor_id(base_url, actor.name)
    page = addresses.url(base_url, addresses.article_path(entry.paper, entry.key))
    tags = hashtags(entry, section)
    tag_url = addresses.url(base_url, addresses.section_path(entry.paper, entry.section))
    content = _content(entry, page, tags, tag_url)
    document: Json = {
        "@context": list(OBJECT_CONTEXT),
        "id": addresses.object_id(base_url, entry.key),
        "type": "Note",
        "attributedTo": owner,
        "to": [PUBLIC],
        "cc": [addresses.followers(owner)],
        "published": moment(released(entry)),
        "url": page,
        "content": content,
        # one key only, with the same text: GoToSocial looks for the value that equals content
        "contentMap": {entry.article.language: content},
        "sensitive": False,
        "tag": [{"type": "Hashtag", "name": f"#{tag}", "href": tag_url} for tag in tags],
        "attachment": [],
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}},
    }
    if entry.revision > 1:
        document["updated"] = moment(revised(entry))
    return document


def tombstone(key: str, base_url: str, deleted: dt.datetime) -> Json:
    """Return what stands at the id of a withdrawn article, answered with 410."""
    return {
        "@context": list(OBJECT_CONTEXT),
        "id": addresses.object_id(base_url, key),
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": moment(deleted),
    }


def hashtags(entry: StoredArticle, section: Section) -> tuple[str, ...]:
    """Return the hashtags of an article without `#`: its section, then its keywords."""
    tags: dict[str, str] = {}
    for words in (section.title, *entry.article.keywords):
        tag = _hashtag(words)
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())[:MOST_TAGS]


def released(entry: StoredArticle) -> dt.datetime:
    """Return the moment of release; posts dated hours back never reach home timelines."""
    return entry.first_seen.replace(microsecond=0)


def revised(entry: StoredArticle) -> dt.datetime:
    """Return the moment of the last revision, always later than `released`.

    An edit with an `updated` before `published` is dropped by GoToSocial, one with an equal
    `updated` by Mastodon.
    """
    least = released(entry) + dt.timedelta(seconds=entry.revision - 1)
    return max(entry.updated, least)


def _content(entry: StoredArticle, page: str, tags: tuple[str, ...], tag_url: str) -> str:
    parts = [
        f"<p><strong>{text(entry.article.headline)}</strong></p>",
        paragraphs(entry.summary),
    ]
    parts.append(f"<p>{link(page, page)}</p>")
    if tags:
        # the class and rel keep Mastodon from taking a hashtag for the link of the preview card
        href = html.escape(tag_url)
        anchors = (
            f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{text(tag)}</span></a>'
            for tag in tags
        )
        parts.append(f"<p>{' '.join(anchors)}</p>")
    return "".join(parts)


def _hashtag(words: str) -> str | None:
    """Return words as one hashtag, `Local news` as `LocalNews`; None when nothing is left."""
    parts = [part for part in _NOT_IN_TAGS.split(words) if part]
    if len(parts) > 1:
        parts = [part[0].upper() + part[1:] for part in parts]
    tag = "".join(parts)
    return tag if tag and not tag.isdecimal() else None
