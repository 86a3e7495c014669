"""Page PDFs (ISO 32000): one document holds one page of an edition or all of them.

`reader` takes a page apart (in a child process, `child`), `bridge.ingest.geometry` lays it out,
`heads`, `pages` and `stories` say what the lines are, by the rules of `bridge.ingest.segment`.
"""

import re
from dataclasses import dataclass

from bridge.errors import FormatError
from bridge.ingest.formats.pdf import child, pages
from bridge.ingest.geometry.shapes import PageContent
from bridge.ingest.geometry.spread import halves
from bridge.ingest.segment import masthead, rules_of, vocabulary
from bridge.ingest.segment.labels import canonical
from bridge.model import Box, Document, Expected, Page, PrintedEdition, Sheet

NAME = "pdf"

HEAD = 1024
"""Bytes within which a PDF must say that it is one."""

MAX_BYTES = 1_000_000_000
"""The largest PDF that is read, whatever a source allows; an edition has some 100 MB."""

LEAST = 20
"""Characters a page with text has at least."""

_LABEL = re.compile(
    "(?:^|[^A-Za-z0-9])(?:P(?:age)?)?0*(?P<label>[A-D]?[0-9]{1,3})\\.pdf$", re.I
)


def recognises(document: Document) -> bool:
    """Tell whether the document is a PDF, by its first bytes."""
    return b"%PDF-" in document.data[:HEAD]


def parse(document: Document, expected: Expected) -> PrintedEdition:
    """Return the stories of a page PDF.

    Raises FormatError: `too-large`, `no-pdf-support`, `encrypted`, `broken`, `no-text-layer`,
    `no-unicode`, `too-complex`, `no-date`, `no-article`.
    """
    if len(document.data) > MAX_BYTES:
        raise FormatError(
            f"the PDF has more than {MAX_BYTES:,} bytes",
            code="too-large",
            where=document.origin,
        )
    try:
        return read(child.read(document.data), document, expected)
    except FormatError as error:
        if error.where:
            raise
        raise FormatError(
            error.what, code=error.code, where=document.origin, hint=error.hint
        ) from None


def read(contents: list[PageContent], document: Document, expected: Expected) -> PrintedEdition:
    """Return the stories of pages that have been taken apart."""
    texts = [sum(len(word.text) for word in content.words) for content in contents]
    if max(texts, default=0) < LEAST:
        raise FormatError(
            "the PDF has no text layer, only pictures",
            code="no-text-layer",
            hint="export it with text, or run OCR over it",
        )
    leaves = [leaf for at, content in enumerate(contents) for leaf in _leaves(content, at)]
    measured = [pages.measure(leaf.content) for leaf in leaves]
    whole = "\n".join(
        line.text for _, areas in measured for _, lines in areas for line in lines
    )
    rules = rules_of(whole, expected.language)
    found: list[pages.ReadPage] = []
    number = 0
    for at, (leaf, (body, areas)) in enumerate(zip(leaves, measured, strict=True)):
        label = _label(document, expected, at, len(leaves))
        page = pages.read(leaf.content, body, areas, rules, label, number)
        number = page.numbers
        found.append(page)
    if not any(page.stories for page in found):
        raise FormatError(
            "no article was found",
            code="no-article",
            where=document.origin,
            hint="a page without news needs no file",
        )
    sheets = tuple(leaf.sheet(page.label) for leaf, page in zip(leaves, found, strict=True))
    return _edition(found, sheets, document, expected, rules.tag, whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """A page as it is read: a page of the document, or half of one that holds two."""

    content: PageContent
    index: int  # of the document's page, from 0
    left: float | None = None  # where it begins on a spread, points

    def sheet(self, label: str) -> Sheet:
        area = None
        if self.left is not None:
            right, low = self.left + self.content.width, self.content.height
            area = Box(page=label, x0=self.left, y0=0.0, x1=right, y1=low)
        return Sheet(page=label, index=self.index, area=area)


def _leaves(content: PageContent, index: int) -> tuple[_Leaf, ...]:
    """Return the two pages of a spread when both halves carry a label, else the sheet."""
    cut = halves(content)
    if len(cut) < 2 or not all(map(pages.is_labelled, cut)):
        return (_Leaf(content=content, index=index),)
    left, right = cut
    return (
        _Leaf(content=left, index=index, left=0.0),
        _Leaf(content=right, index=index, left=left.width),
    )


def _label(document: Document, expected: Expected, at: int, count: int) -> str:
    """Return what a page is called that does not say so itself."""
    match = _LABEL.search(document.name)
    named = expected.label or (canonical(match["label"]) if match else None)
    return (named or "1") if count == 1 else str(at + 1)


def _edition(
    found: list[pages.ReadPage],
    sheets: tuple[Sheet, ...],
    document: Document,
    expected: Expected,
    language: str,
    whole: str,
) -> PrintedEdition:
    facts = masthead.read([page.head.head for page in found], expected, document.origin)
    return PrintedEdition(
        file=document.origin,
        title=facts.title,
        title_latin=facts.title_latin,
        language=language,
        date=facts.date,
        number=facts.number,
        pages_total=facts.pages_total,
        masthead=facts.masthead,
        pages=tuple(Page(label=page.label, name=page.head.head.name) for page in found),
        sheets=sheets,
        stories=tuple(story for page in found for story in page.stories),
        furniture=tuple(line for page in found for line in page.furniture),
        words=vocabulary(whole),
        problems=facts.problems,
    )
