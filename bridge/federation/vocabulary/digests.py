"""A digest: one Note for many articles of a section, their headlines linked to their pages."""

import datetime as dt
from collections.abc import Sequence

from bridge.federation.vocabulary.content import hashtag_links, heading, section_hashtags
from bridge.federation.vocabulary.objects import envelope, language, policy, tag_objects
from bridge.federation.vocabulary.terms import link, moment, text
from bridge.model import Actor, Digest, Json, Section, StoredArticle, addresses

MOST_HEADLINES = 20
MOST_CHARACTERS = 1_500
"""Of headlines; a longer post is folded up by those who show it. The rest is one link."""


def digest(
    found: Digest,
    entries: Sequence[StoredArticle],
    actor: Actor,
    section: Section,
    base_url: str,
    released: dt.datetime | None = None,
) -> Json:
    """Return a digest as a post; `entries` are its articles that are live, in order."""
    edition = addresses.url(base_url, addresses.edition_path(found.paper, found.date))
    tag_url = addresses.url(base_url, addresses.section_path(found.paper, found.section))
    tags = section_hashtags(section)
    said = _content(found, entries, section, base_url, edition)
    if tags:
        said += f"<p>{hashtag_links(tags, tag_url)}</p>"
    published = (released or found.first_seen).replace(microsecond=0)
    document = envelope("Note", found.key, actor, base_url, published)
    document |= {
        "url": edition,
        "content": said,
        **language(said, entries[0].article.language if entries else actor.language),
        "sensitive": False,
        "tag": tag_objects(tags, tag_url),
        "attachment": [],
        "context": addresses.conversation(base_url, found.paper, found.date),
        "interactionPolicy": policy(),
    }
    if found.revision > 1:
        document["updated"] = moment(revised(found, published))
    return document


def revised(found: Digest, published: dt.datetime) -> dt.datetime:
    """Return the moment of the last change, always later than the release."""
    return max(found.updated, published + dt.timedelta(seconds=found.revision - 1))


def shown(entries: Sequence[StoredArticle]) -> tuple[StoredArticle, ...]:
    """Return as many of the articles, from the first, as one post has room for."""
    kept: list[StoredArticle] = []
    room = MOST_CHARACTERS
    for entry in entries[:MOST_HEADLINES]:
        room -= len(heading(entry))
        if room < 0 and kept:
            break
        kept.append(entry)
    return tuple(kept)


def _content(
    found: Digest,
    entries: Sequence[StoredArticle],
    section: Section,
    base_url: str,
    edition: str,
) -> str:
    kept = shown(entries)
    lines = [f"• {link(_page(entry, base_url), heading(entry))}" for entry in kept]
    title = f"{section.title} · {found.date.isoformat()}"
    said = f"<p><strong>{text(title)}</strong></p><p>{'<br>'.join(lines)}</p>"
    left = len(entries) - len(kept)
    # a number and a sign need no translation
    return f"{said}<p>{link(edition, f'+ {left}')}</p>" if left else said


def _page(entry: StoredArticle, base_url: str) -> str:
    return addresses.url(base_url, addresses.article_path(entry.paper, entry.key))
