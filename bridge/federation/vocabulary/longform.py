"""An article as an `Article`, for who reads it whole in the fediverse (FEP-b2b8).

Mastodon shows its name, summary and link; GoToSocial, WordPress, Ghost and others all of it.
"""

from bridge.federation.vocabulary.content import content, hashtags, heading
from bridge.federation.vocabulary.objects import (
    MOST_PICTURES,
    PLAIN,
    Details,
    changed,
    envelope,
    image,
    language,
    places,
    policy,
    released,
    tag_objects,
)
from bridge.federation.vocabulary.terms import text
from bridge.model import Actor, Json, Section, StoredArticle, addresses

LONGEST_SUMMARY = 500

PREVIEW = "**{headline}**\n\n{standfirst}"
"""A preview says what the article is about and leads nowhere (FEP-b2b8)."""


def article(
    entry: StoredArticle,
    actor: Actor,
    section: Section,
    base_url: str,
    details: Details = PLAIN,
) -> Json:
    """Return an article as a long post; `details.body` is its text as HTML."""
    page, tag_url = places(entry, base_url)
    tags = hashtags(entry, section)
    body = details.body or content(entry, section, page, tag_url, byline=details.byline)
    pictures = [image(picture) for picture in details.pictures[:MOST_PICTURES]]
    document = envelope("Article", entry.key, actor, base_url, released(entry, details))
    document |= {
        "name": heading(entry),
        "summary": text(shortened(entry.summary)),
        "url": page,
        "content": body,
        **language(body, entry.article.language),
        "sensitive": False,
        "tag": tag_objects(tags, tag_url),
        "attachment": pictures,
        "replies": addresses.replies(document["id"]),
        "preview": _preview(entry, section, document),
        "context": addresses.conversation(base_url, entry.paper, entry.date),
        "interactionPolicy": policy(),
    }
    if pictures:
        document["image"] = pictures[0]
    return document | changed(entry, details)


def shortened(summary: str) -> str:
    """Return a summary of at most 500 characters, cut between words where there are any."""
    if len(summary) <= LONGEST_SUMMARY:
        return summary
    cut = summary[: LONGEST_SUMMARY - 1]
    head, _, tail = cut.rpartition(" ")
    return f"{head if head and len(tail) < 40 else cut}…"


def _preview(entry: StoredArticle, section: Section, document: Json) -> Json:
    said = content(entry, section, "", "", pattern=PREVIEW)
    return {
        "type": "Note",
        "attributedTo": document["attributedTo"],
        "published": document["published"],
        "content": said,
        **language(said, entry.article.language),
    }
