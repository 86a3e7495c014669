"""Blocks: nobody on the list is heard, at any door; lists come from Mastodon and go there."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bridge.errors import BridgeError, UserError
from bridge.model import Follower, Reply
from bridge.pipeline import blocked, moderate, receive
from bridge.store import blocks, deliveries, followers, inbounds, replies
from bridge.wiring import Bridge

CSV = """\
#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
spam.example,suspend,False,False,"ads, and more ads",False
loud.example,silence,False,False,,False
fine.example,noop,False,False,,False
"""


@pytest.fixture(autouse=True)
def fresh(federated: Bridge) -> Iterator[None]:
    yield
    blocked.forget(federated.store)


@pytest.fixture
def reply(now: dt.datetime) -> Reply:
    return Reply(
        id="https://sub.spam.example/notes/1",
        key=None,
        account="herald_city",
        actor="https://sub.spam.example/users/x",
        name="x@sub.spam.example",
        url="https://sub.spam.example/notes/1",
        content="<p>Buy</p>",
        language=None,
        published=now,
        received=now,
        public=True,
    )


def befriend(bridge: Bridge, host: str, now: dt.datetime) -> None:
    id = f"https://{host}/users/x"
    follower = Follower(
        actor="herald_city",
        id=id,
        inbox=f"{id}/inbox",
        shared_inbox=None,
        follow=f"{id}/f",
        since=now,
    )
    with bridge.store.begin() as connection:
        followers.put(connection, follower)


def names(bridge: Bridge) -> list[tuple[str, str]]:
    with bridge.store.read() as connection:
        return [(one.name, one.severity) for one in blocks.listed(connection)]


def test_43_a_blocked_server_is_refused_at_the_door_and_leaves_nothing(
    federated: Bridge, peer, now: dt.datetime
) -> None:
    host = peer.host.partition(":")[0]
    moderate.put(federated, peer.id, "suspend", "", now)
    follow = peer.follow()
    assert receive.receive(federated, peer.request(follow), now).status == 403
    with federated.store.read() as connection:
        assert inbounds.get(connection, follow["id"]) is None
    assert peer.documents == 0
    moderate.lift(federated, peer.id)
    assert receive.receive(federated, peer.request(follow), now).status == 202
    moderate.put(federated, host, "suspend", "", now)
    assert receive.receive(federated, peer.request(peer.follow(2)), now).status == 403


def test_43_what_waits_when_the_block_comes_has_no_effect(
    federated: Bridge, peer, now: dt.datetime
) -> None:
    first = peer.follow()
    receive.receive(federated, peer.request(first), now)
    receive.process_inbox(federated, now)
    like = peer.activity("Follow", "https://paper.example/ap/actors/herald_sport", 2)
    assert receive.receive(federated, peer.request(like), now).status == 202
    moderate.put(federated, peer.id, "suspend", "", now)
    receive.process_inbox(federated, now)
    with federated.store.read() as connection:
        assert followers.counts(connection) == {}
        found = inbounds.get(connection, like["id"])
    assert found is not None
    assert found.state == "refused"


def test_a_block_ends_follows_deliveries_and_words(
    federated: Bridge, send: Callable[..., str], reply: Reply, now: dt.datetime
) -> None:
    befriend(federated, "sub.spam.example", now)
    befriend(federated, "good.example", now)
    activity = send()
    with federated.store.begin() as connection:
        replies.add(connection, reply)
        replies.add(connection, replace(reply, id="2", actor="https://good.example/users/x"))
    assert moderate.put(federated, "*.Spam.Example", "suspend", "ads", now) == (
        "spam.example",
        1,
    )
    with federated.store.read() as connection:
        assert [one.id for one in followers.of_account(connection, "herald_city")] == [
            "https://good.example/users/x"
        ]
        states = {row.host: row.state for row in deliveries.of(connection, activity)}
        said = {one.id: one.content for one in replies.newest(connection, 5)}
    assert said == {"2": "<p>Buy</p>", reply.id: ""}
    assert states == {"sub.spam.example": "gone", "good.example": "pending"}


def test_a_silence_ends_nothing(federated: Bridge, now: dt.datetime) -> None:
    befriend(federated, "loud.example", now)
    assert moderate.put(federated, "loud.example", "silence", "", now) == ("loud.example", 0)
    assert not blocked.refuses(federated, "https://loud.example/users/x")


def test_with_an_allow_list_only_listed_ones_are_heard(
    federated: Bridge, now: dt.datetime
) -> None:
    only = replace(federated.settings.federation, allow_list=True)
    bridge = replace(federated, settings=replace(federated.settings, federation=only))
    moderate.put(bridge, "good.example", "allow", "", now)
    moderate.put(bridge, "https://one.example/users/mei", "allow", "", now)
    moderate.put(bridge, "bad.good.example", "suspend", "", now)
    heard = {
        "https://good.example/users/x": True,
        "https://sub.good.example/users/x": True,
        "https://bad.good.example/users/x": False,
        "https://one.example/users/mei": True,
        "https://one.example/users/lan": False,
    }
    assert {actor: not blocked.refuses(bridge, actor) for actor in heard} == heard
    assert not blocked.refuses(federated, "https://one.example/users/lan")


def test_a_list_of_mastodon_is_taken_over_and_given_back(
    federated: Bridge, now: dt.datetime
) -> None:
    befriend(federated, "spam.example", now)
    done = moderate.load(federated, CSV, now)
    assert (done.added, done.skipped) == (2, 1)
    assert names(federated) == [("loud.example", "silence"), ("spam.example", "suspend")]
    with federated.store.read() as connection:
        assert followers.counts(connection) == {}
        text = moderate.export(blocks.listed(connection))
    assert text.splitlines()[0] == CSV.splitlines()[0]
    assert 'spam.example,suspend,False,False,"ads, and more ads",False' in text
    assert moderate.load(federated, text, now).added == 0


def test_no_entry_is_weakened_by_a_list(federated: Bridge, now: dt.datetime) -> None:
    moderate.put(federated, "loud.example", "suspend", "", now)
    moderate.load(federated, CSV, now)
    assert ("loud.example", "suspend") in names(federated)


def test_a_list_may_be_one_domain_a_line(federated: Bridge, now: dt.datetime) -> None:
    moderate.load(federated, "\ufeffspam.example\n\nbücher.example\n", now)
    assert names(federated) == [
        ("spam.example", "suspend"),
        ("xn--bcher-kva.example", "suspend"),
    ]


def test_a_bad_list_adds_nothing_and_names_its_lines(
    federated: Bridge, now: dt.datetime
) -> None:
    with pytest.raises(UserError) as caught:
        moderate.load(federated, "good.example\nno domain\nx y\n", now)
    assert [problem[:7] for problem in caught.value.problems] == ["line 2:", "line 3:"]
    assert names(federated) == []


@pytest.mark.parametrize(
    "text", ["", "a b", "https://", "@mei@one.example", "ftp://x.example/u"]
)
def test_what_is_neither_domain_nor_address(federated: Bridge, text: str) -> None:
    with pytest.raises(UserError):
        moderate.subject(text)


def test_a_reply_goes_by_its_short_name(
    federated: Bridge, reply: Reply, now: dt.datetime
) -> None:
    with federated.store.begin() as connection:
        replies.add(connection, reply)
    assert moderate.find(federated, moderate.name(reply)) == reply
    moderate.decide(federated, moderate.name(reply), "rejected", now)
    assert moderate.find(federated, reply.id).state == "rejected"
    with pytest.raises(BridgeError, match="no reply has this name"):
        moderate.find(federated, "00000000")


def test_a_complaint_without_number(federated: Bridge) -> None:
    with pytest.raises(BridgeError, match="no report has the number 7"):
        moderate.close_report(federated, 7, None)
