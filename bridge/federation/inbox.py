"""Decide what an activity from outside leads to: values in, a `Reaction` out.

Security nos. 13 to 17 and 23 to 38: a sender may act only on what is his own, and whatever is
well-formed but not acted on is kept as ignored, since a refusal makes some servers give up.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from bridge.errors import ActivityError
from bridge.federation import dialogue
from bridge.federation.case import LONGEST_TYPE, Case, ignored, refused
from bridge.federation.documents import read, reference
from bridge.federation.vocabulary import accept
from bridge.model import (
    Follower,
    Inbound,
    InboundState,
    Json,
    Reaction,
    RemoteActor,
    Request,
    urls,
)

Handler = Callable[[Case], Reaction]


def parse_inbound(body: bytes) -> Json:
    """Read an activity and check its outer shape, before its signature and any network.

    In the result `id`, `type` and `actor` are plain strings, the actor in one spelling, and
    the id lies on the actor's origin. Raises ActivityError.
    """
    activity = read(body)
    type, id = activity.get("type"), activity.get("id")
    if not isinstance(type, str) or not 0 < len(type) <= LONGEST_TYPE:
        raise ActivityError("the activity has no type")
    actor = reference(activity.get("actor"))
    if actor is None:
        raise ActivityError("the activity has no usable actor")
    if not isinstance(id, str) or reference(id) is None:
        raise ActivityError("the activity has no usable id")
    if not urls.same_origin(id, actor):
        raise ActivityError("the activity's id is not on its actor's host", where=id[:200])
    return {**activity, "actor": actor}


def inbound(
    activity: Json,
    *,
    received: dt.datetime,
    state: InboundState,
    request: Request | None = None,
) -> Inbound:
    """Return a parsed activity as it is stored; `request` while it is still to be verified."""
    return Inbound(
        id=activity["id"],
        actor=activity["actor"],
        type=activity["type"],
        body=activity,
        received=received,
        state=state,
        request=request,
    )


def deletes_itself(activity: Json) -> bool:
    """Say whether an actor announces its own end: then its key may be gone too (no. 21)."""
    if activity["type"] != "Delete":
        return False
    return reference(activity.get("object")) == reference(activity["actor"])


def react(
    activity: Json,
    sender: RemoteActor,
    ours: Mapping[str, str],
    *,
    base_url: str,
    now: dt.datetime,
) -> Reaction:
    """Decide what a parsed activity leads to; `sender` is the actor whose key signed it.

    `ours` maps the ids of our actors to their names. Never raises for what came in.
    """
    if activity["actor"] != sender.id:
        return refused("signed by another actor than it names")
    if not urls.same_origin(activity["id"], sender.id):
        return refused("its id is not on its actor's host")
    if urls.same_origin(sender.id, base_url):
        return refused("it comes from our own host")
    case = Case(activity=activity, sender=sender, ours=ours, base_url=base_url, now=now)
    handler = HANDLERS.get(activity["type"])
    return handler(case) if handler else ignored(f"unknown type {activity['type']!r}")


def _follow(case: Case) -> Reaction:
    name = case.target()
    if name is None:
        return ignored("it follows nobody here")
    sender = case.sender
    if not urls.same_origin(sender.inbox, sender.id):
        return refused("the follower's inbox is on another host")
    shared = sender.shared_inbox
    follower = Follower(
        actor=name,
        id=sender.id,
        inbox=sender.inbox,
        shared_inbox=shared if shared and urls.same_origin(shared, sender.id) else None,
        follow=case.activity["id"],
        since=case.now,
    )
    reply = accept(case.activity, name, case.base_url, case.now)
    return Reaction(state="handled", follow=follower, replies=(reply,))


def _undo(case: Case) -> Reaction:
    undone = case.activity.get("object")
    if isinstance(undone, str):  # snac names the Follow by its id alone
        if not urls.same_origin(undone, case.sender.id):
            return refused("it undoes what belongs to another host")
        return Reaction(state="handled", unfollow_id=undone)
    if not isinstance(undone, dict):
        return ignored("it undoes nothing")
    if "actor" in undone and reference(undone["actor"]) != case.sender.id:
        return refused("it undoes what belongs to another actor")
    if undone.get("type") != "Follow":
        return _take_back(case, undone)
    name = case.named(undone.get("object"))
    if name is None:
        return ignored("it unfollows nobody here")
    return Reaction(state="handled", unfollow=((name, case.sender.id),))


def _take_back(case: Case, undone: Json) -> Reaction:
    """Take a like or boost back, embedded with or without what it was about."""
    found = dialogue.interaction(case, undone)
    if found is not None:
        return Reaction(state="handled", uncounted=found)
    id = reference(undone)
    bare = str(undone.get("type")) in dialogue.GESTURES and "object" not in undone
    if bare and id is not None and urls.same_origin(id, case.sender.id):
        return Reaction(state="handled", unfollow_id=id)
    return ignored(f"it undoes a {str(undone.get('type'))[:LONGEST_TYPE]}")


def _delete(case: Case) -> Reaction:
    if deletes_itself(case.activity):
        return Reaction(state="handled", forget=case.sender.id)
    return dialogue.delete(case)


def _block(case: Case) -> Reaction:
    name = case.target()
    if name is None:
        return ignored("it blocks nobody here")
    return Reaction(state="handled", unfollow=((name, case.sender.id),))


def _keep(case: Case) -> Reaction:
    return ignored(f"a {case.activity['type']} is kept, not acted on")


HANDLERS: dict[str, Handler] = {
    "Follow": _follow,
    "Undo": _undo,
    "Delete": _delete,
    "Block": _block,
    "Accept": _keep,
    "Add": _keep,
    "Announce": dialogue.gesture,
    "Create": dialogue.create,
    "Dislike": _keep,
    "EmojiReact": dialogue.gesture,
    "Flag": dialogue.flag,
    "Like": dialogue.gesture,
    "Move": _keep,
    "QuoteRequest": dialogue.quote_request,
    "Reject": _keep,
    "Remove": _keep,
    "Update": dialogue.update,
    "View": _keep,
}
"""What is done with each type; any other is ignored like those that are only kept."""
