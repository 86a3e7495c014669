"""Captions and credits of a story's blocks, as photos."""

from collections.abc import Sequence
from dataclasses import replace

from bridge.ingest.normalise.joins import run_on
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.photos import caption
from bridge.model import Block, Credit, Photo


def read(
    blocks: Sequence[Block], title: str | None, rules: Rules, words: frozenset[str]
) -> tuple[Photo, ...]:
    """Return a story's photos; a credit on its own line belongs to the caption before it."""
    photos: list[Photo] = []
    waiting: tuple[Credit, ...] = ()
    for block in blocks:
        if block.role not in ("caption", "credit"):
            continue
        text = run_on([line.text for line in block.lines], words)
        found = caption(text, fold(text), rules)
        made = tuple(_own(credit, title) for credit in found.credits) if found else ()
        if block.role == "credit" and photos and not photos[-1].credits:
            photos[-1] = replace(photos[-1], credits=made)
        elif block.role == "credit":
            waiting += made
        else:
            words_of = found.text if found else text
            photos.append(Photo(caption=words_of, credits=made or waiting))
            waiting = ()
    if waiting:
        photos.append(Photo(caption="", credits=waiting))
    return tuple(photos)


def _own(credit: Credit, title: str | None) -> Credit:
    if credit.org and (
        credit.org in ("本报", "本報", "本刊") or (title or "").endswith(credit.org)
    ):
        return replace(credit, org=title)
    return credit


def display_head(blocks: Sequence[Block], rules: Rules) -> str | None:
    """Return the display words before an English caption, the title of a photo story."""
    for block in blocks:
        if block.role == "caption":
            found = caption(block.text, fold(block.text), rules)
            if found and found.head:
                return found.head
    return None
