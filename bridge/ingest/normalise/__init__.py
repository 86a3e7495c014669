"""From what was printed to an edition: jumps closed, articles whole, sections assigned.

`edition(printed, paper)` merges the documents of one date; `summary(article)` is the text for
feeds and posts; `display(text, language)` repairs typography for showing, never for storing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from bridge.errors import FormatError
from bridge.ingest.normalise import articles, sections
from bridge.ingest.normalise.jumps import Part, link
from bridge.ingest.normalise.summary import summary
from bridge.ingest.normalise.typography import display
from bridge.ingest.segment.labels import page_key
from bridge.model import (
    Article,
    Doubt,
    Edition,
    Masthead,
    Newspaper,
    Page,
    PrintedEdition,
    Problem,
    Title,
)

__all__ = ["display", "edition", "summary"]

T = TypeVar("T")

DOUBTFUL = 0.6
"""Confidence below which a doubt is told as a problem of the edition."""


def edition(printed: Sequence[PrintedEdition], paper: Newspaper | None) -> Edition:
    """Return the edition that one or several documents of one date make.

    Raises FormatError: `two-dates` when they are of several, `no-article` when none has any.
    """
    ordered = sorted(printed, key=_first_page)
    where = ", ".join(one.file for one in ordered)[:200]
    date = _one_date(ordered, where)
    title = _title(ordered, paper)
    found, doubts = _articles(ordered, title.title or None)
    if not found:
        raise FormatError("no article was found", code="no-article", where=where)
    pages = _pages(ordered)
    if paper is not None:
        found = [replace(a, section=sections.assign(a, pages, paper)) for a in found]
    doubts = [doubt for one in ordered for doubt in one.doubts] + doubts
    return Edition(
        paper=title,
        date=date,
        number=_known(one.number for one in ordered),
        pages_total=_known(one.pages_total for one in ordered),
        masthead=_masthead(ordered),
        pages=pages,
        articles=tuple(found),
        problems=_problems(ordered, found, doubts),
        doubts=tuple(doubts),
    )


def _one_date(printed: Sequence[PrintedEdition], where: str) -> dt.date:
    dates = sorted({one.date for one in printed})
    if len(dates) == 1:
        return dates[0]
    named = ", ".join(map(str, dates)) or "none"
    raise FormatError(
        f"the documents are of several dates: {named}", code="two-dates", where=where
    )


def _first_page(one: PrintedEdition) -> tuple[str, int, str]:
    letter, number = page_key(one.pages[0].label) if one.pages else ("", 0)
    return letter, number, one.file


def _title(printed: Sequence[PrintedEdition], paper: Newspaper | None) -> Title:
    if paper is not None:
        return Title(
            id=paper.id,
            title=paper.title,
            title_latin=paper.title_latin or _known(one.title_latin for one in printed),
            language=paper.language,
        )
    return Title(
        id=None,
        title=_known(one.title for one in printed) or "",
        title_latin=_known(one.title_latin for one in printed),
        language=printed[0].language,
    )


def _articles(
    printed: Sequence[PrintedEdition], title: str | None
) -> tuple[list[Article], list[Doubt]]:
    parts = [
        (Part(story=story, file=one.file), one) for one in printed for story in one.stories
    ]
    link([part for part, _ in parts])
    found: list[Article] = [article for one in printed for article in one.articles]
    doubts: list[Doubt] = []
    for part, one in parts:
        if part.taken:
            continue
        made = articles.make(part, len(found) + 1, _merged(one, printed), title)
        found.append(made.article)
        doubts += made.doubts
    ordered = [a if a.order == at else replace(a, order=at) for at, a in enumerate(found, 1)]
    return ordered, doubts


def _merged(one: PrintedEdition, printed: Sequence[PrintedEdition]) -> PrintedEdition:
    """A word cut on one page may stand whole on another."""
    if len(printed) == 1:
        return one
    return replace(one, words=frozenset().union(*(other.words for other in printed)))


def _pages(printed: Sequence[PrintedEdition]) -> tuple[Page, ...]:
    found: dict[str, Page] = {}
    for page in (page for one in printed for page in one.pages):
        known = found.get(page.label)
        found[page.label] = replace(page, name=known.name or page.name) if known else page
    return tuple(found.values())


def _masthead(printed: Sequence[PrintedEdition]) -> Masthead:
    heads = [one.masthead for one in printed]
    return Masthead(
        weather=_known(head.weather for head in heads),
        lunar_date=_known(head.lunar_date for head in heads),
        weekday=_known(head.weekday for head in heads),
        publisher=_known(head.publisher for head in heads),
        serial=_known(head.serial for head in heads),
    )


def _problems(
    printed: Sequence[PrintedEdition], found: Sequence[Article], doubts: Sequence[Doubt]
) -> tuple[Problem, ...]:
    problems = [problem for one in printed for problem in one.problems]
    for article in found:
        if article.truncated == "yes":
            problems.append(_cut_short(article))
    for doubt in doubts:
        if doubt.confidence < DOUBTFUL:
            message = f"{doubt.reason} (confidence {doubt.confidence:.2f})"
            problems.append(
                Problem(
                    severity="warning",
                    code=f"doubt-{doubt.decision}",
                    message=message,
                    where=doubt.where,
                )
            )
    return tuple(dict.fromkeys(problems))


def _cut_short(article: Article) -> Problem:
    where = f"line {article.source.lines[-1]}" if article.source.lines else None
    goes = (
        f"goes on on page {article.jump.to}, which is not here"
        if article.jump.to
        else "stops in mid-sentence"
    )
    return Problem(
        severity="warning",
        code="truncated",
        message=f"“{article.headline}” {goes}",
        where=where,
    )


def _known(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
