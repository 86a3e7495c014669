"""The newspaper's words: what an edition is once it has been read.

The fields are those of `broadsheet-edition/1` in its order; `bridge.edition_json` writes and
reads them. A different stage has a different type: `Story` is what stands in print,
`Article` is whole and clean, `StoredArticle` has an identity that stays for ever.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "news", "photo", "qa", "opinion", "brief", "list", "correction", "notice", "advert"
]
Role = Literal[
    "reporter",
    "correspondent",
    "photographer",
    "intern",
    "author",
    "freelance",
    "contributor",
    "compiler",
    "illustrator",
    "editor",
]
CreditRole = Literal["photographer", "illustrator", "source"]
BodyKind = Literal["paragraph", "subhead", "item", "question", "answer", "table"]
Truncated = Literal["no", "yes", "suspected"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes as they were found, not yet understood."""

    name: str  # the file's own name, e.g. "A1.txt"
    origin: str  # where it was found: a path or URL, for messages and `source.file`
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The paper as its masthead names it; `id` is None for a paper not in the config."""

    id: str | None
    title: str
    title_latin: str | None
    language: str  # BCP 47


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What the front page says about the day and the paper besides title, date and number."""

    weather: str | None = None
    lunar_date: str | None = None
    weekday: str | None = None
    publisher: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page as it looks in print: an image of ours among the published files."""

    path: str  # `media/<sha256>.webp`
    width: int  # pixels
    height: int
    scale: float  # pixels per point of the page, so that boxes can be laid over it


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One printed page; `label` is canonical (`A1`, `06`), `name` is its section title."""

    label: str
    name: str | None = None
    image: PageImage | None = None  # once it was drawn; inside the program, not in the JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """One person who made the article."""

    name: str
    role: Role
    org: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """Place and date of reporting; `date` is resolved against the edition's date."""

    raw: str | None = None
    place: str | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One whole piece of the body."""

    kind: BodyKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who made or supplied a photo."""

    name: str
    role: CreditRole
    org: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo or drawing with its words; `image` is a path or URL once there is a file."""

    caption: str
    credits: tuple[Credit, ...] = ()
    image: str | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """Page labels a story continues on and comes from."""

    to: str | None = None
    source: str | None = None  # `from` in the JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in points from the page's top left."""

    page: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where in its source an article stands."""

    file: str
    lines: tuple[int, ...] | None = None  # 1-based
    boxes: tuple[Box, ...] | None = None
    id: str | None = None
    version: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something the reader of the edition should know; it never stops the edition."""

    severity: Severity
    code: str
    message: str
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A decision that could have gone the other way, with its confidence from 0 to 1."""

    decision: Literal["join", "split", "heading", "byline", "truncated", "guess"]
    where: str  # e.g. "line 42"
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, whole and clean, as found in a source; it has no identity yet."""

    order: int  # 1-based reading order in the edition
    pages: tuple[str, ...]
    section: str | None  # slug once the paper's rules were applied
    kind: Kind
    banner: tuple[str, ...] = ()
    kicker: str | None = None
    headline: str
    deck: tuple[str, ...] = ()
    byline: tuple[Byline, ...] = ()
    agency: str | None = None
    dateline: Dateline = Dateline()
    lead_in: str | None = None
    body: tuple[Paragraph, ...] = ()
    photos: tuple[Photo, ...] = ()
    truncated: Truncated = "no"
    jump: Jump = Jump()
    language: str
    keywords: tuple[str, ...] = ()
    source: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue of a paper, or the pages of it that one source holds."""

    paper: Title
    date: dt.date
    number: str | None = None
    pages_total: int | None = None
    masthead: Masthead = Masthead()
    pages: tuple[Page, ...] = ()
    articles: tuple[Article, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Doubt, ...] = ()  # inside the program only, not in the JSON


ArticleState = Literal["live", "suspected", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article with the identity it keeps for ever (design: "the id is the product")."""

    key: str  # `<paper>-<yyyymmdd>-<6 base32>`, minted once
    paper: str
    date: dt.date
    section: str
    article: Article  # its `section` equals this one's
    summary: str  # plain text, one or two whole sentences
    published: dt.datetime  # edition date at its hour, spread by order; aware
    updated: dt.datetime  # moves only on a real correction; aware
    first_seen: dt.datetime  # the moment of release to the fediverse; aware
    revision: int  # 1 = as first printed
    state: ArticleState
    reason: str | None = None  # what readers are told of its withdrawal
