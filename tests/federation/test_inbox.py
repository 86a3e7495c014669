"""What an activity from outside leads to (security nos. 14, 17, 21, 23, 31 to 38)."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import ActivityError
from bridge.federation import inbox
from bridge.federation.inbox import HANDLERS, deletes_itself, parse_inbound
from bridge.model import Follower, Json, Reaction, RemoteActor, Request

BASE = "https://paper.example"
HOME = "https://home.example"
MEI = f"{HOME}/users/mei"
LOCAL = f"{BASE}/ap/actors/tidewater_local"
OURS = {
    LOCAL: "tidewater_local",
    f"{BASE}/ap/actors/tidewater": "tidewater",
    f"{BASE}/ap/actors/instance": "instance",
}
NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)
REMOTE = Path(__file__).parent.parent / "data" / "remote"


def activity(type: str, object: Any = LOCAL, **changes: Any) -> Json:
    plain = {"id": f"{HOME}/activities/1", "type": type, "actor": MEI, "object": object}
    return plain | changes


def react(said: Json, sender: RemoteActor) -> Reaction:
    return inbox.react(said, sender, OURS, base_url=BASE, now=NOW)


def test_a_follow_adds_a_follower_and_is_accepted(sender: RemoteActor) -> None:
    reaction = react(activity("Follow"), sender)
    assert reaction.state == "handled"
    assert reaction.follow == Follower(
        actor="tidewater_local",
        id=MEI,
        inbox=f"{MEI}/inbox",
        shared_inbox=f"{HOME}/inbox",
        follow=f"{HOME}/activities/1",
        since=NOW,
    )
    (reply,) = reaction.replies
    assert reply.body == {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": reply.id,
        "type": "Accept",
        "actor": LOCAL,
        "to": [MEI],
        "object": {
            "id": f"{HOME}/activities/1",
            "type": "Follow",
            "actor": MEI,
            "object": LOCAL,
        },
    }
    assert (reply.actor, reply.object) == ("tidewater_local", f"{HOME}/activities/1")
    assert reply.id.startswith(f"{BASE}/ap/activities/accept-")


def test_32_a_repeated_follow_is_answered_again(sender: RemoteActor) -> None:
    first = react(activity("Follow"), sender)
    later = inbox.react(
        activity("Follow"), sender, OURS, base_url=BASE, now=NOW + dt.timedelta(hours=1)
    )
    assert first.replies[0].id != later.replies[0].id
    assert later.follow is not None


def test_a_decision_is_the_same_when_made_twice(sender: RemoteActor) -> None:
    assert react(activity("Follow"), sender) == react(activity("Follow"), sender)


@pytest.mark.parametrize(
    "object",
    [{"id": LOCAL, "type": "Service"}, "HTTPS://PAPER.example:443/ap/actors/tidewater_local"],
)
def test_30_an_actor_of_ours_in_another_spelling(sender: RemoteActor, object: Any) -> None:
    follow = react(activity("Follow", object), sender).follow
    assert follow is not None
    assert follow.actor == "tidewater_local"


def test_what_came_with_a_follow_is_not_sent_back(sender: RemoteActor) -> None:
    (reply,) = react(activity("Follow", content="<script>", to=["x"]), sender).replies
    assert "script" not in json.dumps(reply.body)


NOBODY: dict[str, Any] = {
    "unknown": f"{BASE}/ap/actors/nobody",
    "foreign": f"{HOME}/users/lan",
    "the server itself": f"{BASE}/ap/actors/instance",
    "nothing": None,
    "list": [LOCAL],
    "number": 7,
    "object without id": {"type": "Service"},
    "object in object": {"id": {"id": LOCAL}},
}


@pytest.mark.parametrize("object", NOBODY.values(), ids=NOBODY.keys())
@pytest.mark.parametrize("type", ["Follow", "Block"])
def test_33_34_nobody_here_is_meant(sender: RemoteActor, type: str, object: Any) -> None:
    reaction = react(activity(type, object), sender)
    assert (reaction.state, reaction.follow, reaction.replies) == ("ignored", None, ())
    assert reaction.note


def test_36_an_inbox_on_another_host_is_refused(sender: RemoteActor) -> None:
    led_astray = dataclasses.replace(sender, inbox="https://victim.example/inbox")
    reaction = react(activity("Follow"), led_astray)
    assert (reaction.state, reaction.follow, reaction.replies) == ("refused", None, ())


def test_36_a_shared_inbox_on_another_host_is_not_used(sender: RemoteActor) -> None:
    led_astray = dataclasses.replace(sender, shared_inbox="https://victim.example/inbox")
    follow = react(activity("Follow"), led_astray).follow
    assert follow is not None
    assert follow.shared_inbox is None


def test_37_our_own_actors_do_not_follow_us(sender: RemoteActor) -> None:
    ours = f"{BASE}/ap/actors/tidewater"
    loop = dataclasses.replace(sender, id=ours, inbox=f"{BASE}/ap/inbox")
    said = activity("Follow", actor=ours, id=f"{BASE}/ap/activities/x")
    assert react(said, loop).state == "refused"


@pytest.mark.parametrize("type", sorted(HANDLERS))
def test_14_a_key_speaks_only_for_its_owner(sender: RemoteActor, type: str) -> None:
    neighbour = activity(type, actor=f"{HOME}/users/lan")
    assert react(neighbour, sender) == Reaction(
        state="refused", note="signed by another actor than it names"
    )


@pytest.mark.parametrize("type", sorted(HANDLERS))
def test_17_an_id_lies_on_the_actors_host(sender: RemoteActor, type: str) -> None:
    for id in (
        "https://other.example/1",
        "http://home.example/1",
        "https://home.example:8443/1",
    ):
        assert react(activity(type, id=id), sender).state == "refused"


def test_undo_with_the_follow_inside(sender: RemoteActor) -> None:
    said = activity("Undo", activity("Follow", id=f"{HOME}/activities/0"))
    assert react(said, sender) == Reaction(
        state="handled", unfollow=(("tidewater_local", MEI),)
    )


def test_undo_with_the_follow_named_by_its_id(sender: RemoteActor) -> None:
    said = activity("Undo", f"{HOME}/activities/0")
    assert react(said, sender) == Reaction(state="handled", unfollow_id=f"{HOME}/activities/0")


FOREIGN: dict[str, Json] = {
    "Undo of another's Follow": activity(
        "Undo", activity("Follow", actor=f"{HOME}/users/lan", id=f"{HOME}/activities/0")
    ),
    "Undo of an id elsewhere": activity("Undo", "https://other.example/activities/0"),
    "Undo with a nonsense actor": activity(
        "Undo", {"type": "Follow", "actor": 1, "object": LOCAL}
    ),
    "Delete of a neighbour": activity("Delete", f"{HOME}/users/lan"),
    "Delete of an actor of ours": activity("Delete", LOCAL),
    "Delete of an object of ours": activity("Delete", f"{BASE}/ap/o/tidewater-20260301-k7q2mz"),
    "Update of an actor of ours": activity("Update", {"id": LOCAL, "type": "Service"}),
    "Reject of an actor of ours": activity("Reject", LOCAL),
    "Move of an actor of ours": activity("Move", LOCAL, target=MEI),
}


@pytest.mark.parametrize("said", FOREIGN.values(), ids=FOREIGN.keys())
def test_31_nothing_happens_to_what_is_not_the_senders(sender: RemoteActor, said: Json) -> None:
    reaction = react(said, sender)
    assert reaction.state in ("ignored", "refused")
    assert reaction == Reaction(
        state=reaction.state, note=reaction.note, unsaid=reaction.unsaid
    )
    assert (reaction.unsaid or HOME).startswith(HOME)  # whose it is, the store knows


UNDONE: dict[str, Any] = {
    "a Like": {"id": f"{HOME}/likes/1", "type": "Like", "actor": MEI, "object": LOCAL},
    "an Announce": {"type": "Announce", "actor": MEI},
    "a Follow of nobody": {"type": "Follow", "actor": MEI, "object": f"{BASE}/nobody"},
    "a type that is a list": {"type": ["Follow"], "actor": MEI, "object": LOCAL},
    "a list": [f"{HOME}/activities/0"],
    "nothing": None,
    "a number": 3,
}


@pytest.mark.parametrize("object", UNDONE.values(), ids=UNDONE.keys())
def test_34_undo_of_what_is_not_kept(sender: RemoteActor, object: Any) -> None:
    reaction = react(activity("Undo", object), sender)
    assert reaction == Reaction(state="ignored", note=reaction.note)


@pytest.mark.parametrize("object", [MEI, {"id": MEI, "type": "Tombstone"}])
def test_21_an_actor_that_deletes_itself_is_forgotten(sender: RemoteActor, object: Any) -> None:
    said = activity("Delete", object)
    assert deletes_itself(said)
    assert react(said, sender) == Reaction(state="handled", forget=MEI)


@pytest.mark.parametrize(
    "said",
    [activity("Delete", f"{HOME}/notes/1"), activity("Update", MEI), activity("Delete", 1)],
)
def test_21_other_deletes_are_not_the_end_of_an_actor(said: Json) -> None:
    assert not deletes_itself(said)


def test_a_block_ends_the_follow(sender: RemoteActor) -> None:
    assert react(activity("Block"), sender) == Reaction(
        state="handled", unfollow=(("tidewater_local", MEI),)
    )


ACTED_ON = {"Follow", "Undo", "Delete", "Block", "Like", "EmojiReact", "Announce"}
ACTED_ON |= {"Create", "Update", "Flag", "QuoteRequest"}
KEPT = sorted(HANDLERS.keys() - ACTED_ON)


@pytest.mark.parametrize("type", [*KEPT, "Arrive", "Nonsense", "x" * 64])
def test_34_other_types_are_kept_and_ignored(sender: RemoteActor, type: str) -> None:
    reaction = react(activity(type, f"{BASE}/ap/o/tidewater-20260301-k7q2mz"), sender)
    assert reaction == Reaction(state="ignored", note=reaction.note)
    assert type in reaction.note


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([LOCAL, MEI]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "actor", "object", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(HANDLERS)), json_values)
def test_34_no_object_breaks_a_handler(type: str, object: Any) -> None:
    mei = RemoteActor(
        id=MEI,
        inbox=f"{MEI}/inbox",
        shared_inbox=None,
        key_id=f"{MEI}#main-key",
        key="",
        name="mei",
        fetched=NOW,
    )
    assert react(activity(type, object), mei).state in ("handled", "ignored", "refused")


def test_an_activity_is_read_with_its_outer_shape() -> None:
    said = activity("Follow", actor={"id": "HTTPS://HOME.example/users/mei", "type": "Person"})
    assert parse_inbound(json.dumps(said).encode()) == activity("Follow")


MALFORMED: dict[str, Json] = {
    "no type": activity("Follow") | {"type": None},
    "empty type": activity(""),
    "type is a list": activity("Follow") | {"type": ["Follow"]},
    "type is endless": activity("x" * 65),
    "no id": activity("Follow", id=None),
    "id is no URL": activity("Follow", id="urn:uuid:1"),
    "id is an object": activity("Follow", id={"id": f"{HOME}/1"}),
    "17 id on another host": activity("Follow", id="https://other.example/1"),
    "17 id on another scheme": activity("Follow", id="http://home.example/1"),
    "17 id on another port": activity("Follow", id="https://home.example:8443/1"),
    "no actor": activity("Follow", actor=None),
    "actor is a list": activity("Follow", actor=[MEI]),
    "actor is no URL": activity("Follow", actor="mei@home.example"),
    "12 actor in a file": activity("Follow", actor="file:///users/mei"),
    "actor has no id": activity("Follow", actor={"type": "Person"}),
}


@pytest.mark.parametrize("said", MALFORMED.values(), ids=MALFORMED.keys())
def test_34_malformed_activities_are_refused(said: Json) -> None:
    with pytest.raises(ActivityError):
        parse_inbound(json.dumps(said).encode())


def test_an_activity_is_stored_with_its_request(now: dt.datetime) -> None:
    request = Request(method="POST", path="/ap/inbox", headers=(), body=b"{}")
    stored = inbox.inbound(activity("Like"), received=now, state="unverified", request=request)
    assert (stored.id, stored.actor, stored.type) == (f"{HOME}/activities/1", MEI, "Like")
    assert (stored.state, stored.request, stored.attempts) == ("unverified", request, 0)


SHAPES = json.loads((REMOTE / "shapes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SHAPES, ids=[case["name"] for case in SHAPES])
def test_shapes_as_other_servers_send_them(sender: RemoteActor, case: Json) -> None:
    said = parse_inbound(json.dumps(case["activity"]).encode())
    by = dataclasses.replace(
        sender,
        id=said["actor"],
        inbox=f"{said['actor']}/inbox",
        shared_inbox=None,
    )
    reaction = react(said, by)
    assert reaction.state == case["state"]
    assert bool(reaction.follow) is case.get("follows", False)
    assert bool(reaction.unfollow or reaction.unfollow_id) is case.get("unfollows", False)
    assert bool(reaction.forget) is case.get("forgets", False)
    assert (reaction.counted.kind if reaction.counted else None) == case.get("counts")
    assert (reaction.uncounted.kind if reaction.uncounted else None) == case.get("uncounts")
    assert (reaction.said.content if reaction.said else None) == case.get("says")
    assert (reaction.edited.content if reaction.edited else None) == case.get("edits")
    assert reaction.said is None or reaction.said.public is not case.get("private", False)
    assert (reaction.parent, reaction.unsaid) == (case.get("parent"), case.get("unsays"))
    assert len(reaction.report.objects if reaction.report else ()) == case.get("reports", 0)
    assert bool(reaction.quote) is case.get("quotes", False)
    assert (reaction.profile or {}).get("id") == case.get("profile")
