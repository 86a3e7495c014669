"""Target 9: feeds beside feedgen alone, when nothing changed, and in a long archive."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench import house
from bench.harness import Plan, Row, at_least, at_most, compare, pair, start, take_turns
from bench.invented import Writer
from bench.worker import Spent, answer, arguments
from bridge.ingest import normalise
from bridge.model import Channel, StoredArticle
from bridge.pipeline import publish as press
from bridge.publish import files, plan
from bridge.publish.files import Output
from bridge.store import articles
from bridge.wiring import Bridge, open_bridge

ENTRIES = 50
SECTIONS = 6
WINDOW = 3
SHORT, LONG = 6, 60
"""Editions of the two archives that are compared."""
DAILY = 30
"""Articles of an edition in these archives."""


def publish(asked: Plan) -> Iterator[Row]:
    """Yield a section's feeds against feedgen, then whole papers: unchanged, and long."""
    rounds, long = asked.count(10, 2), asked.count(LONG, 2 * SHORT)
    with ExitStack() as stack:
        ours = start(stack, "publish", asked.folder)
        bare = start(stack, "baselines.feeds", ENTRIES)
        render = bare.cost("render", rounds=rounds)
        (changed,) = compare(asked, ours.cost("changed", rounds=rounds), render)
        yield changed.speed(9, "feeds of a section", at_least(0.8), "feedgen alone")
        (same,) = compare(asked, ours.cost("unchanged", rounds=rounds * 5), render)
        yield same.costs(9, "an unchanged section", at_most(0.1), "feedgen alone")
        for editions in (SHORT, long):
            ours.ask("archive", editions=editions)
        short, late, idle = take_turns(
            asked,
            ours.cost("paper", editions=SHORT),
            ours.cost("paper", editions=long),
            ours.cost("paper", editions=SHORT, revise=False),
        )
    name, against = f"publish after {long} editions", f"after {SHORT}"
    yield pair(late, short).costs(9, name, at_most(1.2), against)
    yield pair(idle, short).costs(
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
        compressed, files.COMPRESSED = files.COMPRESSED, frozenset()
        with Spent() as spent:
            for channel in channels:
                self._put(channel, Output(self.settings.feeds_dir))
        files.COMPRESSED = compressed
        return spent.each(rounds)

    def unchanged(self, rounds: int) -> dict[str, float]:
        """Do it for a section that stands there already."""
        channel, output = self._channel(), Output(self.settings.feeds_dir)
        self._put(channel, output)
        with Spent() as spent:
            for _ in range(rounds):
                self._put(channel, output)
        return spent.each(rounds)

    def archive(self, editions: int) -> dict[str, float]:
        """Build a paper that has so many editions, all of them published."""
        folder = self.root / f"archive-{editions}"
        settings = house.build(folder, sections=SECTIONS, window=WINDOW)
        bridge = self.bridges[editions] = open_bridge(settings, lambda connection, tasks: None)
        for number in range(editions):
            date = house.FIRST - dt.timedelta(days=number)
            house.store(bridge, date, [self._write(n, date) for n in range(DAILY)])
        press.publish(bridge, house.PAPER, whole=True)
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

    def _write(self, number: int, date: dt.date) -> StoredArticle:
        slug = self.newspaper.sections[number % SECTIONS].slug
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
