"""Likes, boosts, replies, reports, quotes: what a reader's word leads to."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.federation import inbox, remote, sanitise
from bridge.model import Interaction, Json, Quote, Reaction, RemoteActor

BASE = "https://paper.example"
HOME = "https://home.example"
MEI = f"{HOME}/users/mei"
KEY = "tidewater-20260301-k7q2mz"
POST = f"{BASE}/ap/o/{KEY}"
LOCAL = f"{BASE}/ap/actors/tidewater_local"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
OURS = {LOCAL: "tidewater_local", f"{BASE}/ap/actors/instance": "instance"}
NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)


def activity(type: str, object: Any = POST, **changes: Any) -> Json:
    plain = {"id": f"{HOME}/activities/1", "type": type, "actor": MEI, "object": object}
    return plain | changes


def note(**changes: Any) -> Json:
    plain = {
        "id": f"{HOME}/notes/1",
        "type": "Note",
        "attributedTo": MEI,
        "inReplyTo": POST,
        "content": "<p>When does it sail?</p>",
        "to": [PUBLIC],
    }
    return plain | changes


def react(said: Json, sender: RemoteActor) -> Reaction:
    return inbox.react(said, sender, OURS, base_url=BASE, now=NOW)


@pytest.mark.parametrize(
    ("type", "kind"), [("Like", "like"), ("EmojiReact", "like"), ("Announce", "boost")]
)
@pytest.mark.parametrize("object", [POST, {"id": POST, "type": "Note"}])
def test_a_gesture_counts_for_its_article(
    sender: RemoteActor, type: str, kind: Any, object: Any
) -> None:
    counted = Interaction(kind=kind, key=KEY, actor=MEI, activity=f"{HOME}/activities/1")
    assert react(activity(type, object), sender) == Reaction(state="handled", counted=counted)


@pytest.mark.parametrize(
    "object",
    [
        f"{HOME}/notes/1",
        f"{BASE}/ap/o/",
        f"{BASE}/ap/o/../actors/x",
        f"{BASE}/ap/o/{KEY}?x=1",
        f"https://other.example/ap/o/{KEY}",
        f"http://paper.example/ap/o/{KEY}",
        LOCAL,
        None,
        [POST],
        3,
    ],
)
def test_a_gesture_about_anything_else_does_not(sender: RemoteActor, object: Any) -> None:
    reaction = react(activity("Like", object), sender)
    assert reaction == Reaction(state="ignored", note=reaction.note)


@pytest.mark.parametrize(
    ("undone", "by_id"),
    [
        ({"id": f"{HOME}/likes/1", "type": "Like", "actor": MEI, "object": POST}, False),
        ({"id": f"{HOME}/likes/1", "type": "Announce", "object": POST}, False),
        ({"id": f"{HOME}/likes/1", "type": "Like"}, True),
        (f"{HOME}/likes/1", True),
    ],
)
def test_it_is_taken_back_whole_or_by_its_id(
    sender: RemoteActor, undone: Any, by_id: bool
) -> None:
    reaction = react(activity("Undo", undone), sender)
    assert reaction.state == "handled"
    if by_id:
        assert reaction.unfollow_id == f"{HOME}/likes/1"
    else:
        assert reaction.uncounted is not None
        assert reaction.uncounted.key == KEY


def test_31_nobody_takes_back_what_is_anothers(sender: RemoteActor) -> None:
    other = {"id": f"{HOME}/likes/1", "type": "Like", "actor": f"{HOME}/users/lan"}
    assert react(activity("Undo", other | {"object": POST}), sender).state == "refused"
    away = {"id": "https://other.example/likes/1", "type": "Like"}
    assert react(activity("Undo", away), sender).state == "ignored"


def test_a_reply_has_its_words_its_author_and_its_article(sender: RemoteActor) -> None:
    said = note(
        contentMap={"en": "<p>When does it sail?</p>"},
        published="2026-03-01T03:00:00+01:00",
        url=[f"{HOME}/@mei/1"],
    )
    reply = react(activity("Create", said), sender).said
    assert reply is not None
    assert (reply.key, reply.actor, reply.name) == (KEY, MEI, "mei@home.example")
    assert (reply.content, reply.language) == ("<p>When does it sail?</p>", "en")
    assert reply.published == dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)
    assert (reply.url, reply.public, reply.state) == (f"{HOME}/@mei/1", True, "held")


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"attributedTo": f"{HOME}/users/lan"}, "refused"),
        ({"attributedTo": None}, "refused"),
        ({"attributedTo": [MEI, f"{HOME}/users/lan"]}, "refused"),
        ({"id": "https://other.example/notes/1"}, "refused"),
        ({"id": None}, "refused"),
        ({"content": ""}, "ignored"),
        ({"content": None}, "ignored"),
        ({"content": "<script>alert(1)</script>"}, "ignored"),
        ({"content": "x" * 10_001}, "ignored"),
        ({"content": "<p>" * 40_000 + "x"}, "ignored"),
        ({"content": ["x"]}, "ignored"),
        ({"type": "Video"}, "ignored"),
        ({"type": ["Note"]}, "ignored"),
        ({"inReplyTo": None}, "ignored"),
        ({"inReplyTo": 3}, "ignored"),
    ],
)
def test_35_words_count_only_as_their_authors_own(
    sender: RemoteActor, changes: Json, state: str
) -> None:
    reaction = react(activity("Create", note(**changes)), sender)
    assert reaction == Reaction(state=state, note=reaction.note)  # type: ignore[arg-type]


def test_a_reply_to_a_reply_names_what_it_answers(sender: RemoteActor) -> None:
    reaction = react(activity("Create", note(inReplyTo=f"{HOME}/notes/0")), sender)
    assert reaction.said is not None
    assert (reaction.said.key, reaction.parent) == (None, f"{HOME}/notes/0")


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": [{"type": "Mention", "href": LOCAL}]},
        {"tag": {"type": "Mention", "href": LOCAL}},
        {"cc": [LOCAL]},
        {"to": LOCAL},
    ],
)
def test_a_mention_is_a_word_to_an_account(sender: RemoteActor, changes: Json) -> None:
    reply = react(activity("Create", note(inReplyTo=None, **changes)), sender).said
    assert reply is not None
    assert (reply.key, reply.account) == (None, "tidewater_local")


@pytest.mark.parametrize(
    ("to", "cc", "public"),
    [
        ([PUBLIC], [], True),
        (PUBLIC, None, True),
        (["as:Public"], None, True),
        ([f"{MEI}/followers"], [PUBLIC], True),
        ([f"{MEI}/followers"], [LOCAL], False),
        ([LOCAL], None, False),
        (None, None, False),
        ([{"id": PUBLIC}], None, False),
    ],
)
def test_what_was_not_said_to_everybody_is_not_public(
    sender: RemoteActor, to: Any, cc: Any, public: bool
) -> None:
    reply = react(activity("Create", note(to=to, cc=cc)), sender).said
    assert reply is not None
    assert reply.public is public


@pytest.mark.parametrize(
    "published",
    ["2026-03-09T00:00:00Z", "yesterday", None, "9999-99-99", "0001-01-01T00:00:00+14:00"],
)
def test_nothing_was_said_in_the_future(sender: RemoteActor, published: Any) -> None:
    reply = react(activity("Create", note(published=published)), sender).said
    assert reply is not None
    assert reply.published == NOW


def test_an_edit_has_the_new_words(sender: RemoteActor) -> None:
    edited = react(activity("Update", note(content="<p>When?</p>")), sender).edited
    assert edited is not None
    assert edited.content == "<p>When?</p>"


def profile(key: str, **changes: Any) -> Json:
    plain = {
        "id": MEI,
        "type": "Person",
        "preferredUsername": "mei",
        "inbox": f"{HOME}/new/inbox",
        "publicKey": {"id": f"{MEI}#main-key", "owner": MEI, "publicKeyPem": key},
    }
    return plain | changes


def test_a_changed_profile_is_ones_own(sender: RemoteActor) -> None:
    own = profile(sender.key)
    assert react(activity("Update", own), sender).profile == own
    other = react(activity("Update", own | {"id": f"{HOME}/users/lan"}), sender)
    assert other == Reaction(state="refused", note=other.note)


def test_31_it_is_believed_with_the_key_that_is_known(sender: RemoteActor) -> None:
    found = remote.described(profile(sender.key), sender, NOW)
    assert found is not None
    assert (found.inbox, found.key_id) == (f"{HOME}/new/inbox", sender.key_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": f"{HOME}/users/lan"},
        {"inbox": "https://other.example/inbox"},
        {"inbox": None},
        {"publicKey": {"id": f"{MEI}#other", "owner": MEI, "publicKeyPem": "x"}},
        {"publicKey": None},
    ],
)
def test_31_and_not_with_anothers_inbox_or_key(sender: RemoteActor, changes: Json) -> None:
    assert remote.described(profile(sender.key, **changes), sender, NOW) is None


@pytest.mark.parametrize(
    "object", [f"{HOME}/notes/1", {"id": f"{HOME}/notes/1", "type": "Tombstone"}]
)
def test_a_deleted_post_is_named(sender: RemoteActor, object: Any) -> None:
    assert react(activity("Delete", object), sender).unsaid == f"{HOME}/notes/1"


def test_31_nobody_deletes_what_is_on_another_host(sender: RemoteActor) -> None:
    reaction = react(activity("Delete", "https://other.example/notes/1"), sender)
    assert (reaction.state, reaction.unsaid) == ("refused", None)


def test_a_report_names_what_is_ours_and_says_why_in_plain_text(sender: RemoteActor) -> None:
    objects = [LOCAL, POST, POST, f"{HOME}/notes/1", 3, None]
    said = activity(
        "Flag", objects, content="<b>Wrong</b> name\x1b[31m<br>in line 2" + "x" * 9_000
    )
    report = react(said, sender).report
    assert report is not None
    assert report.objects == (LOCAL, POST)
    assert report.content.startswith("Wrong name[31m\nin line 2x")
    assert len(report.content) <= 2_000


@pytest.mark.parametrize("object", [[], None, [f"{HOME}/notes/1"], {"id": 1}])
def test_a_report_about_nothing_of_ours_is_ignored(sender: RemoteActor, object: Any) -> None:
    assert react(activity("Flag", object), sender).state == "ignored"


def test_a_wish_to_quote_names_both_posts(sender: RemoteActor) -> None:
    said = activity("QuoteRequest", instrument={"id": f"{HOME}/notes/2", "type": "Note"})
    assert react(said, sender).quote == Quote(
        name="", key=KEY, instrument=f"{HOME}/notes/2", actor=MEI, account=""
    )


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"instrument": "https://other.example/notes/2"}, "refused"),
        ({"instrument": None}, "ignored"),
        ({"object": LOCAL, "instrument": f"{HOME}/notes/2"}, "ignored"),
    ],
)
def test_31_one_quotes_with_ones_own_post(
    sender: RemoteActor, changes: Json, state: str
) -> None:
    assert react(activity("QuoteRequest") | changes, sender).state == state


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("<p>A <em>fine</em> day</p>", "<p>A <em>fine</em> day</p>"),
        (
            '<a href="javascript:alert(1)">x</a>',
            '<a rel="nofollow ugc noopener noreferrer">x</a>',
        ),
        ("<img src=x onerror=alert(1)>y", "y"),
        ("<style>p{}</style>z", "z"),
        ("<p style='x' class=y onclick=z>a</p>", "<p>a</p>"),
        ("a\u202ebc\x00d", "abcd"),
        ("<!-- x -->a", "a"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<p> </p>", ""),
    ],
)
def test_65_text_of_strangers_is_made_harmless(markup: str, clean: str) -> None:
    assert sanitise.fragment(markup) == clean


@given(st.text(alphabet="<>/ap\"'= srcone(x)&;hrefjavascript:\x1b\u202e", max_size=80))
def test_65_whatever_they_write(markup: str) -> None:
    clean = sanitise.fragment(markup)
    assert sanitise.fragment(clean) == clean
    for word in ("<script", "<img", "<style", "<iframe", "\x1b", "\u202e"):
        assert word not in clean
