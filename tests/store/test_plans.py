"""The ledger's statements go by the indexes that were made for them, on either database."""

import datetime as dt

import pytest
from sqlalchemy import Connection

from bridge.model import Activity, Follower
from bridge.model.social import shard_of
from bridge.store import Store, activities, deliveries, followers

HOST = "one.example"
INBOX = f"https://{HOST}/inbox"

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


@pytest.fixture
def plans(
    store: Store, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> tuple[Connection, list[str]]:
    """A connection with a row in the ledger, and the plan of each statement it runs."""
    with store.begin() as connection:
        _queue(connection, now)
        if connection.dialect.name == "postgresql":  # a table of one row is always scanned
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        found: list[str] = []
        execute = Connection.execute

        def explained(self: Connection, statement, *more):  # type: ignore[no-untyped-def]
            bound = statement.params(**more[0]) if more else statement
            text = bound.compile(self, compile_kwargs={"literal_binds": True})
            told = self.exec_driver_sql(EXPLAIN[self.dialect.name] + str(text))
            found.extend(str(row[-1]).strip() for row in told)
            return execute(self, statement, *more)

        monkeypatch.setattr(Connection, "execute", explained)
        yield connection, found


def _queue(connection: Connection, now: dt.datetime) -> None:
    one = Follower(
        actor="daily_city",
        id=f"https://{HOST}/users/1",
        inbox=INBOX,
        shared_inbox=None,
        follow="f",
        since=now,
    )
    followers.put(connection, one)
    id = "https://paper.example/ap/activities/1"
    body = {"id": id}
    made = Activity(
        id=id, actor="daily_city", type="Create", object="o", body=body, created=now
    )
    activities.add(connection, made)
    deliveries.fan_out(connection, id, now)


def test_the_next_rows_are_found_by_the_partial_indexes(plans, now) -> None:
    """What was delivered before must not slow down what is to be delivered now."""
    connection, found = plans
    deliveries.hosts_due(connection, shard_of(HOST), now, busy=("x",), limit=9)
    deliveries.due(connection, HOST, now, limit=9)
    assert not [plan for plan in found if _scans(plan)]
    deliveries.shards_due(connection, now)  # asks for every shard: all that is pending, no more
    whole = [plan for plan in found if plan.startswith("SCAN deliveries")]
    assert all("USING INDEX ix_deliveries_due" in plan for plan in whole), whole
    pair = ["ix_deliveries_pair"] if connection.dialect.name == "sqlite" else []
    for index in ("ix_deliveries_due", "ix_deliveries_host", *pair):
        assert any(index in plan for plan in found), "\n".join(found)


def test_a_lost_task_is_looked_for_among_what_has_no_rows(plans, now) -> None:
    """The tick asks each minute, however many activities there ever were."""
    connection, found = plans
    activities.overdue(connection, now)
    assert any("ix_activities_waiting" in plan for plan in found), found


def test_progress_of_an_activity_is_counted_by_an_index(plans) -> None:
    connection, found = plans
    deliveries.counts(connection, "https://paper.example/ap/activities/1")
    assert any("ix_deliveries_progress" in plan for plan in found), found
    assert not [plan for plan in found if _scans(plan)]


def _scans(plan: str) -> bool:
    """Tell whether a plan reads the whole ledger."""
    return plan.startswith("SCAN deliveries") or "Seq Scan on deliveries" in plan
