"""feedgen as it comes: RSS and Atom of ready-made entries with the fields ours have.

Argument: how many entries of three kilobytes. The command `render` tells what both cost.
"""

import datetime as dt

from feedgen.feed import FeedGenerator

from bench.invented import Writer
from bench.worker import Spent, answer, arguments

MOMENT = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)


class Feeds:
    """What can be asked: the same feed again and again."""

    def __init__(self, count: int) -> None:
        writer = Writer(3)
        self.entries = [
            (
                writer.headline(),
                writer.paragraph(60),
                "".join(f"<p>{text}</p>" for text in writer.body(1000)),
            )
            for _ in range(count)
        ]

    def render(self, rounds: int) -> dict[str, float]:
        """Build the feed and write it in both forms."""
        with Spent() as spent:
            for _ in range(rounds):
                feed = self._feed()
                sizes = len(feed.rss_str()), len(feed.atom_str())
        return spent.each(rounds, rss=sizes[0], atom=sizes[1])

    def _feed(self) -> FeedGenerator:
        feed = FeedGenerator()
        feed.id("tag:bench.example,2026:feed")
        feed.title("砚北日报")
        feed.description("砚北日报")
        feed.link(href="https://bench.example/", rel="alternate")
        feed.updated(MOMENT)
        for number, (title, summary, content) in enumerate(self.entries):
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


if __name__ == "__main__":
    answer(Feeds(*arguments()))
