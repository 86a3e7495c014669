"""feedgen as it comes: RSS and Atom of ready-made entries with the fields ours have.

Argument: how many entries of three kilobytes. The command `render` tells what both cost, each
round with entries of its own, as ours are new each time; `with_json` adds JSON of the same.
"""

import datetime as dt
import json

from feedgen.feed import FeedGenerator

from bench.invented import Writer
from bench.worker import Spent, answer, arguments

MOMENT = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)


Told = tuple[str, str, str]


class Feeds:
    """What can be asked: feeds of so many new entries."""

    def __init__(self, count: int) -> None:
        self.count, self.writer = count, Writer(3)

    def render(self, rounds: int, with_json: bool = False) -> dict[str, float]:
        """Build feeds and write each in both forms, or in all three."""
        every = [[self._entry() for _ in range(self.count)] for _ in range(rounds)]
        with Spent() as spent:
            for entries in every:
                feed = self._feed(entries)
                sizes = len(feed.rss_str()), len(feed.atom_str())
                if with_json:
                    self._json(entries)
        return spent.each(rounds, rss=sizes[0], atom=sizes[1])

    def _entry(self) -> Told:
        content = "".join(f"<p>{text}</p>" for text in self.writer.body(1000))
        return self.writer.headline(), self.writer.paragraph(60), content

    def _feed(self, entries: list[Told]) -> FeedGenerator:
        feed = FeedGenerator()
        feed.id("tag:bench.example,2026:feed")
        feed.title("砚北日报")
        feed.description("砚北日报")
        feed.link(href="https://bench.example/", rel="alternate")
        feed.updated(MOMENT)
        for number, (title, summary, content) in enumerate(entries):
            entry = feed.add_entry(order="append")
            entry.id(f"tag:bench.example,2026:{number}")
            entry.title(title)
            entry.link(href=f"https://bench.example/{number}.html")
            entry.summary(summary)
            entry.content(content, type="html")
            entry.author(name="苏见山")
            for term in ("s1", "A1"):  # its section and its page
                entry.category(term=term, scheme="https://bench.example/", label=term)
            entry.published(MOMENT)
            entry.updated(MOMENT)
        return feed

    def _json(self, entries: list[Told]) -> bytes:
        items = [
            {
                "id": f"tag:bench.example,2026:{number}",
                "url": f"https://bench.example/{number}.html",
                "title": title,
                "summary": summary,
                "content_html": content,
                "date_published": MOMENT.isoformat(),
                "date_modified": MOMENT.isoformat(),
                "authors": [{"name": "苏见山"}],
                "tags": ["s1", "A1"],
            }
            for number, (title, summary, content) in enumerate(entries)
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "砚北日报"}
        return json.dumps(feed | {"items": items}, ensure_ascii=False).encode()


if __name__ == "__main__":
    answer(Feeds(*arguments()))
