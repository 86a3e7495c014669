"""Pinned posts: what an account is, and its newest edition.

They are never sent: whoever looks at a profile for the first time finds them in `featured`,
instead of an empty page.
"""

import datetime as dt
from collections.abc import Sequence

from bridge.federation.vocabulary.objects import language, policy
from bridge.federation.vocabulary.terms import (
    OBJECT_CONTEXT,
    PUBLIC,
    link,
    moment,
    paragraphs,
    text,
)
from bridge.model import Actor, Json, addresses


def introduction(actor: Actor, lines: Sequence[str], base_url: str) -> Json:
    """Return the post that says what an account is, in plain paragraphs."""
    id = addresses.actor_id(base_url, actor.name)
    content = f"<p><strong>{text(actor.title)}</strong></p>{paragraphs(_joined(lines))}"
    place = f"<p>{link(actor.url, actor.url)}</p>"
    post = _note(id, actor, content + place, actor.created, actor.url)
    return post | {"id": addresses.introduction(id)}


def latest_edition(
    actor: Actor,
    date: dt.date,
    lines: Sequence[str],
    page: str,
    published: dt.datetime,
    base_url: str,
) -> Json:
    """Return the post of an edition; the first line is its title, `page` its address."""
    id = addresses.actor_id(base_url, actor.name)
    title, *rest = lines
    content = f"<p><strong>{text(title)}</strong></p>{paragraphs(_joined(rest))}"
    post = _note(id, actor, f"{content}<p>{link(page, page)}</p>", published, page)
    return post | {"id": addresses.latest_edition(id, date)}


def _joined(lines: Sequence[str]) -> str:
    return "\n\n".join(lines)


def _note(owner: str, actor: Actor, content: str, published: dt.datetime, page: str) -> Json:
    return {
        "@context": list(OBJECT_CONTEXT),
        "id": owner,  # in its place; the caller knows the post's own
        "type": "Note",
        "attributedTo": owner,
        "to": [PUBLIC],
        "cc": [addresses.followers(owner)],
        "published": moment(published.replace(microsecond=0)),
        "url": page,
        "content": content,
        **language(content, actor.language),
        "sensitive": False,
        "tag": [],
        "attachment": [],
        "interactionPolicy": policy(),
    }
