"""Objects: an article as a `Note`, and the `Tombstone` it leaves when it is withdrawn.

A Note by default, since others show an Article as title and link only, or hide it behind a
warning; and never with a `summary`, which Mastodon, GoToSocial and Misskey read as a content
warning.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.federation.vocabulary.content import content, hashtags
from bridge.federation.vocabulary.terms import OBJECT_CONTEXT, PUBLIC, moment
from bridge.model import Actor, Json, Picture, Section, StoredArticle, addresses

MOST_PICTURES = 4
"""Mastodon takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a post needs beside its article; only the operator's settings ask for most of it."""

    pictures: tuple[Picture, ...] = ()
    byline: str = ""  # plain text
    body: str = ""  # the whole article as HTML, for an Article
    released: dt.datetime | None = None  # None: when it was first seen


PLAIN = Details()


def note(
    entry: StoredArticle,
    actor: Actor,
    section: Section,
    base_url: str,
    details: Details = PLAIN,
) -> Json:
    """Return an article as a post by its section's template: headline, link, hashtags."""
    page, tag_url = places(entry, base_url)
    tags = hashtags(entry, section)
    text = content(entry, section, page, tag_url, byline=details.byline)
    document = envelope("Note", entry.key, actor, base_url, released(entry, details))
    document |= {
        "url": page,
        "content": text,
        **language(text, entry.article.language),
        "sensitive": False,
        "tag": tag_objects(tags, tag_url),
        "attachment": [image(picture) for picture in details.pictures[:MOST_PICTURES]],
        "replies": addresses.replies(document["id"]),
        "context": addresses.conversation(base_url, entry.paper, entry.date),
        "interactionPolicy": policy(),
    }
    return document | changed(entry, details)


def tombstone(key: str, base_url: str, deleted: dt.datetime, former: str = "Note") -> Json:
    """Return what stands at the id of a withdrawn article, answered with 410."""
    return {
        "@context": list(OBJECT_CONTEXT),
        "id": addresses.object_id(base_url, key),
        "type": "Tombstone",
        "formerType": former,
        "deleted": moment(deleted),
    }


def envelope(type: str, key: str, actor: Actor, base_url: str, published: dt.datetime) -> Json:
    """Return what every post begins with."""
    owner = addresses.actor_id(base_url, actor.name)
    return {
        "@context": list(OBJECT_CONTEXT),
        "id": addresses.object_id(base_url, key),
        "type": type,
        "attributedTo": owner,
        "to": [PUBLIC],
        "cc": [addresses.followers(owner)],
        "published": moment(published),
    }


def language(text: str, tag: str) -> Json:
    """Return the language of a text.

    One key only, with the same text: GoToSocial looks for the value that equals `content`.
    """
    return {"contentMap": {tag: text}}


def policy() -> Json:
    """Return what others may do: without it, Mastodon lets nobody quote (FEP-044f)."""
    return {"canQuote": {"automaticApproval": [PUBLIC]}}


def places(entry: StoredArticle, base_url: str) -> tuple[str, str]:
    """Return the addresses of an article's page and of its section's."""
    return (
        addresses.url(base_url, addresses.article_path(entry.paper, entry.key)),
        addresses.url(base_url, addresses.section_path(entry.paper, entry.section)),
    )


def tag_objects(tags: Sequence[str], tag_url: str) -> list[Json]:
    """Return hashtags as a post lists them beside the links in its text."""
    return [{"type": "Hashtag", "name": f"#{tag}", "href": tag_url} for tag in tags]


def image(picture: Picture) -> Json:
    """Return a picture as an attachment, its words as the text for who cannot see it."""
    document: Json = {
        "type": "Image",
        "mediaType": picture.media_type,
        "url": picture.url,
        "name": picture.alt,
    }
    if picture.width and picture.height:
        document |= {"width": picture.width, "height": picture.height}
    if picture.blurhash:
        document["blurhash"] = picture.blurhash
    if picture.focus:
        document["focalPoint"] = list(picture.focus)
    return document


def changed(entry: StoredArticle, details: Details = PLAIN) -> Json:
    """Return the moment of the last revision, if there was one."""
    return {"updated": moment(revised(entry, details))} if entry.revision > 1 else {}


def released(entry: StoredArticle, details: Details = PLAIN) -> dt.datetime:
    """Return the moment of release; posts dated hours back never reach home timelines."""
    return (details.released or entry.first_seen).replace(microsecond=0)


def revised(entry: StoredArticle, details: Details = PLAIN) -> dt.datetime:
    """Return the moment of the last revision, always later than `released`.

    An edit with an `updated` before `published` is dropped by GoToSocial, one with an equal
    `updated` by Mastodon.
    """
    least = released(entry, details) + dt.timedelta(seconds=entry.revision - 1)
    return max(entry.updated, least)
