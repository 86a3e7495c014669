"""What readers say and do: replies, counts, quotes, complaints, and the list of blocks."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from bridge.model import Interaction, Quote, Reply, Report
from bridge.store import Store, blocks, interactions, quotes, replies, reports
from bridge.store.blocks import Block
from bridge.store.schema.dialogue import INTERACTIONS

MEI = "https://one.example/users/mei"
KEY = "daily-20260301-aaaaaa"


@pytest.fixture
def reply(now: dt.datetime) -> Reply:
    return Reply(
        id="https://one.example/notes/1",
        key=KEY,
        account="daily_city",
        actor=MEI,
        name="mei@one.example",
        url="https://one.example/@mei/1",
        content="<p>几点开船？</p>",
        language="zh",
        published=now - dt.timedelta(minutes=1),
        received=now,
        public=True,
    )


def test_a_reply_comes_back_as_stored_and_once(store: Store, reply: Reply) -> None:
    with store.begin() as connection:
        assert replies.get(connection, reply.id) is None
        assert replies.add(connection, reply)
        assert not replies.add(connection, replace(reply, content="other"))
        assert replies.get(connection, reply.id) == reply


def test_only_approved_ones_are_found_for_an_article_oldest_first(
    store: Store, reply: Reply, now: dt.datetime
) -> None:
    older = replace(reply, id="2", published=now - dt.timedelta(hours=1))
    mention = replace(reply, id="3", key=None)
    with store.begin() as connection:
        for one in (reply, older, mention):
            replies.add(connection, one)
        assert replies.of_article(connection, KEY) == ()
        for one in (reply, older):
            replies.decide(connection, one.id, "approved", now)
        said = replies.of_article(connection, KEY)
        assert [one.id for one in said] == [older.id, reply.id]
        assert replies.of_articles(connection, [KEY, "other"]) == {KEY: said}
        assert replies.counts(connection) == {"approved": 2, "held": 1}
        assert replies.standing(connection, MEI) == {"approved": 2, "held": 1}


def test_new_words_and_their_state(store: Store, reply: Reply, now: dt.datetime) -> None:
    new = replace(reply, content="<p>几点到？</p>", language=None, state="approved")
    with store.begin() as connection:
        replies.add(connection, reply)
        replies.change(connection, new, now)
        assert replies.get(connection, reply.id) == new
        assert replies.newest(connection, 5, "approved") == (new,)
        assert replies.newest(connection, 5, "held") == ()


def test_31_only_who_said_it_takes_it_back(
    store: Store, reply: Reply, now: dt.datetime
) -> None:
    empty = replace(reply, content="", name="", state="rejected")
    with store.begin() as connection:
        replies.add(connection, reply)
        assert not replies.remove(connection, reply.id, "https://one.example/users/lan", now)
        assert replies.remove(connection, reply.id, MEI, now)
        assert not replies.remove(connection, reply.id, MEI, now)
        assert replies.get(connection, reply.id) == empty
        assert not replies.add(connection, reply)  # what was deleted does not come back


def test_everything_of_an_actor_is_let_go_of(
    store: Store, reply: Reply, now: dt.datetime
) -> None:
    with store.begin() as connection:
        replies.add(connection, reply)
        assert replies.actors(connection) == (MEI,)
        assert replies.of_actor(connection, MEI) == (reply,)
        assert replies.remove_all(connection, MEI, now) == 1
        assert [one.content for one in replies.newest(connection, 5)] == [""]


def test_what_was_rejected_is_forgotten_in_time(
    store: Store, reply: Reply, now: dt.datetime
) -> None:
    later = now + dt.timedelta(days=1)
    with store.begin() as connection:
        replies.add(connection, reply)
        assert replies.purge(connection, later) == 0
        replies.decide(connection, reply.id, "rejected", now)
        assert replies.purge(connection, now) == 0
        assert replies.purge(connection, later) == 1


def test_nobody_is_counted_twice_and_nobody_is_named(store: Store) -> None:
    like = Interaction(kind="like", key=KEY, actor=MEI, activity="https://one.example/likes/1")
    again = replace(like, activity="https://one.example/likes/2")
    boost = replace(like, kind="boost")
    lan = replace(like, actor="https://one.example/users/lan")
    with store.begin() as connection:
        assert interactions.add(connection, like)
        assert not interactions.add(connection, again)
        assert interactions.add(connection, boost)
        assert interactions.add(connection, lan)
        assert interactions.counts(connection, [KEY, "x"]) == {KEY: {"like": 2, "boost": 1}}
        kept = connection.execute(select(INTERACTIONS)).all()
    assert not any("one.example" in str(value) for row in kept for value in row)


def test_a_like_is_taken_back_by_what_it_was_or_by_its_id(store: Store) -> None:
    like = Interaction(kind="like", key=KEY, actor=MEI, activity="https://one.example/likes/1")
    with store.begin() as connection:
        interactions.add(connection, like)
        assert interactions.remove(connection, replace(like, activity="other"))
        assert not interactions.remove(connection, like)
        interactions.add(connection, like)
        assert not interactions.remove_activity(connection, "https://one.example/likes/2")
        assert interactions.remove_activity(connection, like.activity)
        assert interactions.counts(connection, [KEY]) == {}


def test_an_agreement_stands_until_the_quoting_post_or_the_quoted_one_is_gone(
    store: Store,
) -> None:
    quote = Quote(name="n", key=KEY, instrument="https://one.example/2", actor=MEI, account="a")
    other = replace(quote, name="m", instrument="https://one.example/3")
    with store.begin() as connection:
        assert quotes.add(connection, quote)
        assert not quotes.add(connection, quote)
        quotes.add(connection, other)
        assert quotes.get(connection, "n") == quote
        assert quotes.remove(connection, quote.instrument, "somebody else") == ()
        assert quotes.remove(connection, quote.instrument, MEI) == (quote,)
        assert quotes.get(connection, "n") is None
        assert quotes.revoke(connection, KEY) == 1


def test_a_complaint_is_kept_until_it_is_closed(store: Store, now: dt.datetime) -> None:
    report = Report(
        id="https://one.example/flags/1",
        actor="https://one.example/actor",
        objects=("https://paper.example/ap/o/x",),
        content="Wrong name",
        received=now,
    )
    with store.begin() as connection:
        assert reports.add(connection, report)
        assert not reports.add(connection, report)
        (found,) = reports.newest(connection, 5, "open")
        assert replace(found, number=0) == report
        assert reports.opened(connection, report.actor) == 1
        closed = reports.close(connection, found.number, "corrected")
        assert closed == replace(found, state="closed", note="corrected")
        assert reports.close(connection, 99, None) is None
        assert reports.newest(connection, 5, "open") == ()
        assert reports.newest(connection, 5) == (closed,)


def test_30_a_domain_stands_for_those_below_it(store: Store, now: dt.datetime) -> None:
    domain = Block(
        kind="domain", name="spam.example", severity="suspend", comment="ads", created=now
    )
    person = Block(kind="actor", name=MEI, severity="silence", comment="", created=now)
    with store.begin() as connection:
        blocks.put(connection, domain)
        blocks.put(connection, person)
        for host in ("spam.example", "a.b.spam.example", "SPAM.example:8443"):
            assert blocks.about(connection, f"https://{host}/users/x") == {"suspend"}
        assert blocks.about(connection, "https://notspam.example/users/x") == frozenset()
        assert blocks.about(connection, MEI) == {"silence"}
        assert blocks.about(connection, f"{MEI}2") == frozenset()
        assert blocks.listed(connection) == (domain, person)


def test_an_entry_is_changed_and_taken_away(store: Store, now: dt.datetime) -> None:
    first = Block(kind="domain", name="a.example", severity="suspend", comment="", created=now)
    later = replace(first, severity="silence", created=now + dt.timedelta(days=1))
    with store.begin() as connection:
        blocks.put(connection, first)
        blocks.put(connection, later)
        assert blocks.listed(connection) == (replace(later, created=now),)
        assert blocks.remove(connection, "domain", "a.example")
        assert not blocks.remove(connection, "domain", "a.example")
