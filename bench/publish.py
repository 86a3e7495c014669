"""Target 9: feeds beside feedgen alone, when little or nothing changed, in a long archive."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench import house
from bench.harness import (
    Plan,
    Row,
    Worker,
    at_least,
    at_most,
    compare,
    pair,
    start,
    take_turns,
)
from bench.invented import Writer
from bench.worker import Spent, answer, arguments
from bridge.ingest import normalise
from bridge.model import Channel, StoredArticle
from bridge.pipeline import publish as press
from bridge.publish import feeds, files, plan
from bridge.publish.files import Output
from bridge.publish.folder import Folder
from bridge.store import articles
from bridge.wiring import Bridge, open_bridge

ENTRIES = 50
SECTIONS = 6
WINDOW = 3
ARCHIVES = 10, 1_000, 10_000
"""Editions of the archives that are compared with the first."""
DAILY = 30
"""Articles of an edition that is published; of the others in the archives there is one each."""
MANY, TOUCHED = 40, 3
"""Sections of a large paper, and those that its next edition has articles for."""


def publish(asked: Plan) -> Iterator[Row]:
    """Yield a section's feeds against feedgen, then whole papers: unchanged, large, and old."""
    rounds = asked.count(10, 2)
    with ExitStack() as stack:
        ours = start(stack, "publish", asked.folder)
        bare = start(stack, "baselines.feeds", ENTRIES)
        render = bare.cost("render", rounds=rounds)
        (changed,) = compare(asked, ours.cost("changed", rounds=rounds), render)
        yield changed.speed(9, "feeds of a section", at_least(0.8), "feedgen alone")
        (same,) = compare(asked, ours.cost("unchanged", rounds=rounds * 5), render)
        yield same.costs(9, "an unchanged section", at_most(0.1), "feedgen alone")
        sections = asked.count(MANY, 4)
        whole = bare.cost("render", rounds=sections, with_json=True)
        (three,) = compare(asked, ours.cost("three", rounds=sections), whole)
        name = f"{sections} sections in three forms"
        yield three.costs(9, name, at_most(1.3), "feedgen and json")
        touched = ours.ask("touched", sections=MANY, touch=TOUCHED)["rendered"]
        yield Row(
            target=9,
            name=f"channels rendered, {TOUCHED} of {MANY} sections new",
            ours=touched,
            ratio=touched,
            bar=at_most(TOUCHED + 1),
        )
        yield from _old(asked, ours)


def _old(asked: Plan, ours: Worker) -> Iterator[Row]:
    """Yield what a correction costs to publish in archives of growing length."""
    lengths = [asked.count(full, 10 * place + 10) for place, full in enumerate(ARCHIVES)]
    for editions in lengths:
        ours.ask("archive", editions=editions)
    first, *later, idle = take_turns(
        asked,
        *(ours.cost("paper", editions=editions) for editions in lengths),
        ours.cost("paper", editions=lengths[0], revise=False),
    )
    against = f"after {lengths[0]}"
    for editions, taken in zip(lengths[1:], later, strict=True):
        name = f"publish after {editions:,} editions"
        yield pair(taken, first).costs(9, name, at_most(1.2), against)
    yield pair(idle, first).costs(
        9, "publish nothing new", None, "a correction in each section"
    )


class Child:
    """The child process: sections to render, and papers with archives to publish."""

    def __init__(self, folder: str) -> None:
        self.root, self.writer = Path(folder), Writer(2)
        self.settings = house.build(self.root / "section")
        self.newspaper = self.settings.site.papers[0]
        self.bridges: dict[int, Bridge] = {}

    def changed(self, rounds: int) -> dict[str, float]:
        """Write RSS and Atom of sections that are all new, without compressing them."""
        channels = [self._channel() for _ in range(rounds)]
        output = Folder(self.settings.feeds_dir)
        compressed, files.COMPRESSED = files.COMPRESSED, frozenset()
        with Spent() as spent:
            for channel in channels:
                self._put(channel, output)
        files.COMPRESSED = compressed
        return spent.each(rounds)

    def unchanged(self, rounds: int) -> dict[str, float]:
        """Do it for a section that stands there already."""
        channel, output = self._channel(), Folder(self.settings.feeds_dir)
        self._put(channel, output)
        with Spent() as spent:
            for _ in range(rounds):
                self._put(channel, output)
        return spent.each(rounds)

    def three(self, rounds: int) -> dict[str, float]:
        """Render sections that are all new in all three forms."""
        channels = [self._channel() for _ in range(rounds)]
        with Spent() as spent:
            for channel in channels:
                sizes = len((found := feeds.render(channel)).rss), len(found.json)
        return spent.each(rounds, rss=sizes[0], json=sizes[1])

    def touched(self, sections: int, touch: int) -> dict[str, float]:
        """Publish a large paper, then an edition that has articles for few of its sections.

        Tells how many channels' feeds were rendered for that.
        """
        settings = house.build(self.root / "large", sections=sections, window=WINDOW)
        bridge = open_bridge(settings, lambda connection, tasks: None)
        for later, count in ((0, sections), (1, touch)):
            date = house.FIRST + dt.timedelta(days=later)
            house.store(bridge, date, [self._write(n, date, sections) for n in range(count)])
            done = press.publish(bridge, house.PAPER)
        return {"rendered": sum(path.endswith("/rss.xml") for path in done.written)}

    def archive(self, editions: int) -> dict[str, float]:
        """Build a paper that has so many editions, and publish the newest."""
        folder = self.root / f"archive-{editions}"
        settings = house.build(folder, sections=SECTIONS, window=WINDOW)
        bridge = self.bridges[editions] = open_bridge(settings, lambda connection, tasks: None)
        for first in range(0, editions, 1000):
            with bridge.store.begin() as connection:
                for number in range(first, min(first + 1000, editions)):
                    date = house.FIRST - dt.timedelta(days=number)
                    count = DAILY if number <= WINDOW else 1
                    made = [self._write(n, date) for n in range(count)]
                    house.put(connection, date, made)
        press.publish(bridge, house.PAPER)
        return {}

    def paper(self, editions: int, revise: bool = True) -> dict[str, float]:
        """Publish a paper; `revise` corrects one article of each section before."""
        bridge = self.bridges[editions]
        if revise:
            self._correct(bridge)
        with Spent() as spent:
            done = press.publish(bridge, house.PAPER)
        assert bool(done.written) == revise, done
        return spent.each(1)

    def _write(self, number: int, date: dt.date, sections: int = SECTIONS) -> StoredArticle:
        slug = f"s{number % sections + 1}"
        made = house.stored(number, date, slug, self.writer.headline(), self.writer.body(1000))
        return replace(made, summary=normalise.summary(made.article))

    def _channel(self) -> Channel:
        section = self.newspaper.sections[0]
        made = (self._write(number, house.FIRST) for number in range(ENTRIES))
        entries = tuple(replace(one, section=section.slug) for one in made)
        site = self.settings.site
        return Channel(
            site=site, paper=self.newspaper, section=section, issue=None, entries=entries
        )

    def _put(self, channel: Channel, output: Output) -> None:
        for rendition in plan.channel(channel)[:2]:  # RSS and Atom; feedgen makes no page
            output.put(rendition)

    def _correct(self, bridge: Bridge) -> None:
        with bridge.store.begin() as connection:
            found = articles.of_edition(connection, house.PAPER, house.FIRST)
            for one in found[:SECTIONS]:
                article = replace(one.article, headline=self.writer.headline())
                later = one.updated + dt.timedelta(hours=1)
                new = replace(one, article=article, updated=later, revision=one.revision + 1)
                assert articles.revise(connection, new, house.NOW, "headline")


if __name__ == "__main__":
    answer(Child(*arguments()))
