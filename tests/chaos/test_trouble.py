"""Trouble that is nobody's kill: bad servers, a wrong clock, a locked database, a full disk."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bridge.pipeline.senders import UNWRITTEN

PENDING = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND host LIKE ?"
STATES = "SELECT state, status, attempts FROM deliveries WHERE host LIKE ? ORDER BY id"
DAY = 86_400

LOCKED = 32 if "CHAOS_KILLS" in os.environ else 6
"""Seconds; the store waits for thirty, which the long form shows."""

UNDER_WAY = 8
IN_DOUBT = UNDER_WAY + UNWRITTEN
"""Requests at the same time, and those whose results may wait to be written down."""


def waits(house, addresses) -> int:  # type: ignore[no-untyped-def]
    return sum(house.number(PENDING, f"{address}:%") for address in addresses)


def told(house, count: int):  # type: ignore[no-untyped-def]
    """Say when so many activities are announced and nothing healthy waits."""
    activities = "SELECT count(*) FROM activities WHERE fanned_out"

    def reached(addresses) -> bool:  # type: ignore[no-untyped-def]
        return house.number(activities) >= count and not waits(house, addresses)

    return reached


@pytest.mark.timeout(180)
def test_no_server_however_bad_keeps_the_good_ones_waiting(house, servers, until, audit):
    """Security nos. 90, 91, 92, 94 and 96; the counters are those of the servers."""
    bad = ("broken", "gone", "hang", "drip", "redirect", "reset", "bomb")
    addresses = servers(good=4, busy=1, **dict.fromkeys(bad, 1))
    inboxes = [inbox for address in addresses[:4] for inbox in house.befriend(address, 2)]
    for address in addresses[4:]:
        house.befriend(address)
    place = dict(zip(("busy", *bad), addresses[4:], strict=True))
    house.print_page(1, 5)
    house.start()
    done = told(house, 5)
    until(lambda: done(addresses[:4]))
    report = audit(house, inboxes)
    assert (report.due, report.repeats) == (40, 0)
    until(
        lambda: house.number(STATES.replace("state, status, attempts", "count(*)"), "%") == 80
    )
    until(lambda: not waits(house, [place["gone"], place["bomb"]]))

    def states(name: str) -> list[tuple[str, int | None, int]]:
        return house.ask(STATES, f"{place[name]}:%")

    got = {name: [s for s in house.took() if s["address"] == place[name]] for name in place}
    assert len(got["gone"]) == 1
    assert {state for state, _, _ in states("gone")} == {"gone"}
    assert len(got["bomb"]) == 5  # it said yes, and its bomb was not opened
    assert {state for state, _, _ in states("bomb")} == {"delivered"}
    assert not [sent for sent in house.took() if sent["path"] == "/led-astray"]
    for name in ("hang", "drip", "reset"):
        until(lambda name=name: bool([s for s in house.took() if s["address"] == place[name]]))
        assert sum(attempts for _, _, attempts in states(name)) <= 3, (
            name
        )  # one probe at a time
    followed = "SELECT count(*) FROM followers WHERE host LIKE ?"
    assert house.number(followed, f"{place['gone']}:%") == 0


@pytest.mark.timeout(180)
@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])
def test_a_clock_that_jumps_by_a_day_loses_and_doubles_nothing(
    house, servers, until, audit, jump
):
    """Security no. 109: it is put while the daemon runs; what waited under it goes out."""
    addresses = servers(good=2, down=1)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address)]
    downed = Path(f"{house.journal}.down")
    downed.touch()
    house.shift(0)
    house.print_page(1, 3)
    house.start(shifted=True)
    until(lambda: told(house, 3)(addresses[:2]))
    until(lambda: house.number("SELECT count(*) FROM hosts WHERE failures > 0") == 1)
    downed.unlink()
    house.shift(jump)
    until(lambda: not waits(house, addresses), seconds=100)
    house.print_page(2, 1, days_ago=int(jump < 0))  # tomorrow's paper would be held back
    until(lambda: told(house, 4)(addresses), seconds=100)
    report = audit(house, inboxes)
    assert (report.due, report.taken) == (12, 12)


@pytest.mark.timeout(240)
def test_a_database_that_is_locked_delays_and_loses_and_repeats_nothing(
    house, servers, until, audit
):
    """Security no. 105: the sending stops, and what was sent is written down in the end."""
    addresses = servers(good=10)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 50)]
    house.print_page(1, 4)
    house.start()
    until(lambda: len(house.took()) > 60, pause=0.01)
    with closing(sqlite3.connect(house.database, isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout = 30000")
        other.execute("BEGIN IMMEDIATE")
        before = len(house.took())
        time.sleep(LOCKED)
        sent = len(house.took())
        other.execute("ROLLBACK")
    assert before < 2_000, "it was over before it was locked"
    assert sent - before <= IN_DOUBT, "it went on sending what it could not write down"
    until(lambda: house.told() and len(house.took()) >= 2_000, seconds=150)
    report = audit(house, inboxes)
    assert report.due == 2_000
    assert report.repeats <= UNDER_WAY


@pytest.fixture
def small_disk(house):  # type: ignore[no-untyped-def]
    """Put the deployment's data on a disk of 24 MB of its own."""
    if os.getuid() or not shutil.which("mount"):
        pytest.skip("needs to be root, to mount a small tmpfs")
    place = house.root / "data"
    kept = house.root / "kept"
    place.rename(kept)
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    for file in kept.iterdir():
        shutil.copy2(file, place / file.name)
    yield place
    for daemon in house.daemons:
        daemon.kill()
        daemon.wait()
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.timeout(240)
def test_a_full_disk_stops_nothing_for_good(house, servers, until, audit, small_disk):
    """Security no. 103: while nothing can be written down, nothing is sent over and over."""
    addresses = servers(good=10)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 50)]
    house.print_page(1, 4)
    daemon = house.start()
    until(lambda: len(house.took()) > 60, pause=0.01)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65_536))
    house.print_page(2, 2)
    until(lambda: "disk is full" in house.log() or daemon.poll() is not None, seconds=60)
    time.sleep(3)
    ballast.unlink()
    died = daemon.poll() is not None
    if died:
        house.start()
    until(lambda: told(house, 6)(addresses), seconds=150)
    report = audit(house, inboxes)
    assert report.due == 3_000
    assert report.repeats <= (IN_DOUBT if died else UNDER_WAY)


@pytest.mark.timeout(240)
def test_a_frozen_daemon_goes_on_where_it_was(house, servers, until, audit):
    addresses = servers(good=10)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 40)]
    house.print_page(1, 4)
    daemon = house.start()
    until(lambda: len(house.took()) > 60, pause=0.01)
    daemon.send_signal(signal.SIGSTOP)
    time.sleep(1)  # what was under way arrives
    frozen = len(house.took())
    time.sleep(2)
    assert len(house.took()) == frozen < 1_600
    daemon.send_signal(signal.SIGCONT)
    until(lambda: told(house, 4)(addresses), seconds=170)
    report = audit(house, inboxes)
    # a request that lay on ice past its time limit counts as unanswered, and its host rests
    assert report.due == 1_600
    assert report.repeats <= UNDER_WAY


@pytest.mark.timeout(240)
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_database_server_that_restarts_under_load_costs_time_alone(
    house, servers, until, audit, postgresql
):
    """Connections are made anew; results in hand are written down when it is back."""
    addresses = servers(good=10)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 50)]
    house.print_page(1, 4)
    daemon = house.start()
    until(lambda: len(house.took()) > 60, pause=0.01)
    postgresql.stop()
    try:
        before = len(house.took())
        time.sleep(3)
        sent = len(house.took())
    finally:
        postgresql.start()
    assert before < 2_000, "it was over before the server stopped"
    assert sent - before <= IN_DOUBT, "it went on sending what it could not write down"
    house.print_page(2, 1)
    until(lambda: told(house, 5)(addresses), seconds=150)
    assert daemon.poll() is None, house.log()
    report = audit(house, inboxes)
    assert report.due == 2_500
    # a commit whose answer was lost, or a lease that ran out meanwhile, is done again
    assert report.repeats <= IN_DOUBT


@pytest.mark.timeout(180)
def test_two_daemons_on_one_folder_are_one(house, servers, until, audit):
    """Security no. 107."""
    addresses = servers(good=4)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 5)]
    house.print_page(1, 4)
    house.start()
    until(lambda: "ready" in house.log())
    second = house.start()
    assert second.wait(60) == 11
    until(lambda: told(house, 4)(addresses))
    report = audit(house, inboxes)
    assert (report.due, report.taken) == (80, 80)
