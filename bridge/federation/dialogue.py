"""Decide what readers' own words and gestures lead to: likes, boosts, replies, reports.

Each acts only on what its sender owns (security no. 31), and a text is shown under no other
name than the one that signed it (no. 35). What the store knows, such as who answered before,
is asked later; see `pipeline.dialogue`.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from bridge.federation import sanitise
from bridge.federation.case import Case, ignored, refused
from bridge.federation.documents import ACTOR_TYPES, reference
from bridge.federation.vocabulary import PUBLIC
from bridge.model import (
    Interaction,
    InteractionKind,
    Json,
    Quote,
    Reaction,
    Reply,
    Report,
    urls,
)

TEXTS = frozenset({"Note", "Article", "Page", "Question"})
"""Objects that are somebody's words."""

EVERYBODY = frozenset({PUBLIC, "as:Public", "Public"})

GESTURES: dict[str, InteractionKind] = {
    "Like": "like",
    "EmojiReact": "like",
    "Announce": "boost",
}

MOST_OBJECTS = 20
"""Things of ours that one report may name."""
LONGEST_REPORT = 2_000

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def gesture(case: Case) -> Reaction:
    """Count a like or a boost of a post of ours."""
    found = interaction(case, case.activity)
    if found is None:
        return ignored("it is about no post of ours")
    return Reaction(state="handled", counted=found)


def interaction(case: Case, activity: Json) -> Interaction | None:
    """Return what is counted for an activity; None for what never is."""
    kind = GESTURES.get(str(activity.get("type")))
    key = case.key(activity.get("object"))
    id = reference(activity.get("id"))
    if kind is None or key is None or id is None:
        return None
    return Interaction(kind=kind, key=key, actor=case.sender.id, activity=id)


def create(case: Case) -> Reaction:
    """Take a reply to a post, or to a reply, or a mention of an account."""
    found = _reply(case)
    if isinstance(found, Reaction):
        return found
    parent = reference(_one(_object(case).get("inReplyTo")))
    if found.key is None and not found.account and parent is None:
        return ignored("it speaks to nobody here")
    return Reaction(state="handled", said=found, parent=parent if found.key is None else None)


def update(case: Case) -> Reaction:
    """Take a changed profile of the sender, or changed words of a reply."""
    object = _object(case)
    if str(object.get("type")) in ACTOR_TYPES:
        if reference(object) != case.sender.id:
            return refused("it changes another actor")
        return Reaction(state="handled", profile=object)
    reply = _reply(case)
    if isinstance(reply, Reaction):
        return reply
    return Reaction(state="handled", edited=reply)


def delete(case: Case) -> Reaction:
    """Let go of a post that its author has deleted, if it is kept; most never were."""
    id = reference(case.activity.get("object"))
    if id is None:
        return ignored("it deletes nothing")
    if not urls.same_origin(id, case.sender.id):
        return refused("it deletes what belongs to another host")
    return Reaction(state="ignored", note="it deletes nothing that is kept here", unsaid=id)


def flag(case: Case) -> Reaction:
    """Take a complaint about posts or accounts of ours, for the editors."""
    objects = case.activity.get("object")
    named = objects if isinstance(objects, list) else [objects]
    ours = [
        id
        for id in map(reference, named[: 10 * MOST_OBJECTS])
        if id and (case.key(id) or id in case.ours)
    ]
    if not ours:
        return ignored("it complains of nothing here")
    content = case.activity.get("content")
    said = sanitise.plain(content[:LONGEST_REPORT]) if isinstance(content, str) else ""
    found = Report(
        id=case.activity["id"],
        actor=case.sender.id,
        objects=tuple(dict.fromkeys(ours))[:MOST_OBJECTS],
        content=said,
        received=case.now,
    )
    return Reaction(state="handled", report=found)


def quote_request(case: Case) -> Reaction:
    """Take the wish to quote a post of ours (FEP-044f)."""
    key = case.key(case.activity.get("object"))
    instrument = reference(case.activity.get("instrument"))
    if key is None or instrument is None:
        return ignored("it quotes nothing here")
    if not urls.same_origin(instrument, case.sender.id):
        return refused("it quotes with what belongs to another host")
    asked = Quote(name="", key=key, instrument=instrument, actor=case.sender.id, account="")
    return Reaction(state="handled", quote=asked)


def _reply(case: Case) -> Reply | Reaction:
    """Return the words of the activity, or why there are none."""
    object = _object(case)
    if str(object.get("type")) not in TEXTS:
        return ignored("it says nothing that is read here")
    id, author = reference(object), reference(object.get("attributedTo"))
    if author != case.sender.id:
        return refused("its words are attributed to another actor")
    if id is None or not urls.same_origin(id, case.sender.id):
        return refused("its words stand on another host")
    text, language = _words(object)
    content = sanitise.fragment(text)
    if not content:
        return ignored("it says nothing, or far too much")
    url = reference(_one(object.get("url")))
    return Reply(
        id=id,
        key=case.key(_one(object.get("inReplyTo"))),
        account=next(_mentioned(case, object), ""),
        actor=case.sender.id,
        name=f"{case.sender.name}@{urls.parse(case.sender.id).netloc}",
        url=url if url and urls.same_origin(url, case.sender.id) else id,
        content=content,
        language=language,
        published=_moment(object.get("published"), case.now),
        received=case.now,
        public=_public(case.activity, object),
    )


def _object(case: Case) -> Json:
    object = case.activity.get("object")
    return object if isinstance(object, dict) else {}


def _one(value: Any) -> Any:
    """Return the first of several values."""
    return (value[0] if value else None) if isinstance(value, list) else value


def _words(object: Json) -> tuple[str, str | None]:
    """Return the text of an object, and its language where it names one."""
    named = object.get("contentMap")
    mapped = named if isinstance(named, dict) else {}
    tag, text = next(iter(mapped.items()), (None, None))
    content = object.get("content")
    said = content if isinstance(content, str) else text
    known = isinstance(tag, str) and _LANGUAGE.fullmatch(tag)
    return (said if isinstance(said, str) else "", tag if known else None)


def _mentioned(case: Case, object: Json) -> Iterator[str]:
    """Yield the accounts of ours that an object speaks to."""
    tags = object.get("tag")
    for tag in tags if isinstance(tags, list) else [tags]:
        if isinstance(tag, dict) and tag.get("type") == "Mention":
            name = case.named(tag.get("href"))
            if name is not None:
                yield name
    for value in _addressed(case.activity, object):
        name = case.named(value)
        if name is not None:
            yield name


def _public(*documents: Json) -> bool:
    return any(value in EVERYBODY for value in _addressed(*documents))


def _addressed(*documents: Json) -> Iterator[str]:
    for document in documents:
        for field in ("to", "cc"):
            value = document.get(field)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield one


def _moment(value: Any, now: dt.datetime) -> dt.datetime:
    """Return when something was said, never in the future; now where that is unclear."""
    try:
        found = dt.datetime.fromisoformat(str(value)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return now
    return min(found, now)
