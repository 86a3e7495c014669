"""Reading a page of text as an editor would: heads, pieces, labels, stories.

`segment(text, expected, file)` is all that the formats need. The stages stand in this order:
`characters` (lines), `header` and `masthead` (where pages begin and what their heads say),
`pieces` (hard wraps undone), `features` (what a piece looks like), `sequence` (the best labels
for a whole page), `stories` and `headings` (the cut).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bridge.errors import FormatError
from bridge.ingest.segment import header, masthead
from bridge.ingest.segment.characters import lines as to_lines
from bridge.ingest.segment.context import place
from bridge.ingest.segment.features import features
from bridge.ingest.segment.foot import lone_label, read_foot
from bridge.ingest.segment.header import PageHead
from bridge.ingest.segment.language.chinese import SIMPLIFIED, TRADITIONAL
from bridge.ingest.segment.language.english import ENGLISH
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.language.script import language
from bridge.ingest.segment.pieces import pieces
from bridge.ingest.segment.sequence import label
from bridge.ingest.segment.stories import PageCut, cut
from bridge.ingest.segment.teasers import mark_teasers
from bridge.model import Expected, Line, Page, PrintedEdition, Story

LANGUAGES: dict[str, Rules] = {
    "zh-Hans": SIMPLIFIED,
    "zh-Hant": TRADITIONAL,
    "en": ENGLISH,
}
"""Every language a page may be in."""

_CUT = re.compile("-\\s*[\r\n\x85\u2028\u2029]|\u00ad")
"""A word that a line's end cuts."""

_HYPHENATED = re.compile("[A-Za-z]+(?:-[A-Za-z]+)*")


def segment(text: str, expected: Expected, file: str) -> PrintedEdition:
    """Return what a text dump of one or several pages of one edition says.

    Raises FormatError: `no-date`, `no-article`.
    """
    lines, fed = to_lines(text)
    rules = rules_of(text, expected.language)
    spans = _pages(lines, fed, rules)
    facts = masthead.read([head for head, _ in spans], expected, file)
    found = [
        _page(_counted(at, spans), at, head, body, expected, rules)
        for at, (head, body) in enumerate(spans)
    ]
    heads = [line for head, _ in spans for line in _head_lines(head, lines)]
    return PrintedEdition(
        file=file,
        title=facts.title,
        title_latin=facts.title_latin,
        language=rules.tag,
        date=facts.date,
        number=facts.number,
        pages_total=facts.pages_total,
        masthead=facts.masthead,
        pages=tuple(_unique([page for page, _ in found])),
        stories=_stories([cut for _, cut in found], file),
        furniture=tuple(heads + [line for _, cut in found for line in cut.furniture]),
        words=vocabulary(text),
        problems=facts.problems,
        doubts=tuple(doubt for _, cut in found for doubt in cut.doubts),
    )


def _stories(cuts: Sequence[PageCut], file: str) -> tuple[Story, ...]:
    stories = tuple(story for cut in cuts for story in cut.stories)
    if not stories:
        raise FormatError(
            "no article was found",
            code="no-article",
            where=file,
            hint="a page without news needs no file",
        )
    return stories


def _counted(at: int, spans: Sequence[tuple[PageHead, tuple[Line, ...]]]) -> str:
    """Return the label of a page that prints none: its place, in the manner of the others."""
    letter = next((head.label[:1] for head, _ in spans if head.label), "")
    return f"{letter if letter.isalpha() else ''}{at + 1}"


def _page(
    counted: str,
    at: int,
    head: PageHead,
    body: Sequence[Line],
    expected: Expected,
    rules: Rules,
) -> tuple[Page, PageCut]:
    """Return a page and its stories; a page without a label is counted."""
    name = head.label or (expected.label if at == 0 else None) or counted
    parts = pieces(body, at, rules.spaced)
    mark_teasers(parts, rules)
    found = features(parts, rules)
    place(found, rules)
    seen = label(found, rules)
    return Page(label=name, name=head.name), cut(seen, name, rules)


def rules_of(text: str, hint: str | None) -> Rules:
    """Return the language's rules; what the text shows counts more than the hint."""
    found = language(text)
    if hint and hint.split("-")[0] == found.split("-")[0] and hint in LANGUAGES:
        return LANGUAGES[hint]
    return LANGUAGES[found]


def vocabulary(text: str) -> frozenset[str]:
    """Return the Latin words of a text in small letters, for taking out hyphens."""
    if _CUT.search(text) is None:
        return frozenset()
    return frozenset(word.lower() for word in _HYPHENATED.findall(text[:2_000_000]))


def _pages(
    lines: tuple[Line, ...], fed: frozenset[int], rules: Rules
) -> list[tuple[PageHead, tuple[Line, ...]]]:
    """Return each page's head and the lines below it."""
    starts = header.page_starts(lines, fed, rules)
    heads: list[PageHead] = []
    for start in starts:
        if heads and start < heads[-1].first + heads[-1].length:
            continue  # the label of the page whose head is being read
        heads.append(header.read_head(lines, start, len(lines), rules, front=not heads))
    ends = [head.first for head in heads[1:]] + [len(lines)]
    spans = []
    for head, end in zip(heads, ends, strict=True):
        first = head.first + head.length
        foot, fields, name = read_foot(lines[first:end], rules)
        if foot and not any(kind == "date" for kind, _ in head.fields):
            head.foot = lines[end - foot : end]
            head.fields += fields
            head.label = head.label or name
            head.text += "\n" + "\n".join(line.text for line in head.foot)
            end -= foot
        head.label = head.label or lone_label(lines[head.first : first], head)
        spans.append((head, lines[first:end]))
    return spans


def _head_lines(head: PageHead, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return lines[head.first : head.first + head.length] + head.foot


def _unique(pages: list[Page]) -> list[Page]:
    found: dict[str, Page] = {}
    for page in pages:
        known = found.get(page.label)
        found[page.label] = replace(page, name=known.name or page.name) if known else page
    return list(found.values())
