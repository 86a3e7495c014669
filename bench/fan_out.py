"""Target 3: an activity gets a row for each follower's inbox, a thousand or a hundred thousand.

Each round works on a fresh copy of the same database, so that no side has a fuller ledger.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import house
from bench.harness import Plan, Row, at_least, at_most, pair, start, take_turns
from bench.invented import Writer
from bench.worker import Spent, answer, arguments, peak_rss
from bridge.model import Task
from bridge.pipeline import announce
from bridge.store import activities, deliveries, followers
from bridge.wiring import Bridge, open_bridge
from bridge.workers import outbox

MANY, SOME, FEW = 100_000, 10_000, 1_000
SERVERS = 6_000
ROUNDS = 5
"""Fan-outs to few followers in one round: one alone is too short to be measured."""


def fan_out(plan: Plan) -> Iterator[Row]:
    """Yield rows a second at many followers against few, the tasks it takes, and memory."""
    many = plan.count(MANY)
    with ExitStack() as stack:
        worker = start(stack, "fan_out", plan.folder, many)
        worker.ask("befriend")
        most, middle, least = take_turns(
            plan,
            worker.cost("rows", count=many),
            worker.cost("rows", count=SOME),
            worker.cost("rows", count=FEW, rounds=ROUNDS),
        )
        told = worker.ask("whole")
    tasks, memory = told["tasks"], told["rss"]
    few = f"to {FEW:,}"
    yield pair(most, least).speed(3, f"fan-out to {many:,}, a row", at_least(0.6), few)
    yield pair(middle, least).speed(3, f"fan-out to {SOME:,}, a row", None, few)
    yield Row(target=3, name="tasks of a fan-out", ours=tasks, ratio=tasks, bar=at_most(64))
    yield Row(target=3, name="memory", ours=memory, unit="MB", ratio=memory, bar=at_most(250))


class Child:
    """The child process: three accounts with followers, and a fresh copy for each round."""

    def __init__(self, folder: str, many: int) -> None:
        self.settings = house.build(Path(folder))
        self.database = self.settings.data_dir / "broadsheet.db"
        self.template = Path(folder) / "template.db"
        self.text = Writer(1).paragraph(600)
        counts = dict.fromkeys((many, SOME, FEW))  # --quick has as many as the middle
        self.accounts = {count: f"{house.PAPER}_s{n}" for n, count in enumerate(counts, 1)}

    def befriend(self) -> dict[str, float]:
        """Give each account its followers, in a database that is copied from then on."""
        with open_bridge(self.settings, outbox.enqueuer(self.settings.database)) as bridge:
            outbox.prepare(self.settings.database)
            for count, actor in self.accounts.items():
                with bridge.store.begin() as connection:
                    for number in range(count):
                        host = f"server-{number % SERVERS}.example"
                        inbox = f"https://{host}/users/{number}/inbox"
                        followers.put(connection, house.follower(actor, inbox))
        shutil.copy(self.database, self.template)
        return {}

    def rows(self, count: int, rounds: int = 1) -> dict[str, float]:
        """Write the ledger's rows of some activities for the account with `count` followers."""
        with self._fresh() as bridge:
            ids = [self._add(bridge, count, number) for number in range(rounds)]
            with Spent() as spent:
                for id in ids:
                    with bridge.store.begin() as connection:
                        deliveries.fan_out(connection, id, house.NOW)
        return spent.each(count * rounds)

    def whole(self) -> dict[str, float]:
        """Run the whole verb once; return how many tasks it enqueued, and its memory."""
        enqueued: list[Task] = []
        with self._fresh() as bridge:
            durable = bridge.enqueue

            def enqueue(connection: Any, tasks: tuple[Task, ...]) -> None:
                enqueued.extend(tasks)
                durable(connection, tasks)

            id = self._add(bridge, max(self.accounts), 0)
            announce.fan_out(replace(bridge, enqueue=enqueue), id, house.NOW)
        return {"tasks": len(enqueued), "rss": peak_rss()}

    @contextmanager
    def _fresh(self) -> Iterator[Bridge]:
        for name in ("broadsheet.db-wal", "broadsheet.db-shm"):
            (self.settings.data_dir / name).unlink(missing_ok=True)
        shutil.copy(self.template, self.database)
        with open_bridge(self.settings, outbox.enqueuer(self.settings.database)) as bridge:
            yield bridge

    def _add(self, bridge: Bridge, count: int, number: int) -> str:
        found = house.activity(number, self.accounts[count], self.text)
        with bridge.store.begin() as connection:
            activities.add(connection, found)
        return found.id


if __name__ == "__main__":
    answer(Child(*arguments()))
