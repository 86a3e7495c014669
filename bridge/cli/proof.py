"""An edition shown to a person at a terminal: what was found, joined and doubted."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.model import Article, Edition

SURE = 0.75
"""Decisions below this confidence are listed one by one; the others are only counted."""

MARKS = {"no": "", "yes": "✂ cut off", "suspected": "✂ cut off?"}


def show(edition: Edition, console: Console | None = None) -> None:
    """Print masthead, a table of the articles, the doubts and the problems."""
    console = console or Console(highlight=False)
    console.print(Text(masthead(edition), style="bold"))
    console.print(articles(edition))
    for line in counts(edition):
        console.print(Text(line))
    for doubt in edition.doubts:
        if doubt.confidence < SURE:
            text = f"? {doubt.where}  {doubt.decision}: {doubt.reason} ({doubt.confidence:.0%})"
            console.print(Text(text, style="yellow"))
    for problem in edition.problems:
        style = "red" if problem.severity == "error" else "yellow"
        where = f"{problem.where}  " if problem.where else ""
        console.print(Text(f"! {where}{problem.message} [{problem.code}]", style=style))


def masthead(edition: Edition) -> str:
    """Return one line: title, date, weekday, lunar date, number, pages, weather."""
    seen = len(edition.pages)
    pages = (
        f"{seen} of {edition.pages_total} pages"
        if edition.pages_total
        else _plural(seen, "page")
    )
    printed = edition.masthead
    parts = (
        edition.paper.title,
        edition.date.isoformat(),
        printed.weekday,
        printed.lunar_date,
        f"No. {edition.number}" if edition.number else None,
        pages,
        printed.weather,
    )
    return " · ".join(part for part in parts if part)


def articles(edition: Edition) -> Table:
    """Return the table of articles in reading order."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", justify="right", style="dim")
    table.add_column("page", style="dim")
    table.add_column("headline", overflow="fold")
    table.add_column("by", overflow="fold")
    table.add_column("¶", justify="right")
    table.add_column("kind", style="dim")
    table.add_column("", style="yellow")
    for article in edition.articles:
        table.add_row(
            str(article.order),
            "→".join(article.pages),
            _headline(article),
            _byline(article),
            str(sum(p.kind not in ("subhead", "table") for p in article.body)),
            article.kind,
            MARKS[article.truncated],
        )
    return table


def counts(edition: Edition) -> Iterator[str]:
    """Yield one line that sums up what was found, and one of what was decided."""
    found = edition.articles
    photos = sum(len(article.photos) for article in found)
    people = sum(bool(article.byline) for article in found)
    yield " · ".join(
        (_plural(len(found), "article"), _plural(photos, "photo"), _plural(people, "byline"))
    )
    joins = sum(doubt.decision == "join" for doubt in edition.doubts)
    cut = sum(article.truncated != "no" for article in found)
    told = []
    if joins:
        told.append(f"joined {_plural(joins, 'break')}")
    if cut:
        told.append(f"{_plural(cut, 'article')} cut off")
    if told:
        yield " · ".join(told)


def _headline(article: Article) -> Text:
    text = Text()
    for line in (*article.banner, article.kicker):
        if line:
            text.append(f"{line}\n", style="dim")
    text.append(article.headline, style="bold")
    for line in article.deck:
        text.append(f"\n{line}", style="italic" if article.language == "en" else "")
    return text


def _byline(article: Article) -> str:
    names = [person.name for person in article.byline]
    return ", ".join(([article.agency] if article.agency else []) + names)


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
