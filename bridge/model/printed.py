"""What stands in print before it is an article: lines, blocks, stories, pages.

A format yields a `PrintedEdition`. Forms that must still be cut (a text dump, a page's
geometry) fill `stories`; forms that come ready-cut (an edition JSON) fill `articles`.
`bridge.ingest.normalise` makes an `Edition` of one or several of them.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Literal

from bridge.model.news import Article, Box, Doubt, Kind, Masthead, Page, Problem

BlockRole = Literal[
    "banner",
    "kicker",
    "headline",
    "deck",
    "byline",
    "body",
    "subhead",
    "question",
    "answer",
    "item",
    "caption",
    "credit",
    "pullquote",
    "jump_to",
    "jump_from",
    "jump_headline",
    "tagline",
    "column",
    "furniture",
]
"""What a block is in its story; `column` titles a group of stories, `tagline` ends one."""

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""Characters no text of ours may hold: those XML 1.0 forbids, C1 controls, a stray BOM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What path or config say about a document before it is read; None = nothing."""

    date: dt.date | None = None
    label: str | None = None  # page label, for a document that prints none
    language: str | None = None  # BCP 47
    title: str | None = None  # of the paper
    latest: dt.date | None = None  # a later date in print is a misreading


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One non-blank line as printed, without the white space at its edges."""

    number: int  # 1-based, in its document
    text: str
    gap: int  # blank lines before it
    indent: int  # cells of white space before the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that run on: one heading line, one paragraph or a fragment of one."""

    lines: tuple[Line, ...]
    text: str  # the lines run together
    role: BlockRole
    joined: bool = False  # continues the paragraph of the body block before it
    page: str  # label of the page it stands on
    boxes: tuple[Box, ...] = ()  # for page geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The blocks of one story on one page, in print order."""

    page: str
    kind: Kind
    language: str
    blocks: tuple[Block, ...]
    column: str | None = None  # title of the column or section it stands in
    pictures: tuple[Box, ...] = ()  # where its photos stand, for page geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where a page stands in a document whose pages can be drawn."""

    page: str  # label
    index: int  # of the document's own pages, from 0
    area: Box | None = None  # the part of it in points, for one page of a spread


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedEdition:
    """What one document says about one edition."""

    file: str  # the document's origin
    title: str | None
    title_latin: str | None = None
    language: str
    date: dt.date
    number: str | None = None
    pages_total: int | None = None
    masthead: Masthead = field(default_factory=Masthead)
    pages: tuple[Page, ...] = ()
    sheets: tuple[Sheet, ...] = ()  # of pages that can be drawn
    stories: tuple[Story, ...] = ()
    articles: tuple[Article, ...] = ()
    furniture: tuple[Line, ...] = ()
    words: frozenset[str] = frozenset()  # Latin words in print, for taking out hyphens
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Doubt, ...] = ()
