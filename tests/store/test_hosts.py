"""What is known of other servers: bounded, and forgotten in time (security no. 94)."""

import datetime as dt

from bridge.model import Activity, Host
from bridge.store import Store, activities, deliveries, hosts

DAY = dt.timedelta(days=1)
INBOX = "https://one.example/inbox"


def test_a_host_comes_back_as_stored(store: Store, now: dt.datetime) -> None:
    host = Host(
        name="one.example",
        failures=2,
        failing=now - DAY,
        until=now + DAY,
        scheme="rfc9421",
        refused="cavage",
        heard=now,
        error="no answer",
        changed=now,
    )
    with store.begin() as connection:
        hosts.put(connection, host)
        assert hosts.find(connection, "one.example") == host
        assert hosts.get(connection, ["one.example", "two.example"]) == {"one.example": host}
        assert hosts.troubled(connection, now, 9) == (host,)


def test_only_hosts_we_know_are_heard_and_that_once_an_hour(
    store: Store, now: dt.datetime
) -> None:
    """A stranger cannot fill the table by speaking."""
    with store.begin() as connection:
        assert hosts.hear(connection, "stranger.example", now) is None
        hosts.meet(connection, "one.example", now)
        hosts.hear(connection, "one.example", now + dt.timedelta(minutes=5))
        known = hosts.hear(connection, "one.example", now + DAY)
        assert known is not None
        assert known.heard == now
        found = hosts.find(connection, "one.example")
        assert found is not None
        assert found.heard == now + DAY
        assert hosts.count(connection) == 1
        assert hosts.troubled(connection, now, 9) == ()


def test_404s_count_by_days_and_are_forgiven(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        days = [now, now, now + DAY, now + DAY, now - DAY, now + 2 * DAY]
        assert [hosts.miss(connection, INBOX, day.date()) for day in days] == [1, 1, 2, 2, 2, 3]
        assert hosts.absent(connection, [INBOX, "https://two.example/inbox"]) == {INBOX}
        hosts.forgive(connection, INBOX)
        assert hosts.absent(connection, [INBOX]) == frozenset()


def test_dead_hosts_expire_unless_something_waits_for_them(
    store: Store, now: dt.datetime
) -> None:
    """Security no. 94: ten thousand dead hosts leave nothing behind."""
    told = Activity(
        id="https://p.example/a", actor="x", type="Create", object="o", body={}, created=now
    )
    with store.begin() as connection:
        for number in range(300):
            hosts.put(connection, Host(name=f"h{number}.example", failures=9, changed=now))
        activities.add(connection, told)
        deliveries.send(connection, told, "https://h7.example/inbox", now)
        hosts.miss(connection, INBOX, now.date())
        assert hosts.purge(connection, now + DAY) == 300
        assert hosts.count(connection) == 1
        assert hosts.absent(connection, [INBOX]) == frozenset()
