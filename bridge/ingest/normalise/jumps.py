"""Stories that go on on another page: which part belongs to which.

A part says where it goes (`下转A2版`, `SEE ROADS, PAGE A6`) or where it comes from; both name a
page. Among several pairs between two pages the words decide, then the order of print.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.ingest.segment import LANGUAGES
from bridge.ingest.segment.features import jump_label
from bridge.ingest.segment.labels import page_key
from bridge.model import Story

SAME_HEADLINE = 0.6
"""Share of a jump headline's words in the headline from which they are one story's."""


CANDIDATES = 50
"""Stories of a page that are compared; a real page has some twenty."""


@dataclass(slots=True)
class Part:
    """A story on one page, with the file it was found in."""

    story: Story
    file: str
    next: "Part | None" = None
    taken: bool = False
    labels: tuple[str | None, str | None] = field(default=(None, None))  # to, from

    def text(self, *roles: str) -> str:
        """Return the text of the blocks with one of these roles."""
        return " ".join(block.text for block in self.story.blocks if block.role in roles)


def link(parts: Sequence[Part]) -> None:
    """Chain the parts of each story: sets `next` and `taken`."""
    for part in parts:
        part.labels = (_label(part, "jump_to"), _label(part, "jump_from"))
    pages: dict[tuple[str, int], list[Part]] = {}
    for part in parts:
        pages.setdefault(page_key(part.story.page), []).append(part)
    waiting: dict[tuple[tuple[str, int], tuple[str, int]], list[Part]] = {}
    for part in parts:
        if part.labels[0] is not None:
            way = (page_key(part.story.page), page_key(part.labels[0]))
            waiting.setdefault(way, []).append(part)
    for part in parts:
        if part.labels[1] is not None:
            way = (page_key(part.labels[1]), page_key(part.story.page))
            _find_head(part, waiting.get(way, []))
    for part in parts:
        if part.labels[0] is not None and part.next is None:
            _find_tail(part, pages.get(page_key(part.labels[0]), []))


def _label(part: Part, role: str) -> str | None:
    for block in part.story.blocks:
        if block.role == role:
            return jump_label(block.text, role, LANGUAGES[part.story.language])
    return None


def _find_head(tail: Part, waiting: list[Part]) -> None:
    """Give a part that comes from a page the best story there that goes to its page."""
    open_ones = [head for head in waiting[:CANDIDATES] if head is not tail]
    if not open_ones:
        return
    marks = [likeness(head, tail) for head in open_ones]
    best = open_ones[marks.index(max(marks))]  # the first of equals: the order of print
    waiting.remove(best)
    best.next, tail.taken = tail, True


def _find_tail(head: Part, page: Sequence[Part]) -> None:
    """A part without a marker is the tail when it repeats the headline or its key word."""
    free = [
        p
        for p in page[:CANDIDATES]
        if not p.taken
        and p is not head
        and p.labels[1] is None
        and likeness(head, p) >= SAME_HEADLINE
    ]
    if free:
        tail = max(free, key=lambda part: likeness(head, part))
        head.next, tail.taken = tail, True


def likeness(head: Part, tail: Part) -> float:
    """Return from 0 to 2 how much a jump headline and a story are about the same."""
    wanted = _words(tail.text("jump_headline", "headline", "kicker") + " " + _keyword(tail))
    if not wanted:
        return 0.0
    title = _words(head.text("headline", "kicker", "deck"))
    marker = _words(_keyword(head))
    body = _words(head.text("body")[:2000])
    score = len(wanted & title) / len(wanted)
    if marker and marker & wanted:
        score += 1.0
    return score + 0.1 * len(wanted & body) / len(wanted)


def _keyword(part: Part) -> str:
    """Return what a marker says besides the page: `SEE ROADS, PAGE A6` says ROADS."""
    text = part.text("jump_to", "jump_from")
    return re.sub(
        "\\b(?:see|please|turn to|continued|cont'?d|from|on|page|pages|mo"
        "re|jump|story continues|at|back)\\b|[A-Z]{0,2}[0-9]+|"
        "[上下文紧緊未]?[转轉接续續完]+|第|[版頁页面]|\\W",
        " ",
        text,
        flags=re.I,
    )


def _words(text: str) -> frozenset[str]:
    latin = re.findall("[A-Za-z]{3,}", text.lower())
    han = re.findall("[\u3400-\u9fff]+", text)
    pairs = [run[at : at + 2] for run in han for at in range(max(1, len(run) - 1))]
    return frozenset(latin + pairs)


def chain(part: Part) -> list[Part]:
    """Return a story's parts in order, each once even if markers lead in a circle."""
    found, seen = [part], {id(part)}
    while found[-1].next is not None and id(found[-1].next) not in seen:
        found.append(found[-1].next)
        seen.add(id(found[-1]))
    return found
