"""An account that has changed tells its followers, once."""

import datetime as dt
from collections.abc import Callable

import pytest

from bridge.model import Follower, Task
from bridge.pipeline import profiles
from bridge.store import activities, followers
from bridge.wiring import Bridge

Configured = Callable[..., Bridge]


@pytest.fixture
def followed(federated: Bridge, now: dt.datetime) -> Bridge:
    follower = Follower(
        actor="herald_city",
        id="https://one.example/u",
        inbox="https://one.example/u/inbox",
        shared_inbox=None,
        follow="https://one.example/f",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, follower)
    return federated


def test_what_was_never_told_is_no_news(
    followed: Bridge, tasks: list[Task], now: dt.datetime
) -> None:
    assert profiles.tell(followed, now) == ()
    assert tasks == []


def test_a_change_is_told_once_and_whole(
    followed: Bridge, configured: Configured, tasks: list[Task], now: dt.datetime
) -> None:
    profiles.tell(followed, now)
    later = now + dt.timedelta(minutes=1)
    changed = configured(description="News of the harbour city.")
    assert profiles.tell(changed, later) == ("herald_city",)
    assert profiles.tell(changed, later + dt.timedelta(minutes=1)) == ()
    (task,) = tasks
    with followed.store.read() as connection:
        update = activities.get(connection, str(task.args[0]))
    assert update is not None
    assert (update.type, update.actor) == ("Update", "herald_city")
    assert update.body["object"]["publicKey"]["publicKeyPem"]
    assert "News of the harbour city." in update.body["object"]["summary"]


def test_a_change_back_is_news_too(
    followed: Bridge, configured: Configured, tasks: list[Task], now: dt.datetime
) -> None:
    minute = dt.timedelta(minutes=1)
    profiles.tell(followed, now)
    profiles.tell(configured(description="Other."), now + minute)
    assert profiles.tell(followed, now + 2 * minute) == ("herald_city",)
    assert len({task.args for task in tasks}) == 2


def test_an_account_that_nobody_follows_tells_nothing(
    federated: Bridge, configured: Configured, tasks: list[Task], now: dt.datetime
) -> None:
    profiles.tell(federated, now)
    profiles.tell(configured(description="Other."), now)
    assert tasks == []
