"""Targets 7 and 8: pages a second, editions that come again, and memory over many articles."""

import datetime as dt
import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench import house
from bench.harness import Plan, Row, at_least, at_most, pair, start
from bench.invented import Writer
from bench.worker import Spent, answer, arguments, rss
from bridge.ingest import formats, normalise
from bridge.model import Document, Expected
from bridge.pipeline import ingest as verb
from bridge.wiring import open_bridge

PAGES = 12
STORIES = 6
LENGTH = 450
"""Pages of an edition, stories of a page, characters of a story: a dense page of text."""
BEFORE, AFTER = 1_000, 10_000
LATER = house.NOW + dt.timedelta(days=1)


def text(plan: Plan) -> Iterator[Row]:
    """Yield target 7: pages that one core reads in a second, parsed and made into articles."""
    with ExitStack() as stack:
        worker = start(stack, "ingest", plan.folder)
        count = plan.count(120, 24)
        costs = [worker.ask("read", pages=count)["cpu"] for _ in range(plan.pairs + 1)]
    found = 1e6 / median(costs[1:])
    yield Row(
        target=7,
        name="text pages a core",
        ours=found,
        unit="/s",
        ratio=found,
        bar=at_least(200),
    )


def again(plan: Plan) -> Iterator[Row]:
    """Yield the first half of target 8: an edition that comes again, against the first time."""
    with ExitStack() as stack:
        worker = start(stack, "ingest", plan.folder)
        # `first` brings a new edition, which the other two repeat: their order is fixed
        ways = ("first", "look", "touched")
        taken = [[worker.ask(way)["cpu"] for way in ways] for _ in range(plan.pairs + 1)]
    first, look, touched = (list(costs) for costs in zip(*taken[1:], strict=True))
    for costs, name in ((look, "looked at again"), (touched, "sent again, same bytes")):
        pairs = pair(costs, first)
        yield pairs.speed(8, f"edition {name}", at_least(5), "the first time")


def memory(plan: Plan) -> Iterator[Row]:
    """Yield the second half of target 8: memory after many articles against a few."""
    first, last = BEFORE, plan.count(AFTER, 2 * BEFORE)  # caches are full by then
    with ExitStack() as stack:
        worker = start(stack, "ingest", plan.folder)
        early = worker.ask("grow", articles=first)["rss"]
        late = worker.ask("grow", articles=last - first)["rss"]
    yield Row(
        target=8,
        name=f"memory after {last:,} articles",
        ours=late,
        yardstick=early,
        against=f"after {first:,}, in MB more",
        unit="MB",
        ratio=late - early,
        bar=at_most(5),
    )


class Child:
    """The child process: a watched folder into which editions come."""

    def __init__(self, folder: str) -> None:
        settings = house.build(Path(folder))
        self.bridge = open_bridge(settings, lambda connection, tasks: None)
        self.source, self.paper = settings.sources[0], settings.site.papers[0]
        self.writer, self.days = Writer(4), itertools.count()
        self.last: list[Path] = []

    def first(self) -> dict[str, float]:
        """Take in an edition that has just come."""
        date = house.FIRST - dt.timedelta(days=next(self.days))
        place = Path(self.source.path) / date.isoformat()
        place.mkdir(parents=True)
        self.last = [place / f"A{number}.txt" for number in range(1, PAGES + 1)]
        for page in self.last:
            said = self.writer.page(date, page.stem, STORIES, LENGTH)
            page.write_text(said, encoding="utf-8")
            self._age(page, LATER)
        return self._take({"new": PAGES * STORIES})

    def look(self) -> dict[str, float]:
        """Look into the folder when nothing has come."""
        return self._take({})

    def touched(self) -> dict[str, float]:
        """Take in the same bytes under a new time."""
        for page in self.last:
            self._age(page, LATER + dt.timedelta(hours=1))
        return self._take({"unchanged": PAGES})

    def read(self, pages: int) -> dict[str, float]:
        """Parse pages and make articles of them, without any store."""
        made = [
            Document(
                name="A1.txt",
                origin=f"{house.FIRST}/A1.txt",
                data=self.writer.page(house.FIRST, "A1", STORIES, LENGTH).encode(),
            )
            for _ in range(pages)
        ]
        hints = Expected(date=house.FIRST, language="zh-Hans", title=self.paper.title)
        with Spent() as spent:
            for document in made:
                normalise.edition([formats.parse(document, hints)], self.paper)
        return spent.each(pages)

    def grow(self, articles: int) -> dict[str, float]:
        """Take in editions of so many articles in all; return the memory held then."""
        for _ in range(max(1, round(articles / (PAGES * STORIES)))):
            self.first()
        return {"rss": rss()}

    def _take(self, expected: Mapping[str, int]) -> dict[str, float]:
        with Spent() as spent:
            taken = verb.ingest(self.bridge, self.source.id, LATER + dt.timedelta(days=1))
        counts = {name: number for name, number in taken.counts.items() if number}
        assert counts == expected, (counts, taken.refused)
        return spent.each(1)

    def _age(self, page: Path, moment: dt.datetime) -> None:
        os.utime(page, (moment.timestamp(), moment.timestamp()))


if __name__ == "__main__":
    answer(Child(*arguments()))
