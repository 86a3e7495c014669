"""The identity an article keeps for ever: key, place in time, corrections (design §4).

Keys are minted from random tokens that the caller brings, never from content.
"""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from bridge.ingest.changes import Match
from bridge.model import Article, Newspaper, StoredArticle
from bridge.model.order import page_rank

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o or u to misread."""

PAGE = 30
"""Seconds between two pages, and so the articles of one page told apart by their second."""

SECOND = dt.timedelta(seconds=1)


def mint(paper: str, date: dt.date, token: bytes) -> str:
    """Return the key `<paper>-<yyyymmdd>-<6 base32>` of a random token of 4 bytes or more."""
    number = int.from_bytes(token[:4], "big", signed=False)
    if len(token) < 4:
        raise ValueError("a key needs 30 random bits")
    return f"{paper}-{date:%Y%m%d}-" + "".join(
        ALPHABET[number >> shift & 31] for shift in range(0, 30, 5)
    )


def enrol(
    new: Sequence[Article],
    *,
    among: Sequence[Article],
    known: Collection[StoredArticle],
    paper: Newspaper,
    date: dt.date,
    token: Callable[[], bytes],
    summary: Callable[[Article], str],
    now: dt.datetime,
) -> tuple[StoredArticle, ...]:
    """Give new articles their identity.

    `among` is all the reading found, for their places; `known` is all the edition has stored,
    withdrawn ones too, whose keys are taken. Raises ValueError for an article without section.
    """
    keys = {stored.key for stored in known}
    taken = {stored.published for stored in known}
    slots = _slots(among)
    enrolled = []
    for article in sorted(new, key=lambda article: article.order):
        key = _free_key(paper.id, date, token, keys)
        published = moment(paper, date, article.pages, slots(article), taken)
        keys.add(key)
        taken.add(published)
        first = _first_version(article, paper.id, date, key, published, now)
        enrolled.append(replace(first, summary=summary(article)))
    return tuple(enrolled)


def moment(
    paper: Newspaper,
    date: dt.date,
    pages: tuple[str, ...],
    slot: int,
    taken: Collection[dt.datetime] = frozenset(),
) -> dt.datetime:
    """Return when an article counts as published, in UTC.

    The lead has the paper's hour; what stands behind it is some seconds older, page by page
    and slot by slot, for readers list the newest first. Only the article's own place decides,
    so a late page moves nothing. Never before midnight; within a day `taken` ones are avoided.
    """
    hour = dt.datetime.combine(date, paper.hour, paper.timezone).astimezone(dt.UTC)
    midnight = dt.datetime.combine(date, dt.time(), paper.timezone).astimezone(dt.UTC)
    rank = min((page_rank(label) for label in pages[:1]), default=page_rank(""))
    behind = rank * PAGE + min(slot, PAGE - 1)
    published = max(hour - behind * SECOND, midnight)
    while published in taken and published > midnight:
        published -= SECOND
    return published


def revised(match: Match, summary: str, now: dt.datetime) -> StoredArticle:
    """Return the article with its correction: same key, `updated` strictly newer."""
    before = match.stored
    return replace(
        moved(match, summary),
        # Feeds tell time in whole seconds.
        updated=max(now.replace(microsecond=0), before.updated + SECOND),
        revision=before.revision + 1,
    )


def moved(match: Match, summary: str) -> StoredArticle:
    """Return the article where it stands now; `updated` stays, nothing was corrected."""
    return replace(
        match.stored,
        section=_section(match.article),
        article=match.article,
        summary=summary,
        state="live",
    )


def _first_version(
    article: Article,
    paper: str,
    date: dt.date,
    key: str,
    published: dt.datetime,
    now: dt.datetime,
) -> StoredArticle:
    return StoredArticle(
        key=key,
        paper=paper,
        date=date,
        section=_section(article),
        article=article,
        summary="",
        published=published,
        updated=published,
        first_seen=now,
        revision=1,
        state="live",
    )


def _free_key(
    paper: str, date: dt.date, token: Callable[[], bytes], taken: Collection[str]
) -> str:
    for _ in range(100):  # a good source needs one; a broken one must not hang us
        key = mint(paper, date, token())
        if key not in taken:
            return key
    raise ValueError("the source of random tokens repeats itself")


def _section(article: Article) -> str:
    if article.section is None:
        raise ValueError(f"no section was assigned to {article.headline!r}")
    return article.section


def _slots(articles: Iterable[Article]) -> Callable[[Article], int]:
    orders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for article in sorted(articles, key=lambda article: article.order):
        orders[article.pages[:1]].append(article.order)
    return lambda article: bisect_left(orders[article.pages[:1]], article.order)
