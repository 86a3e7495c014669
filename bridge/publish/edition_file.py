"""An edition as a file for programs: `broadsheet-edition/1` with the keys of its articles.

What is published names no path of the operator's machine.
"""

from dataclasses import replace
from pathlib import PurePath

from bridge import edition_json
from bridge.model import Article, Channel, Edition, Issue, Title


def render(found: Channel, issue: Issue) -> bytes:
    """Return one edition; the channel's entries are its articles, withdrawn ones passed over.

    Articles are numbered anew from 1 in reading order, for pages that were read apart from
    each other each began with their own.
    """
    paper = found.paper
    shown = [stored for stored in found.entries if stored.state != "withdrawn"]
    edition = Edition(
        paper=Title(
            id=paper.id,
            title=paper.title,
            title_latin=paper.title_latin,
            language=paper.language,
        ),
        date=issue.date,
        number=issue.number,
        pages_total=issue.pages_total,
        masthead=issue.masthead,
        pages=issue.pages,
        articles=tuple(
            _public(stored.article, number) for number, stored in enumerate(shown, 1)
        ),
    )
    keys = {number: stored.key for number, stored in enumerate(shown, 1)}
    return edition_json.dump(edition, keys).encode("utf-8", "replace")


def _public(article: Article, order: int) -> Article:
    source = replace(article.source, file=PurePath(article.source.file).name)
    return replace(article, order=order, source=source)
