"""What an operator chooses in the ledger, tries again and drops."""

import datetime as dt

import pytest

from bridge.model import Activity, Host, Verdict
from bridge.model.social import shard_of
from bridge.store import Connection, Store, activities, deliveries, hosts, ledger
from bridge.store.deliveries import Result
from bridge.store.ledger import Choice

LATER = dt.timedelta(days=8)


def queue(connection: Connection, number: int, host: str, now: dt.datetime) -> int:
    told = Activity(
        id=f"https://p.example/{number}",
        actor="x",
        type="Create",
        object=f"https://p.example/o/{number}",
        body={},
        created=now,
    )
    activities.add(connection, told)
    deliveries.send(connection, told, f"https://{host}/inbox", now)
    return next(row.id for row in deliveries.of(connection, told.id) if row.host == host)


def fail(connection: Connection, id: int, state: str, now: dt.datetime) -> None:
    verdict = Verdict(state=state, due=now, error="no")  # type: ignore[arg-type]
    result = Result(delivery=id, verdict=verdict, status=500, failing=now)
    deliveries.settle(connection, [result])


def test_what_failed_for_a_host_begins_anew(store: Store, now: dt.datetime) -> None:
    choice = Choice(host="one.example")
    with store.begin() as connection:
        first = queue(connection, 1, "one.example", now)
        fail(connection, first, "failed", now)
        fail(connection, queue(connection, 2, "one.example", now), "gone", now)
        fail(connection, queue(connection, 3, "two.example", now), "failed", now)
        hosts.put(connection, Host(name="one.example", failures=9, until=now, changed=now))
        assert ledger.size(connection, choice, choice.again) == 1
        assert [row.id for row in ledger.first(connection, choice, choice.again)] == [first]
        assert ledger.again(connection, choice, now + LATER) == (shard_of("one.example"),)
        (row,) = deliveries.due(connection, "one.example", now + LATER, limit=9)
        assert (row.id, row.attempts, row.failing, row.created) == (first, 0, None, now + LATER)
        known = hosts.find(connection, "one.example")
        assert known is not None
        assert (known.failures, known.until) == (0, None)


def test_a_single_one_may_be_tried_again_though_it_was_called_off(
    store: Store, now: dt.datetime
) -> None:
    with store.begin() as connection:
        id = queue(connection, 1, "one.example", now)
        fail(connection, id, "gone", now)
        assert ledger.again(connection, Choice(id=id), now) == (shard_of("one.example"),)
        fail(connection, id, "delivered", now)
        assert ledger.again(connection, Choice(id=id), now) == ()


@pytest.mark.parametrize("field", ["host", "object", "id"])
def test_what_waits_is_dropped_and_a_run_that_has_it_in_hand_learns_of_it(
    store: Store, now: dt.datetime, field: str
) -> None:
    with store.begin() as connection:
        id = queue(connection, 1, "one.example", now)
        queue(connection, 2, "two.example", now)
        meant = {"host": "one.example", "object": "https://p.example/o/1", "id": id}
        assert ledger.drop(connection, Choice(**{field: meant[field]})) == 1
        assert deliveries.counts(connection) == {"gone": 1, "pending": 1}
        assert deliveries.recalls(connection, shard_of("one.example")) == 1
