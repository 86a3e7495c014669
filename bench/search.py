"""Target 10: search through a hundred thousand articles; and what the index costs an ingest."""

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median

from bench import house
from bench.harness import Plan, Row, at_most, compare, start
from bench.invented import Writer
from bench.worker import Spent, answer, arguments
from bridge.edition_json import dump
from bridge.ingest import formats, normalise
from bridge.model import Document, Edition, Expected, Page, Title
from bridge.model.query import parse
from bridge.pipeline import ingest as verb
from bridge.store import search as index
from bridge.store.search import Wanted
from bridge.wiring import open_bridge

ARTICLES = 100_000
DAILY = 100
LENGTH = 330
"""Words of an article: about 660 characters."""

CHARACTERS = 3_500
WORDS = 20_000
"""Characters and two-character words in use; the n-th comes 1/n as often as the first."""

ROUNDS = 7
"""Times each query is asked; its median counts."""


def search(plan: Plan) -> Iterator[Row]:
    """Yield target 10: the slowest of many kinds of queries, the first page and the count."""
    with ExitStack() as stack:
        worker = start(stack, "search", plan.folder)
        count = plan.count(ARTICLES, 2_000)
        for _ in range(0, count, 5_000):  # a child that is silent for long is ended
            worker.ask("grow", articles=min(count, 5_000))
        times = dict(worker.ask("ask"))
    slowest = max(times, key=lambda name: times[name])
    of_all = median(times.values())
    for name, ours in (
        (f"search in {count:,}, the median of {len(times)} queries", of_all),
        (f"search in {count:,}, the slowest: {slowest}", times[slowest]),
    ):
        yield Row(target=10, name=name, ours=ours, unit="ms", ratio=ours, bar=at_most(10))


def ready(plan: Plan) -> Iterator[Row]:
    """Yield the last part of target 8: ingest of ready-cut articles against the text alone."""
    with ExitStack() as stack:
        worker = start(stack, "search", plan.folder)
        articles = plan.count(DAILY, 20)
        ours = worker.cost("ingest", articles=articles)
        (pairs,) = compare(plan, ours, worker.cost("chain", articles=articles))
    name = "ingest of ready-cut articles, search index included"
    yield pairs.costs(8, name, at_most(3), "the text chain")


class Child:
    """The child process: an archive that grows, and queries to it."""

    def __init__(self, folder: str) -> None:
        settings = house.build(Path(folder))
        self.bridge = open_bridge(settings, lambda connection, tasks: None)
        self.paper = settings.site.papers[0]
        self.days, self.draw, self.writer = itertools.count(), Random(6), Writer(6)
        first = [chr(0x4E00 + n) for n in self.draw.sample(range(20_000), CHARACTERS)]
        often = list(accumulate(1 / n for n in range(1, CHARACTERS + 1)))
        pairs = (self.draw.choices(first, cum_weights=often, k=2) for _ in range(WORDS))
        self.words = list(map("".join, pairs))
        self.often = list(accumulate(1 / n for n in range(1, WORDS + 1)))

    def grow(self, articles: int) -> dict[str, float]:
        """Store so many articles more."""
        for _ in range(articles // DAILY):
            date = house.FIRST - dt.timedelta(days=next(self.days))
            made = [
                house.stored(n, date, f"s{n % 6 + 1}", self._text(8), self._body())
                for n in range(DAILY)
            ]
            house.store(self.bridge, date, made)
        return {}

    def ask(self) -> dict[str, float]:
        """Ask every kind of query; return the median of the CPU milliseconds of each."""
        times = {}
        for name, query, section in self._queries():
            scopes = ((house.PAPER, section),) if section else ()
            wanted = Wanted(query=parse(query), scopes=scopes)
            taken = []
            for _ in range(ROUNDS):
                with Spent() as spent, self.bridge.store.read() as connection:
                    index.find(connection, wanted, 20, counted=1001)
                taken.append(spent.cpu * 1e3)  # the database works in this process
            times[name] = median(taken)
        return times

    def chain(self, articles: int) -> dict[str, float]:
        """Read an edition of ready-cut articles, without any store."""
        document, hints = self._document(articles), Expected(date=house.FIRST)
        with Spent() as spent:
            edition = normalise.edition([formats.parse(document, hints)], self.paper)
            for article in edition.articles:
                normalise.summary(article)
        assert len(edition.articles) == articles
        return spent.each(articles)

    def ingest(self, articles: int) -> dict[str, float]:
        """Take in an edition of ready-cut articles."""
        document = self._document(articles)
        with Spent() as spent:
            taken = verb.ingest_files(self.bridge, house.PAPER, [document], house.NOW)
        assert taken.counts["new"] == articles, taken
        return spent.each(articles)

    def _document(self, articles: int) -> Document:
        date = house.FIRST - dt.timedelta(days=next(self.days))
        made = (
            house.stored(n, date, "s1", self.writer.headline(), self.writer.body(600))
            for n in range(1, articles + 1)
        )
        title = Title(id=house.PAPER, title="砚北日报", title_latin=None, language="zh-Hans")
        edition = Edition(
            paper=title,
            date=date,
            pages=(Page(label="A1"),),
            articles=tuple(replace(one.article, section=None) for one in made),
        )
        data = dump(edition).encode()
        name = f"{date.isoformat()}.json"
        return Document(name=name, origin=name, data=data)

    def _queries(self) -> Iterator[tuple[str, str, str | None]]:
        words = self.words
        yield "a common character", words[0][0], None
        yield "a rare character", words[-1][1], None
        yield "a common word", words[0], None
        yield "a word", words[300], None
        yield "a rare word", words[-1], None
        yield "two words", f"{words[20]} {words[400]}", None
        yield "three common words", " ".join(words[:3]), None
        yield "four characters", words[5] + words[40], None
        yield "a word without another", f"{words[100]} -{words[1]}", None
        yield "either of two", f"{words[500]} OR {words[501]}", None
        yield "a word in a section", words[30], "s2"
        yield "what is nowhere", words[700] + words[900] + words[1100], None

    def _text(self, count: int) -> str:
        return "".join(self.draw.choices(self.words, cum_weights=self.often, k=count))

    def _body(self) -> list[str]:
        return [self._text(LENGTH // 6) + "。" for _ in range(6)]


if __name__ == "__main__":
    answer(Child(*arguments()))
