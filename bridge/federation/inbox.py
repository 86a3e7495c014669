"""Decide what an activity from outside leads to: values in, a `Reaction` out.

Security nos. 13 to 17 and 23 to 38: a sender may act only on what is his own, and whatever is
well-formed but not acted on is kept as ignored, since a refusal makes some servers give up.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge.errors import ActivityError
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
from bridge.model.addresses import INSTANCE

LONGEST_TYPE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An activity that its sender has signed, and where it arrived."""

    activity: Json
    sender: RemoteActor
    ours: Mapping[str, str]  # actor id -> name
    base_url: str
    now: dt.datetime

    def target(self) -> str | None:
        """Return the name of the actor of ours that the activity is about; None for none."""
        return self.named(self.activity.get("object"))

    def named(self, value: object) -> str | None:
        """Return the name of the actor of ours that a property names; None for none."""
        name = self.ours.get(reference(value) or "")
        return None if name == INSTANCE else name


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
        return _refused("signed by another actor than it names")
    if not urls.same_origin(activity["id"], sender.id):
        return _refused("its id is not on its actor's host")
    if urls.same_origin(sender.id, base_url):
        return _refused("it comes from our own host")
    case = Case(activity=activity, sender=sender, ours=ours, base_url=base_url, now=now)
    handler = HANDLERS.get(activity["type"])
    return handler(case) if handler else _ignored(f"unknown type {activity['type']!r}")


def _follow(case: Case) -> Reaction:
    name = case.target()
    if name is None:
        return _ignored("it follows nobody here")
    sender = case.sender
    if not urls.same_origin(sender.inbox, sender.id):
        return _refused("the follower's inbox is on another host")
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
            return _refused("it undoes what belongs to another host")
        return Reaction(state="handled", unfollow_id=undone)
    if not isinstance(undone, dict):
        return _ignored("it undoes nothing")
    if "actor" in undone and reference(undone["actor"]) != case.sender.id:
        return _refused("it undoes what belongs to another actor")
    if undone.get("type") != "Follow":
        return _ignored(f"it undoes a {str(undone.get('type'))[:LONGEST_TYPE]}")
    name = case.named(undone.get("object"))
    if name is None:
        return _ignored("it unfollows nobody here")
    return Reaction(state="handled", unfollow=((name, case.sender.id),))


def _delete(case: Case) -> Reaction:
    if deletes_itself(case.activity):
        return Reaction(state="handled", forget=case.sender.id)
    return _ignored("it deletes nothing that is kept here")


def _block(case: Case) -> Reaction:
    name = case.target()
    if name is None:
        return _ignored("it blocks nobody here")
    return Reaction(state="handled", unfollow=((name, case.sender.id),))


def _keep(case: Case) -> Reaction:
    return _ignored(f"a {case.activity['type']} is kept, not acted on")


def _ignored(note: str) -> Reaction:
    return Reaction(state="ignored", note=note)


def _refused(note: str) -> Reaction:
    return Reaction(state="refused", note=note)


HANDLERS: dict[str, Handler] = {
    "Follow": _follow,
    "Undo": _undo,
    "Delete": _delete,
    "Block": _block,
    "Accept": _keep,
    "Add": _keep,
    "Announce": _keep,
    "Create": _keep,
    "Dislike": _keep,
    "EmojiReact": _keep,
    "Flag": _keep,
    "Like": _keep,
    "Move": _keep,
    "QuoteRequest": _keep,
    "Reject": _keep,
    "Remove": _keep,
    "Update": _keep,
    "View": _keep,
}
"""What is done with each type; any other is ignored like those that are only kept."""
