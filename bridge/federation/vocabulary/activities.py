"""Activities of ours, each with an id that can be read back from our own server.

Create, Update and Delete take their id from the article's key, so that the same event has the
same id however often it is announced; they are all addressed to the public and the followers.
"""

import datetime as dt
import hashlib
from typing import NamedTuple

from bridge.federation.vocabulary.longform import article
from bridge.federation.vocabulary.objects import PLAIN, Details, note, tombstone
from bridge.federation.vocabulary.terms import ACTIVITYSTREAMS, PUBLIC, dump, moment
from bridge.model import Activity, Actor, Digest, Json, Quote, Section, StoredArticle, addresses

QUOTE_CONTEXT = [
    ACTIVITYSTREAMS,
    {"QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest"},
]


class Verb(NamedTuple):
    """What an activity does, and the name that its id ends with."""

    type: str
    name: str


def create(
    entry: StoredArticle,
    actor: Actor,
    section: Section,
    base_url: str,
    now: dt.datetime,
    details: Details = PLAIN,
) -> Activity:
    """Return the activity that announces an article, in the form its section has chosen.

    It shows no date of a change: an article that was corrected before its release is new.
    """
    object = post(entry, actor, section, base_url, details)
    object.pop("updated", None)
    return _about(Verb("Create", f"{entry.key}-create"), actor, object, base_url, now)


def update(
    entry: StoredArticle,
    actor: Actor,
    section: Section,
    base_url: str,
    now: dt.datetime,
    details: Details = PLAIN,
) -> Activity:
    """Return the activity that carries a correction; one id for each revision."""
    object = post(entry, actor, section, base_url, details)
    verb = Verb("Update", f"{entry.key}-update-{entry.revision}")
    return _about(verb, actor, object, base_url, now)


def delete(
    key: str, actor: Actor, base_url: str, now: dt.datetime, former: str = "Note"
) -> Activity:
    """Return the activity that withdraws an article or a digest."""
    grave = tombstone(key, base_url, now, former)
    return _about(Verb("Delete", f"{key}-delete"), actor, grave, base_url, now)


def post(
    entry: StoredArticle,
    actor: Actor,
    section: Section,
    base_url: str,
    details: Details = PLAIN,
) -> Json:
    """Return an article as a post in the form its section has chosen."""
    make = article if section.federate == "article" else note
    return make(entry, actor, section, base_url, details)


def create_digest(
    found: Digest, object: Json, actor: Actor, base_url: str, now: dt.datetime
) -> Activity:
    """Return the activity that announces a digest, given as its post."""
    fresh = {name: value for name, value in object.items() if name != "updated"}
    return _about(Verb("Create", f"{found.key}-create"), actor, fresh, base_url, now)


def update_digest(
    found: Digest, object: Json, actor: Actor, base_url: str, now: dt.datetime
) -> Activity:
    """Return the activity that tells of a digest that has changed."""
    verb = Verb("Update", f"{found.key}-update-{found.revision}")
    return _about(verb, actor, object, base_url, now)


def boost(key: str, author: str, actor: Actor, base_url: str, now: dt.datetime) -> Activity:
    """Return the Announce of an article's post; `author` is the account it stands in."""
    owner = addresses.actor_id(base_url, actor.name)
    body: Json = {
        "@context": ACTIVITYSTREAMS,
        "id": addresses.activity_id(base_url, f"{key}-boost"),
        "type": "Announce",
        "actor": owner,
        "published": moment(now),
        "to": [PUBLIC],
        "cc": [addresses.followers(owner), addresses.actor_id(base_url, author)],
        "object": addresses.object_id(base_url, key),
    }
    return _activity(body, actor.name, body["object"], now)


def update_profile(document: Json, actor: str, base_url: str, now: dt.datetime) -> Activity:
    """Tell followers that an account's document has changed; it is embedded whole."""
    digest = hashlib.sha256(dump(document)).hexdigest()[:16]
    body: Json = {
        "@context": document["@context"],
        "id": addresses.activity_id(base_url, f"{actor}-profile-{digest}-{now:%Y%m%d%H%M%S}"),
        "type": "Update",
        "actor": document["id"],
        "published": moment(now),
        "to": [PUBLIC],
        "cc": [addresses.followers(document["id"])],
        "object": {key: value for key, value in document.items() if key != "@context"},
    }
    return _activity(body, actor, document["id"], now)


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


def answer_quote(
    request: Json, quote: Quote, base_url: str, now: dt.datetime, *, agreed: bool
) -> Activity:
    """Answer the wish to quote a post of ours, with a stamp that others can read (FEP-044f)."""
    id = addresses.actor_id(base_url, quote.account)
    seed = f"{request['id']} {id} {now.isoformat()}"
    name = hashlib.sha256(seed.encode()).hexdigest()[:24]
    type = "Accept" if agreed else "Reject"
    body: Json = {
        "@context": QUOTE_CONTEXT,
        "id": addresses.activity_id(base_url, f"{type.lower()}-{name}"),
        "type": type,
        "actor": id,
        "to": [request["actor"]],
        "object": {
            "id": request["id"],
            "type": "QuoteRequest",
            "actor": request["actor"],
            "object": addresses.object_id(base_url, quote.key),
            "instrument": quote.instrument,
        },
    }
    if agreed:
        body["result"] = addresses.quote_id(base_url, quote.name)
    return _activity(body, quote.account, request["id"], now)


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


def _about(verb: Verb, actor: Actor, object: Json, base_url: str, now: dt.datetime) -> Activity:
    owner = addresses.actor_id(base_url, actor.name)
    when = object["published"] if verb.type == "Create" else moment(now)
    body: Json = {
        "@context": object["@context"],
        "id": addresses.activity_id(base_url, verb.name),
        "type": verb.type,
        "actor": owner,
        "published": when,
        "to": [PUBLIC],
        "cc": [addresses.followers(owner)],
        "object": {key: value for key, value in object.items() if key != "@context"},
    }
    return _activity(body, actor.name, object["id"], now)


def _activity(body: Json, actor: str, object: str, now: dt.datetime) -> Activity:
    """Return an activity with what its body says of it; `actor` is the account's name."""
    return Activity(
        id=body["id"],
        actor=actor,
        type=body["type"],
        object=object,
        body=body,
        created=now,
    )
