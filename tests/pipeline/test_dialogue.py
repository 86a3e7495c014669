"""The inbox's work: likes are counted, replies kept, quotes agreed to, complaints told."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bridge.federation.inbox import inbound
from bridge.model import Follower, Inbound, Json, RemoteActor, Reply, StoredArticle
from bridge.pipeline import blocked, correct, moderate, receive
from bridge.store import (
    activities,
    deliveries,
    followers,
    inbounds,
    interactions,
    quotes,
    remotes,
    replies,
    reports,
)
from bridge.wiring import Bridge

BASE = "https://paper.example"
HOME = "https://home.example"
KEY = "herald-20260301-000001"
POST = f"{BASE}/ap/o/{KEY}"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
Configured = Callable[..., Bridge]
Say = Callable[..., Inbound]


def person(name: str, now: dt.datetime, host: str = HOME) -> RemoteActor:
    id = f"{host}/users/{name}"
    return RemoteActor(
        id=id,
        inbox=f"{id}/inbox",
        shared_inbox=f"{host}/inbox",
        key_id=f"{id}#main-key",
        key="unused",
        name=name,
        fetched=now,
    )


@pytest.fixture
def article(publish: Callable[..., StoredArticle]) -> StoredArticle:
    return publish(1)


@pytest.fixture
def say(federated: Bridge, article: StoredArticle, now: dt.datetime) -> Iterator[Say]:
    """Let a verified activity come in and be worked off; gives how it ended."""
    numbers = iter(range(1, 1_000))

    def say(
        type: str, object: Any, who: str = "mei", bridge: Bridge | None = None, **more: Any
    ) -> Inbound:
        sender = person(who, now)
        id = f"{sender.id}/activities/{next(numbers)}"
        body = {"id": id, "type": type, "actor": sender.id, "object": object, **more}
        with federated.store.begin() as connection:
            remotes.put(connection, sender)
            found = inbound(body, received=now, state="pending")
            inbounds.add(connection, found, json.dumps(body).encode())
        receive.process_inbox(bridge or federated, now)
        with federated.store.read() as connection:
            done = inbounds.get(connection, id)
        assert done is not None
        return done

    yield say
    blocked.forget(federated.store)


def note(number: int = 1, who: str = "mei", **changes: Any) -> Json:
    plain = {
        "id": f"{HOME}/notes/{number}",
        "type": "Note",
        "attributedTo": f"{HOME}/users/{who}",
        "inReplyTo": POST,
        "content": "<p>When does it sail?</p>",
        "to": [PUBLIC],
    }
    return plain | changes


def counts(bridge: Bridge) -> dict[str, int]:
    with bridge.store.read() as connection:
        return dict(interactions.counts(connection, [KEY]).get(KEY, {}))


def kept(bridge: Bridge, number: int = 1) -> Reply | None:
    with bridge.store.read() as connection:
        return replies.get(connection, f"{HOME}/notes/{number}")


def test_likes_and_boosts_are_counted_once_for_each_person(federated: Bridge, say: Say) -> None:
    assert say("Like", POST).state == "handled"
    say("Like", POST)
    say("Like", POST, "lan")
    say("Announce", POST)
    assert counts(federated) == {"like": 2, "boost": 1}
    assert moderate.response(federated, KEY) == {
        "likes": 2,
        "boosts": 1,
        "quotes": 0,
        "replies": 0,
    }


def test_who_liked_is_not_kept_with_what(federated: Bridge, say: Say) -> None:
    assert say("Like", POST).body == {}


@pytest.mark.parametrize("whole", [True, False])
def test_a_like_is_taken_back(federated: Bridge, say: Say, whole: bool) -> None:
    like = say("Like", POST)
    undone = {"id": like.id, "type": "Like", "object": POST} if whole else like.id
    say("Undo", undone)
    assert counts(federated) == {}


def test_nothing_is_counted_for_what_is_not_there_or_withdrawn(
    federated: Bridge, say: Say, now: dt.datetime
) -> None:
    assert say("Like", f"{BASE}/ap/o/herald-20260301-nobody").state == "ignored"
    correct.withdraw(federated, KEY, "It never sailed.", now)
    assert say("Like", POST).state == "ignored"
    assert counts(federated) == {}


def test_the_first_reply_of_a_person_waits_and_later_ones_do_not(
    federated: Bridge, say: Say, now: dt.datetime
) -> None:
    assert say("Create", note(1)).state == "handled"
    first = kept(federated, 1)
    assert first is not None
    assert (first.state, first.key, first.account) == ("held", KEY, "herald_city")
    moderate.decide(federated, first.id, "approved", now)
    say("Create", note(2))
    say("Create", note(3, "lan"), "lan")
    states = [found.state for n in (2, 3) if (found := kept(federated, n))]
    assert states == ["approved", "held"]


@pytest.mark.parametrize(
    ("rule", "state"), [("open", "approved"), ("held", "held"), ("off", None)]
)
def test_each_section_has_its_rule(
    configured: Configured, say: Say, rule: str, state: str | None
) -> None:
    bridge = configured(replies=rule)
    done = say("Create", note(), bridge=bridge)
    found = kept(bridge)
    assert (found.state if found else None) == state
    assert done.state == ("handled" if state else "ignored")


def test_a_reply_to_a_reply_belongs_to_the_same_article(federated: Bridge, say: Say) -> None:
    say("Create", note(1))
    say("Create", note(2, "lan", inReplyTo=f"{HOME}/notes/1"), "lan")
    found = kept(federated, 2)
    assert found is not None
    assert (found.key, found.account) == (KEY, "herald_city")
    assert say("Create", note(3, inReplyTo=f"{HOME}/notes/99")).state == "ignored"


def test_a_mention_is_kept_for_the_account(federated: Bridge, say: Say) -> None:
    say("Create", note(1, inReplyTo=None, cc=[f"{BASE}/ap/actors/herald_sport"]))
    found = kept(federated)
    assert found is not None
    assert (found.key, found.account, found.state) == (None, "herald_sport", "held")


def test_what_is_said_in_private_can_be_read_and_never_shown(
    configured: Configured, say: Say, now: dt.datetime
) -> None:
    bridge = configured(replies="open")
    say("Create", note(1, to=[f"{BASE}/ap/actors/herald_city"]), bridge=bridge)
    found = kept(bridge)
    assert found is not None
    assert found.state == "held"
    with pytest.raises(Exception, match="not said in public"):
        moderate.decide(bridge, found.id, "approved", now)


def test_one_person_does_not_fill_the_queue(federated: Bridge, say: Say) -> None:
    states = [say("Create", note(number)).state for number in range(1, 23)]
    assert states == ["handled"] * 20 + ["ignored"] * 2


def test_an_edit_changes_the_words_and_they_are_judged_anew(
    configured: Configured, say: Say, now: dt.datetime
) -> None:
    bridge = configured(replies="held")
    say("Create", note(), bridge=bridge)
    moderate.decide(bridge, f"{HOME}/notes/1", "approved", now)
    say("Update", note(content="<p>Buy this</p>"), bridge=bridge)
    found = kept(bridge)
    assert found is not None
    assert (found.content, found.state) == ("<p>Buy this</p>", "held")


def test_what_was_rejected_stays_so(federated: Bridge, say: Say, now: dt.datetime) -> None:
    say("Create", note())
    moderate.decide(federated, f"{HOME}/notes/1", "rejected", now)
    say("Update", note(content="<p>Please</p>"))
    found = kept(federated)
    assert found is not None
    assert found.state == "rejected"


def test_31_nobody_changes_or_deletes_anothers_reply(federated: Bridge, say: Say) -> None:
    say("Create", note())
    assert say("Update", note(who="lan", content="<p>x</p>"), "lan").state == "ignored"
    assert say("Delete", f"{HOME}/notes/1", "lan").state == "ignored"
    found = kept(federated)
    assert found is not None
    assert found.content == "<p>When does it sail?</p>"


def test_its_author_deletes_it(federated: Bridge, say: Say) -> None:
    say("Create", note())
    assert say("Delete", {"id": f"{HOME}/notes/1", "type": "Tombstone"}).state == "handled"
    found = kept(federated)
    assert found is not None
    assert (found.content, found.state) == ("", "rejected")


def test_an_account_that_ends_takes_its_words_along(federated: Bridge, say: Say) -> None:
    say("Create", note())
    say("Delete", f"{HOME}/users/mei")
    found = kept(federated)
    assert found is not None
    assert found.content == found.name == ""


def test_a_wish_to_quote_is_answered_with_a_stamp_that_can_be_read(
    federated: Bridge, say: Say
) -> None:
    request = say("QuoteRequest", POST, instrument=f"{HOME}/notes/7")
    with federated.store.read() as connection:
        answer = activities.about(connection, request.id)
        assert answer is not None
        (row,) = deliveries.of(connection, answer.id)
        stamp = quotes.get(connection, answer.body["result"].rpartition("/")[2])
    assert (answer.type, answer.actor) == ("Accept", "herald_city")
    assert answer.body["object"]["instrument"] == f"{HOME}/notes/7"
    assert row.inbox == f"{HOME}/users/mei/inbox"
    assert stamp is not None
    assert (stamp.key, stamp.instrument) == (KEY, f"{HOME}/notes/7")
    assert counts(federated) == {"quote": 1}


def test_the_stamp_is_gone_with_either_post(
    federated: Bridge, say: Say, now: dt.datetime
) -> None:
    def stamps() -> int:
        with federated.store.read() as connection:
            known = activities.about(connection, request.id)
            assert known is not None
            name = known.body["result"].rpartition("/")[2]
            return int(quotes.get(connection, name) is not None)

    request = say("QuoteRequest", POST, instrument=f"{HOME}/notes/7")
    assert stamps() == 1
    say("Delete", f"{HOME}/notes/7")
    assert (stamps(), counts(federated)) == (0, {})
    request = say("QuoteRequest", POST, instrument=f"{HOME}/notes/8")
    correct.withdraw(federated, KEY, "It never sailed.", now)
    assert stamps() == 0


def test_a_silenced_server_is_held_and_not_agreed_to(
    configured: Configured, say: Say, now: dt.datetime
) -> None:
    bridge = configured(replies="open")
    moderate.put(bridge, "home.example", "silence", "", now)
    say("Create", note(), bridge=bridge)
    found = kept(bridge)
    assert found is not None
    assert found.state == "held"
    request = say("QuoteRequest", POST, instrument=f"{HOME}/notes/7", bridge=bridge)
    with bridge.store.read() as connection:
        answer = activities.about(connection, request.id)
    assert answer is not None
    assert answer.type == "Reject"
    assert "result" not in answer.body


def test_a_complaint_is_kept_for_the_editors(federated: Bridge, say: Say) -> None:
    say("Flag", [POST, f"{BASE}/ap/actors/herald_city"], content="Wrong name")
    with federated.store.read() as connection:
        (found,) = reports.newest(connection, 5)
    assert (found.content, found.state, len(found.objects)) == ("Wrong name", "open", 2)


def test_a_changed_inbox_is_where_posts_go_from_then_on(
    federated: Bridge, say: Say, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = person("mei", now)
    old = Follower(
        actor="herald_city",
        id=mei.id,
        inbox=mei.inbox,
        shared_inbox=mei.shared_inbox,
        follow=f"{HOME}/f",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, old)
    moved = replace(mei, inbox=f"{HOME}/new/inbox", shared_inbox=None)
    monkeypatch.setattr("bridge.federation.remote.described", lambda *_: moved)
    say("Update", {"id": mei.id, "type": "Person"})
    with federated.store.read() as connection:
        (found,) = followers.of(connection, mei.id)
        assert remotes.get(connection, mei.id) == moved
    assert found == replace(old, inbox=f"{HOME}/new/inbox", shared_inbox=None)
