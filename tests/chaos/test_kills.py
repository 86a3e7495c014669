"""`kill -9` at every stage, again and again: nothing lost, nothing out of order (no. 100).

A short loop runs in the suite; CHAOS_KILLS=200 (`make chaos`) runs the long one, for SQLite
and for PostgreSQL.
"""

import os
import random
import signal
import time

import pytest

from bridge.pipeline.senders import UNWRITTEN

KILLS = int(os.environ.get("CHAOS_KILLS", "6"))
"""How often the daemon is killed on each kind of database."""

PER_KILL = 8 + UNWRITTEN
"""The requests under way, and the results that may wait to be written down."""

STAGES = ("ingest", "announce", "fan-out", "deliver", "settle")


class Moment:
    """Waits until the daemon has reached a stage of its work on what was just printed."""

    def __init__(self, house) -> None:  # type: ignore[no-untyped-def]
        self.house = house
        self.activities = self._count("activities")
        self.rows = self._count("deliveries")
        self.sent = self._sent()
        self.delivered = self._delivered()

    def reached(self, stage: str) -> bool:
        if stage == "ingest":
            return self.house.number("SELECT count(*) FROM runs WHERE outcome = 'running'") > 0
        if stage == "announce":
            return self._count("activities") > self.activities
        if stage == "fan-out":
            return self._count("deliveries") > self.rows
        if stage == "deliver":
            return self._sent() > self.sent
        return self._delivered() > self.delivered

    def _count(self, table: str) -> int:
        return self.house.number(f"SELECT count(*) FROM {table}")

    def _delivered(self) -> int:
        return self.house.number("SELECT count(*) FROM deliveries WHERE state = 'delivered'")

    def _sent(self) -> int:
        return self.house.journal.stat().st_size if self.house.journal.exists() else 0


@pytest.mark.timeout(180 + 30 * KILLS)
@pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
def test_however_often_it_is_killed_every_inbox_gets_everything(
    house, servers, until, audit, record_property
):
    """Security nos. 87, 88, 99 and 100."""
    addresses = servers(good=12, busy=1, down=1, gone=1, hang=1, reset=1, bomb=1)
    inboxes = [inbox for address in addresses[:12] for inbox in house.befriend(address, 4)]
    for address in addresses[12:]:
        house.befriend(address)
    chance = random.Random(4)
    when = dict.fromkeys(STAGES, 0)
    since = time.monotonic()
    for number in range(KILLS):
        stage = STAGES[number % len(STAGES)]
        moment = Moment(house)
        daemon = house.start()
        day, page = divmod(number, 90)
        if number % 3 == 2:
            house.print_page((number - 1) % 90 + 1, 4, edit=number, days_ago=(number - 1) // 90)
        house.print_page(page + 1, 4, days_ago=day)
        end = time.monotonic() + 25
        while not moment.reached(stage) and time.monotonic() < end:
            assert daemon.poll() is None, house.log()
            time.sleep(0.003)
        when[stage] += moment.reached(stage)
        time.sleep(chance.random() * 0.4)
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    begun = time.monotonic()
    restarted = time.time()
    house.start()
    names = [f"{address}:{house.port}" for address in addresses[:12]]
    until(lambda: house.read_since(restarted) and house.told(names), seconds=150)
    report = audit(house, inboxes)
    print(
        f"{KILLS} kills at {when}: {report}, {report.repeats / KILLS:.1f} repeats a kill;"
        f" {begun - since:.0f} s, and {time.monotonic() - begun:.0f} s to the end"
    )
    assert report.due >= KILLS * 4 * len(inboxes)
    assert sum(when.values()) >= KILLS // 2, "it was killed while it did nothing"
    assert report.repeats <= KILLS * PER_KILL


@pytest.mark.timeout(400)
def test_a_kill_in_mid_fan_out_repeats_three_in_a_hundred_at_most(house, servers, until, audit):
    """Target 4 and security no. 88: each repeat has the id and bytes of the first."""
    addresses = servers(good=40)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 25)]
    house.print_page(1, 4)
    daemon = house.start()
    until(lambda: len(house.took()) > 1_200, pause=0.02)
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    assert len(house.took()) < 4_000, "it was over before it was killed"
    house.start()
    until(lambda: house.told() and len(house.took()) >= 4_000, seconds=200)
    report = audit(house, inboxes)
    print(f"{report}, {report.share:.2%} repeated")
    assert report.due == 4_000
    assert report.repeats <= PER_KILL < 0.03 * report.due


@pytest.mark.timeout(300)
def test_an_orderly_stop_in_mid_fan_out_repeats_nothing(house, servers, until, audit):
    """Security nos. 88 and 108."""
    addresses = servers(good=20)
    inboxes = [inbox for address in addresses for inbox in house.befriend(address, 10)]
    house.print_page(1, 4)
    for stop in (150, 400):
        daemon = house.start()
        until(lambda stop=stop: len(house.took()) > stop, pause=0.02)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    house.start()
    until(lambda: house.told() and len(house.took()) >= 800)
    report = audit(house, inboxes)
    assert (report.due, report.taken, report.repeats) == (800, 800, 0)
