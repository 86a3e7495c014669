"""Activities of ours, each with an id that can be read back from our own server.

Create, Update and Delete take their id from the article's key, so that the same event has the
same id however often it is announced; they are all addressed to the public and the followers.
"""

import datetime as dt
import hashlib

from bridge.federation.vocabulary.objects import note, tombstone
from bridge.federation.vocabulary.terms import ACTIVITYSTREAMS, PUBLIC, moment
from bridge.model import Activity, Actor, Json, Section, StoredArticle, addresses


def create(
    entry: StoredArticle, actor: Actor, section: Section, base_url: str, now: dt.datetime
) -> Activity:
    """Return the activity that announces an article."""
    post = note(entry, actor, section, base_url)
    return _of_article("Create", f"{entry.key}-create", actor, post, base_url, now)


def update(
    entry: StoredArticle, actor: Actor, section: Section, base_url: str, now: dt.datetime
) -> Activity:
    """Return the activity that carries a correction; one id for each revision."""
    post = note(entry, actor, section, base_url)
    name = f"{entry.key}-update-{entry.revision}"
    return _of_article("Update", name, actor, post, base_url, now)


def delete(key: str, actor: Actor, base_url: str, now: dt.datetime) -> Activity:
    """Return the activity that withdraws an article."""
    grave = tombstone(key, base_url, now)
    return _of_article("Delete", f"{key}-delete", actor, grave, base_url, now)


def accept(follow: Json, actor: str, base_url: str, now: dt.datetime) -> Activity:
    """Answer a Follow of one of our actors, given by name.

    Embeds the Follow with its own id and nothing else of what came. A repeated Follow gets an
    Accept of its own, hence `now` in the id.
    """
    id = addresses.actor_id(base_url, actor)
    seed = f"{follow['id']} {id} {now.isoformat()}"
    name = f"accept-{hashlib.sha256(seed.encode()).hexdigest()[:24]}"
    kept = {key: follow[key] for key in ("id", "type", "actor")} | {"object": id}
    body: Json = {
        "@context": ACTIVITYSTREAMS,
        "id": addresses.activity_id(base_url, name),
        "type": "Accept",
        "actor": id,
        "to": [follow["actor"]],
        "object": kept,
    }
    return Activity(
        id=body["id"], actor=actor, type="Accept", object=follow["id"], body=body, created=now
    )


def undo(activity: Activity, base_url: str, now: dt.datetime) -> Activity:
    """Take back an activity of ours."""
    body: Json = {
        "@context": activity.body["@context"],
        "id": f"{activity.id}-undo",
        "type": "Undo",
        "actor": addresses.actor_id(base_url, activity.actor),
        "to": activity.body.get("to", [PUBLIC]),
        "object": {key: value for key, value in activity.body.items() if key != "@context"},
    }
    return Activity(
        id=body["id"],
        actor=activity.actor,
        type="Undo",
        object=activity.id,
        body=body,
        created=now,
    )


def _of_article(
    type: str, name: str, actor: Actor, object: Json, base_url: str, now: dt.datetime
) -> Activity:
    owner = addresses.actor_id(base_url, actor.name)
    when = (
        {"published": object["published"]} if type == "Create" else {"published": moment(now)}
    )
    body: Json = {
        "@context": object["@context"],
        "id": addresses.activity_id(base_url, name),
        "type": type,
        "actor": owner,
        **when,
        "to": [PUBLIC],
        "cc": [addresses.followers(owner)],
        "object": {key: value for key, value in object.items() if key != "@context"},
    }
    return Activity(
        id=body["id"],
        actor=actor.name,
        type=type,
        object=object["id"],
        body=body,
        created=now,
    )
