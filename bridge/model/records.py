"""What the store remembers about the work itself: documents seen, runs made, versions kept."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bridge.model.news import Article, Problem, StoredArticle
from bridge.model.social import Reply

DocumentState = Literal["waiting", "ingested", "unchanged", "skipped", "quarantined"]
"""`waiting` still grows or settles; `ingested` gave what is stored; `unchanged` was read again
and said the same; `skipped` is no document; `quarantined` was refused until it changes."""

RunOutcome = Literal["running", "done", "partly", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One file of a source as last seen, and what became of it."""

    source: str  # source id
    path: str  # below the source's folder, with `/`
    size: int = 0  # bytes
    mtime_ns: int = 0
    sha256: str | None = None  # hex; None until it was read
    state: DocumentState
    code: str | None = None  # stable word, e.g. `no-date`; None when all is well
    reason: str | None = None  # one line for the operator
    date: dt.date | None = None  # of the edition it belongs to
    problems: tuple[Problem, ...] = ()  # what its reading found; they did not stop it
    first_seen: dt.datetime
    since: dt.datetime  # seen with this size and time of modification from then on
    changed: dt.datetime  # when `state` became what it is

    @property
    def judged(self) -> bool:
        """Tell whether the file as it is now needs no further look."""
        return self.state in ("ingested", "unchanged", "quarantined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One ingest run of a source, for `status` and `runs`."""

    id: int
    source: str
    started: dt.datetime
    finished: dt.datetime | None  # None while it runs
    outcome: RunOutcome
    counts: Mapping[str, int]  # e.g. {"new": 9, "revised": 1, "quarantined": 1}
    message: str | None  # one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of an article; the first is the article as first printed."""

    key: str
    number: int  # 1-based
    at: dt.datetime
    note: str  # what changed, e.g. "headline, body"; empty for the first
    article: Article
    remark: str | None = None  # what the paper tells its readers about this correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A reader's reply that an editor has approved, and the article it answers."""

    reply: Reply
    stored: StoredArticle


NoticeKind = Literal["revision", "correction", "withdrawal"]
"""`revision`: a later reading differed; `correction`: the paper says so in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What readers are told of an article that changed after it came out."""

    kind: NoticeKind
    stored: StoredArticle  # as it is now
    number: int  # of the version it speaks of; for a withdrawal the last one
    at: dt.datetime
    parts: tuple[str, ...] = ()  # what changed, e.g. ("headline", "body")
    text: str = ""  # the remark, or the reason of a withdrawal
