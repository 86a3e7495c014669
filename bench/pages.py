"""The second half of target 7: pages of PDF, laid out and read, against their boxes alone."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench import house, typeset
from bench.baselines.boxes import boxes
from bench.harness import Plan, Row, at_least, pair, start
from bench.worker import Spent, answer
from bridge.ingest import normalise
from bridge.ingest.formats import pdf
from bridge.ingest.formats.pdf import reader
from bridge.model import Document, Expected

PAGES = {"zh": typeset.chinese, "en": typeset.english}
"""The pages read, by language."""


def pages(plan: Plan) -> Iterator[Row]:
    """Yield target 7 for page PDFs; start-up of the child process is not counted."""
    with ExitStack() as stack:
        worker = start(stack, "pages")
        for language in PAGES:
            count = plan.count(12, 2)
            own: list[float] = []
            other: list[float] = []
            for number in range(plan.pairs + 1):
                sides = [("ours", own), ("bare", other)]
                for way, costs in sides if number % 2 else reversed(sides):
                    costs.append(worker.ask(way, language=language, count=count)["cpu"])
            pairs = pair(own[1:], other[1:])
            name = f"PDF page, {language}"
            yield pairs.speed(7, name, at_least(0.6), "pypdfium2, a box per character")


class Child:
    """The child process: it reads one page again and again."""

    def __init__(self) -> None:
        self.made = {language: make(house.FIRST) for language, make in PAGES.items()}

    def ours(self, language: str, count: int) -> dict[str, float]:
        """Take a page apart, lay it out and make articles of it."""
        data = self.made[language]
        document = Document(name="A1.pdf", origin="A1.pdf", data=data)
        with Spent() as spent:
            for _ in range(count):
                printed = pdf.read(list(reader.pages(data)), document, Expected())
                edition = normalise.edition([printed], None)
        assert len(edition.articles) >= len(typeset.STORIES), edition.problems
        return spent.each(count, articles=len(edition.articles))

    def bare(self, language: str, count: int) -> dict[str, float]:
        """Ask for the text and a box per character, as the library's own helpers do."""
        with Spent() as spent:
            for _ in range(count):
                found = boxes(self.made[language])
        return spent.each(count, characters=found)


if __name__ == "__main__":
    answer(Child())
