"""The ledger in the operator's hands: shown, tried again, dropped; followers removed."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main
from bridge.model import Activity, Delivery, Follower, Host, Verdict
from bridge.store import Store, activities, deliveries, followers, hosts, open_store
from bridge.store.deliveries import Result as Settled

Run = Callable[..., Result]

WHO = "https://one.example/users/mei"
KEY = "tide-20260301-000001"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_database: None) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    assert run("init", ".", "--id", "tide", "--title", "Tide").exit_code == 0
    assert run("deliveries").stdout.startswith("id ")
    return run


@pytest.fixture
def store(run: Run, now: dt.datetime) -> Iterator[Store]:
    """The deployment's database, with a follower and two deliveries, one of them failed."""
    opened = open_store("sqlite:///data/broadsheet.db")
    with opened.begin() as connection:
        one = Follower(
            actor="tide_all",
            id=WHO,
            inbox=f"{WHO}/inbox",
            shared_inbox=None,
            follow="f",
            since=now,
        )
        followers.put(connection, one)
        for number in (1, 2):
            told = Activity(
                id=f"http://127.0.0.1:8400/ap/activities/{number}",
                actor="tide_all",
                type="Create",
                object=f"http://127.0.0.1:8400/ap/o/tide-20260301-00000{number}",
                body={},
                created=now,
            )
            activities.add(connection, told)
            deliveries.fan_out(connection, told.id, now)
        failed = Verdict(state="failed", due=now, error="given up")
        deliveries.settle(connection, [Settled(delivery=1, verdict=failed, status=500)])
    yield opened
    opened.close()


def rows(store: Store) -> list[Delivery]:
    with store.read() as connection:
        return sorted(deliveries.newest(connection, 9), key=lambda row: row.id)


def test_the_list_need_not_be_named(run: Run, store: Store) -> None:
    assert run("deliveries").stdout == run("deliveries", "list").stdout
    only = run("deliveries", "--state", "failed").stdout
    assert "given up" in only
    assert "activities/2" not in only
    assert WHO in run("followers", "tide_all").stdout
    assert "retry" in run("deliveries", "--help").stdout


@pytest.mark.parametrize(
    ("words", "count", "states"),
    [
        (("--host", "One.Example"), "2 deliveries", ["pending", "pending"]),
        (("--article", KEY), "1 delivery", ["pending", "pending"]),
        (("--id", "2"), "1 delivery", ["failed", "pending"]),
    ],
)
def test_retry_says_what_it_does(
    run: Run, store: Store, words: tuple[str, ...], count: str, states: list[str]
) -> None:
    dry = run("deliveries", "retry", *words, "--dry-run")
    assert f"{count}: would be tried again" in dry.stdout
    assert rows(store)[0].state == "failed"
    assert f"{count}: will be tried again" in run("deliveries", "retry", *words).stdout
    assert [row.state for row in rows(store)] == states


def test_drop_ends_what_waits_and_nothing_else(run: Run, store: Store) -> None:
    assert (
        "1 delivery: would"
        in run("deliveries", "drop", "--host", "one.example", "--dry-run").stdout
    )
    assert "1 delivery: dropped" in run("deliveries", "drop", "--host", "one.example").stdout
    assert [(row.state, row.error) for row in rows(store)] == [
        ("failed", "given up"),
        ("gone", "dropped by the operator"),
    ]


@pytest.mark.parametrize("words", [(), ("--host", "x.example", "--id", "1")])
def test_exactly_one_choice_is_made(run: Run, words: tuple[str, ...]) -> None:
    done = run("deliveries", "drop", *words)
    assert done.exit_code == 2
    assert "say which" in done.stderr


def test_a_choice_of_nothing_is_told(run: Run) -> None:
    done = run("deliveries", "retry", "--id", "99")
    assert done.exit_code == 1
    assert "no delivery" in done.stderr


def test_a_follower_is_removed_with_what_waited_for_them(run: Run, store: Store) -> None:
    assert (
        "would no longer follow tide_all" in run("followers", "remove", WHO, "--dry-run").stdout
    )
    assert "no longer follows tide_all" in run("followers", "remove", WHO).stdout
    assert [row.state for row in rows(store)] == ["failed", "gone"]
    assert run("followers", "remove", WHO).exit_code == 1


def test_hosts_in_trouble_are_shown(run: Run, store: Store, now: dt.datetime) -> None:
    assert "every server answers" in run("deliveries", "hosts").stdout
    with store.begin() as connection:
        since = now - dt.timedelta(days=9)
        ill = Host(name="one.example", failures=9, failing=since, error="silent", changed=now)
        hosts.put(connection, ill)
    shown = run("deliveries", "hosts").stdout
    assert "one.example" in shown
    assert "dead" in shown
    assert "silent" in shown
