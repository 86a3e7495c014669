"""What a jump page prints again of the page that it continues.

Papers repeat nothing, the words or the paragraph that the cut went through, or the whole story.
What goes is the longest beginning of the tail that ends the text before it; a tail whose head
was whole may repeat any of its paragraphs.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bridge.model import Block, Line

TEXT = ("body", "subhead", "item", "question", "answer")
"""Blocks whose text is compared."""

OVERLAP = 8
"""Characters that no tail begins with by chance when they end its head."""

REPEATED = 12
"""Characters of a fragment that cannot stand in a story twice by chance."""

_SPACE = re.compile("\\s+")


def new_blocks(tail: Sequence[Block], before: Sequence[Block], unfinished: bool) -> list[Block]:
    """Return a tail's blocks without text that the parts before it already printed.

    `unfinished` tells that the text before the tail stops in mid-sentence.
    """
    printed = [bare(block.text) for block in before if block.role in TEXT]
    told = "".join(bare(block.text) for block in tail if block.role in TEXT)
    length = overlap("".join(printed).rstrip("-\u00ad"), told)
    kept = _without(tail, length)
    return kept if length or unfinished else _unprinted(kept, printed)


def overlap(known: str, told: str) -> int:
    """Return how many characters at the beginning of a text repeat the end of the known one."""
    key = told[:OVERLAP]
    at = known.find(key) if len(key) == OVERLAP else -1
    while at >= 0:
        if told.startswith(known[at:]):
            return len(known) - at
        if known.startswith(told, at):
            return len(told)
        at = known.find(key, at + 1)
    return 0


def _without(blocks: Sequence[Block], length: int) -> list[Block]:
    """Return blocks without that many characters of their text."""
    kept: list[Block] = []
    for block in blocks:
        size = len(bare(block.text))
        if block.role in TEXT and length >= size:
            length -= size
        elif block.role in TEXT and length:
            kept.append(_shortened(block, length))
            length = 0
        else:
            kept.append(block)
    return kept


def _shortened(block: Block, length: int) -> Block:
    """Return a block without its first characters, white space not counted."""
    lines: list[Line] = []
    for line in block.lines:
        cut = len(line.text)
        for at, character in enumerate(line.text):
            if length == 0:
                cut = at
                break
            length -= not character.isspace()
        if rest := line.text[cut:].lstrip():
            lines.append(replace(line, text=rest))
    return replace(block, lines=tuple(lines), text=" ".join(line.text for line in lines))


def _unprinted(blocks: Sequence[Block], printed: Sequence[str]) -> list[Block]:
    """Leave out whole paragraphs that stand in print already, short ones only at the start."""
    known, kept, opening = "".join(printed), list[Block](), True
    for block in blocks:
        text = bare(block.text)
        again = (opening and text in printed) or (len(text) >= REPEATED and text in known)
        if block.role == "body" and not again:
            opening = False
        if block.role != "body" or not again:
            kept.append(block)
    return kept


def bare(text: str) -> str:
    """Return a text without white space."""
    return _SPACE.sub("", text)
