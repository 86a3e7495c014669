"""The ledger: who gets what, in which order, and what came of it."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from bridge.model import Activity, Delivery, Follower, Host, Verdict
from bridge.model.social import SHARDS, shard_of
from bridge.store import Connection, Store, activities, deliveries, followers, hosts
from bridge.store.deliveries import Result
from bridge.store.schema.social import DELIVERIES, FOLLOWERS

MINUTE = dt.timedelta(minutes=1)
HOST = "one.example"
INBOX = f"https://{HOST}/inbox"


def activity(number: int, now: dt.datetime, about: str = "x", kind: str = "Create") -> Activity:
    return Activity(
        id=f"https://paper.example/ap/activities/{number}",
        actor="daily_city",
        type=kind,
        object=f"https://paper.example/ap/o/{about}",
        body={"type": kind},
        created=now,
    )


def follower(number: int, now: dt.datetime, shared: str | None = INBOX) -> Follower:
    own = f"https://{HOST}/users/{number}"
    return Follower(
        actor="daily_city",
        id=own,
        inbox=f"{own}/inbox",
        shared_inbox=shared,
        follow=f"{own}#follow",
        since=now,
    )


def queue(connection: Connection, wanted: Activity, now: dt.datetime) -> tuple[int, ...]:
    activities.add(connection, wanted)
    return deliveries.fan_out(connection, wanted.id, now)


def due(connection: Connection, now: dt.datetime) -> list[str]:
    return [
        d.activity.rsplit("/", 1)[1] for d in deliveries.due(connection, HOST, now, limit=99)
    ]


def settle(connection: Connection, row: Delivery, verdict: Verdict, status: int) -> None:
    result = Result(delivery=row.id, verdict=verdict, status=status)
    deliveries.settle(connection, (result,))


@pytest.fixture
def connection(store: Store, now: dt.datetime):  # type: ignore[no-untyped-def]
    """A write transaction with one follower in it."""
    with store.begin() as connection:
        followers.put(connection, follower(1, now))
        yield connection


def test_a_fan_out_gives_a_row_to_each_follower_inbox(
    connection: Connection, now: dt.datetime
) -> None:
    followers.put(connection, follower(2, now, shared=None))
    assert queue(connection, activity(1, now), now) == (shard_of(HOST),)
    rows = deliveries.of(connection, activity(1, now).id)
    assert [row.inbox for row in rows] == [INBOX, f"https://{HOST}/users/2/inbox"]
    assert rows[0] == Delivery(
        id=rows[0].id,
        activity=activity(1, now).id,
        object="https://paper.example/ap/o/x",
        actor="daily_city",
        inbox=INBOX,
        host=HOST,
        shard=shard_of(HOST),
        sequence=rows[0].sequence,
        state="pending",
        attempts=0,
        due=now,
        created=now,
        status=None,
        error=None,
    )


def test_a_shared_inbox_gets_an_activity_once(connection: Connection, now: dt.datetime) -> None:
    """Security no. 93."""
    for number in range(2, 9):
        followers.put(connection, follower(number, now))
    queue(connection, activity(1, now), now)
    assert len(deliveries.of(connection, activity(1, now).id)) == 1


def test_a_repeated_fan_out_adds_nothing(connection: Connection, now: dt.datetime) -> None:
    queue(connection, activity(1, now), now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    settle(connection, row, Verdict(state="delivered", due=now, error=None), 202)
    assert deliveries.fan_out(connection, activity(1, now).id, now) == ()
    assert deliveries.counts(connection) == {"delivered": 1}


def test_who_comes_later_does_not_get_what_has_gone_out(
    connection: Connection, now: dt.datetime
) -> None:
    queue(connection, activity(1, now), now)
    followers.put(connection, follower(2, now, shared=None))
    deliveries.fan_out(connection, activity(1, now).id, now)
    assert len(deliveries.of(connection, activity(1, now).id)) == 1


def test_an_update_that_is_fanned_out_first_takes_its_create_along(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 99: the tasks of two activities may run in any order."""
    activities.add(connection, activity(1, now))
    activities.add(connection, activity(2, now, kind="Update"))
    deliveries.fan_out(connection, activity(2, now).id, now)
    assert due(connection, now) == ["1", "2"]


def test_an_activity_that_is_not_stored_goes_nowhere(
    connection: Connection, now: dt.datetime
) -> None:
    assert deliveries.fan_out(connection, "https://paper.example/none", now) == ()


def test_other_accounts_followers_get_nothing(connection: Connection, now: dt.datetime) -> None:
    assert queue(connection, replace(activity(1, now), actor="daily_sport"), now) == ()


def test_ten_thousand_followers_touch_every_shard_once(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 88; the rows never pass through this process."""
    hosts = [f"h{number}.example" for number in range(10_000)]
    rows = [
        {
            "actor": "daily_city",
            "id": f"https://{host}/u",
            "inbox": f"https://{host}/u/inbox",
            "target": f"https://{host}/u/inbox",
            "host": host,
            "shard": shard_of(host),
            "follow": f"https://{host}/f",
            "since": now,
        }
        for host in hosts
    ]
    connection.execute(insert(FOLLOWERS), rows)
    assert queue(connection, activity(1, now), now) == tuple(range(SHARDS))
    total = connection.execute(select(func.count()).select_from(DELIVERIES)).scalar_one()
    assert total == 10_001
    assert deliveries.shards_due(connection, now) == tuple(range(SHARDS))


def test_rows_of_a_host_leave_in_the_order_of_their_activities(
    connection: Connection, now: dt.datetime
) -> None:
    for number in (3, 1, 2):
        queue(connection, activity(number, now, about=str(number)), now)
    assert due(connection, now) == ["3", "1", "2"]


def test_an_update_waits_while_its_create_waits(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 99: only the pair of inbox and object waits; other pairs go on."""
    queue(connection, activity(1, now), now)
    queue(connection, activity(2, now, kind="Update"), now)
    queue(connection, activity(3, now, about="y"), now)
    create = deliveries.due(connection, HOST, now, limit=1)[0]
    settle(connection, create, Verdict(state="pending", due=now + MINUTE, error="503"), 503)
    assert due(connection, now) == ["3"]
    assert due(connection, now + MINUTE) == ["1", "2", "3"]


def test_an_update_goes_on_once_its_create_is_given_up(
    connection: Connection, now: dt.datetime
) -> None:
    queue(connection, activity(1, now), now)
    queue(connection, activity(2, now, kind="Update"), now)
    create = deliveries.due(connection, HOST, now, limit=1)[0]
    settle(connection, create, Verdict(state="failed", due=now, error="403"), 403)
    assert due(connection, now) == ["2"]


def test_a_pair_that_waits_keeps_no_shard_or_host_busy(
    connection: Connection, now: dt.datetime
) -> None:
    queue(connection, activity(1, now), now)
    queue(connection, activity(2, now, kind="Update"), now)
    create = deliveries.due(connection, HOST, now, limit=1)[0]
    settle(connection, create, Verdict(state="pending", due=now + MINUTE, error="503"), 503)
    assert deliveries.shards_due(connection, now) == ()
    assert deliveries.hosts_due(connection, create.shard, now, busy=(), limit=9) == {}


def test_hosts_that_are_busy_are_left_out(connection: Connection, now: dt.datetime) -> None:
    queue(connection, activity(1, now), now)
    shard = shard_of(HOST)
    assert deliveries.hosts_due(connection, shard, now, busy=(), limit=9) == {HOST: 0}
    assert deliveries.hosts_due(connection, shard, now, busy={HOST}, limit=9) == {}
    assert deliveries.hosts_due(connection, shard + 1, now, busy=(), limit=9) == {}


def test_an_attempt_is_written_down(connection: Connection, now: dt.datetime) -> None:
    queue(connection, activity(1, now), now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    settle(connection, row, Verdict(state="pending", due=now + MINUTE, error="busy"), 503)
    (row,) = deliveries.of(connection, row.activity)
    assert (row.state, row.attempts, row.due) == ("pending", 1, now + MINUTE)
    assert (row.status, row.error) == (503, "busy")


def test_a_paused_host_waits_with_all_its_rows(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 90: Retry-After speaks for the host."""
    queue(connection, activity(1, now), now)
    queue(connection, activity(2, now, about="y"), now)
    deliveries.pause(connection, HOST, now + MINUTE)
    assert due(connection, now) == []
    assert due(connection, now + MINUTE) == ["1", "2"]


def test_what_nobody_follows_any_more_is_called_off(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 98."""
    queue(connection, activity(1, now), now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    assert deliveries.still_pending(connection, [row.id]) == {row.id}
    assert deliveries.call_off(connection, "daily_sport", INBOX) == 0
    assert deliveries.recalls(connection, row.shard) == 0
    assert deliveries.call_off(connection, "daily_city", INBOX) == 1
    assert deliveries.recalls(connection, row.shard) == 1
    assert deliveries.still_pending(connection, [row.id]) == frozenset()
    assert deliveries.counts(connection, row.activity) == {"gone": 1}


@pytest.mark.parametrize(("state", "kept"), [("pending", "gone"), ("delivered", "delivered")])
def test_what_was_called_off_under_way_stays_so_unless_it_arrived(
    connection: Connection, now: dt.datetime, state: str, kept: str
) -> None:
    queue(connection, activity(1, now), now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    deliveries.call_off(connection, "daily_city", INBOX)
    settle(connection, row, Verdict(state=state, due=now, error=None), 503)  # type: ignore[arg-type]
    assert deliveries.counts(connection) == {kept: 1}


def test_an_answer_to_one_actor_is_not_called_off(
    connection: Connection, now: dt.datetime
) -> None:
    accept = activity(1, now, kind="Accept")
    activities.add(connection, accept)
    assert deliveries.send(connection, accept, INBOX, now) == shard_of(HOST)
    assert deliveries.call_off(connection, "daily_city", INBOX) == 0
    assert due(connection, now) == ["1"]


def test_an_answer_can_be_given_again(connection: Connection, now: dt.datetime) -> None:
    """Security no. 32: a Follow that is repeated is answered each time."""
    accept = activity(1, now, kind="Accept")
    activities.add(connection, accept)
    deliveries.send(connection, accept, INBOX, now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    settle(connection, row, Verdict(state="delivered", due=now, error=None), 202)
    deliveries.send(connection, accept, INBOX, now + MINUTE)
    (row,) = deliveries.of(connection, accept.id)
    assert (row.state, row.attempts, row.due) == ("pending", 0, now + MINUTE)


def test_an_inbox_that_is_gone_gets_nothing_more(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 91."""
    queue(connection, activity(1, now), now)
    queue(connection, activity(2, now, about="y"), now)
    assert deliveries.close(connection, INBOX, "410 Gone") == 2
    assert due(connection, now) == []
    assert {row.error for row in deliveries.of(connection, activity(2, now).id)} == {"410 Gone"}


def test_rows_for_a_host_that_rests_are_born_with_its_patience(
    connection: Connection, now: dt.datetime
) -> None:
    hosts.put(connection, Host(name=HOST, failures=2, until=now + MINUTE, changed=now))
    assert queue(connection, activity(1, now), now) == (shard_of(HOST),)
    assert due(connection, now) == []
    assert due(connection, now + MINUTE) == ["1"]
    answer = activity(2, now, kind="Accept")
    activities.add(connection, answer)
    deliveries.send(connection, answer, INBOX, now)
    assert due(connection, now) == []


def test_hosts_that_were_failing_come_after_those_that_are_well(
    connection: Connection, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "shard_of", lambda host: shard_of(HOST))
    other = replace(follower(2, now), inbox="https://two.example/u", shared_inbox=None)
    followers.put(connection, other)
    hosts.put(connection, Host(name=HOST, failures=3, changed=now))
    queue(connection, activity(1, now), now)
    found = deliveries.hosts_due(connection, shard_of(HOST), now, busy=(), limit=9)
    assert list(found.items()) == [("two.example", 0), (HOST, 3)]


@pytest.mark.parametrize(("status", "woken"), [(None, 1), (502, 1), (500, 0), (401, 0)])
def test_a_host_that_is_back_gets_what_it_did_not_answer(
    connection: Connection, now: dt.datetime, status: int, woken: int
) -> None:
    queue(connection, activity(1, now), now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    settle(connection, row, Verdict(state="pending", due=now + MINUTE, error="x"), status)
    assert deliveries.wake(connection, HOST, now) == woken
    assert due(connection, now) == ["1"] * woken


def test_what_is_older_than_a_dead_hosts_patience_is_given_up(
    connection: Connection, now: dt.datetime
) -> None:
    queue(connection, activity(1, now), now - 8 * 1440 * MINUTE)
    queue(connection, activity(2, now, about="y"), now)
    assert deliveries.expire(connection, HOST, now - 7 * 1440 * MINUTE, "dead") == 1
    assert due(connection, now) == ["2"]
    assert deliveries.counts(connection) == {"failed": 1, "pending": 1}


def test_what_waits_for_a_shared_inbox_goes_to_the_own_ones(
    connection: Connection, now: dt.datetime
) -> None:
    """Only to those who followed by then; what was delivered is not delivered again."""
    followers.put(connection, follower(2, now))
    queue(connection, activity(1, now), now)
    (row,) = deliveries.due(connection, HOST, now, limit=9)
    settle(connection, row, Verdict(state="delivered", due=now, error=None), 202)
    queue(connection, activity(2, now, about="y"), now)
    followers.put(connection, follower(3, now + MINUTE))
    followers.lose_target(connection, INBOX)
    deliveries.redirect(connection, INBOX, now)
    deliveries.close(connection, INBOX, "410")
    waiting = [d.inbox for d in deliveries.due(connection, HOST, now, limit=9)]
    assert waiting == [f"https://{HOST}/users/{n}/inbox" for n in (1, 2)]
    assert due(connection, now) == ["2", "2"]


def test_rows_of_a_clock_that_ran_ahead_are_due_now(
    connection: Connection, now: dt.datetime
) -> None:
    """Security no. 109."""
    ahead = now + 1440 * MINUTE
    queue(connection, activity(1, now), ahead)
    hosts.put(
        connection, Host(name=HOST, failures=1, until=ahead, failing=ahead, changed=ahead)
    )
    assert deliveries.ahead(connection, now)
    assert deliveries.rewind(connection, now) == 1
    assert due(connection, now) == ["1"]
    assert not deliveries.ahead(connection, now)
    assert (hosts.get(connection, [HOST])[HOST].until, deliveries.rewind(connection, now)) == (
        None,
        0,
    )
