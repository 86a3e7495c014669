"""The identity of articles: keys, moments of publication, corrections."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.changes import Match
from bridge.ingest.identity import enrol, mint, moment, moved, revised
from bridge.model import Article, Newspaper, Provenance, Section, StoredArticle

DATE = dt.date(2026, 3, 2)
PAPER = Newspaper(
    id="river",
    title="江畔晨报",
    title_latin=None,
    language="zh-Hans",
    timezone=ZoneInfo("Asia/Shanghai"),
    hour=dt.time(6),
    authority="news.example",
    description="",
    sections=(Section(slug="city", title="城事"),),
    default_section="city",
    window=3,
)


def article(order: int, page: str = "A1") -> Article:
    return Article(
        order=order,
        pages=(page,),
        section="city",
        kind="news",
        headline=f"第{order}条",
        language="zh-Hans",
        source=Provenance(file=f"{page}.txt"),
    )


def tokens() -> Iterator[bytes]:
    return (number.to_bytes(4, "big") for number in range(1, 10_000))


def enrolled(
    *new: Article,
    among: tuple[Article, ...] = (),
    known: tuple[StoredArticle, ...] = (),
    source: Iterator[bytes] | None = None,
) -> tuple[StoredArticle, ...]:
    return enrol(
        new,
        among=among or new,
        known=known,
        paper=PAPER,
        date=DATE,
        token=(source or tokens()).__next__,
        summary=lambda article: f"{article.headline}。",
        now=dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC),
    )


@given(st.binary(min_size=4, max_size=8))
def test_a_key_holds_paper_date_and_thirty_random_bits(token: bytes) -> None:
    key = mint("river", DATE, token)
    assert re.fullmatch(r"river-20260302-[0-9a-hjkmnp-tv-z]{6}", key)
    assert mint("river", DATE, token) == key


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValueError, match="30 random bits"):
        mint("river", DATE, b"abc")


def test_different_tokens_give_different_keys() -> None:
    keys = {mint("river", DATE, number.to_bytes(4, "big")) for number in range(1000)}
    assert len(keys) == 1000


def test_a_new_article_gets_its_identity() -> None:
    (first,) = enrolled(article(1))
    assert first.key == "river-20260302-100000"
    assert first.published == first.updated == dt.datetime(2026, 3, 1, 22, tzinfo=dt.UTC)
    assert first.first_seen == dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
    assert (first.revision, first.state, first.section) == (1, "live", "city")
    assert first.summary == "第1条。"


def test_a_taken_key_is_never_given_again_not_even_a_withdrawn_one() -> None:
    (first,) = enrolled(article(1))
    withdrawn = replace(first, state="withdrawn")
    (second,) = enrolled(article(2), known=(withdrawn,))
    assert second.key == "river-20260302-200000"


def test_a_broken_source_of_tokens_is_told_and_does_not_hang() -> None:
    with pytest.raises(ValueError, match="repeats"):
        enrolled(article(1), article(2), source=iter([b"same"] * 500))


def test_an_article_without_section_is_refused() -> None:
    with pytest.raises(ValueError, match="no section"):
        enrolled(replace(article(1), section=None))


def test_newest_first_is_reading_order() -> None:
    pages = [("A1", 12), ("A2", 70), ("B1", 3), ("A10", 5)]
    found = [(page, number) for page, size in pages for number in range(size)]
    articles = tuple(article(order, page) for order, (page, _) in enumerate(found, 1))
    told = sorted(enrolled(*articles), key=lambda stored: stored.published, reverse=True)
    first_pages = [stored.article.pages[0] for stored in told]
    assert first_pages[:12] == ["A1"] * 12
    assert first_pages[-3:] == ["B1"] * 3
    assert [s.article.order for s in told if s.article.pages == ("A2",)] == list(range(13, 83))
    assert len({stored.published for stored in told}) == len(told)


def test_a_late_page_stands_where_it_belongs_and_moves_nothing() -> None:
    early = enrolled(article(1, "A1"), article(2, "A3"))
    (late,) = enrolled(article(1, "A2"), known=early)
    assert early[0].published > late.published > early[1].published


def test_a_late_story_of_a_page_takes_a_free_second() -> None:
    first, second, late = article(1), article(3), article(2)
    known = enrolled(first, second)
    (added,) = enrolled(late, among=(first, late, second), known=known)
    assert added.published not in {stored.published for stored in known}


@pytest.mark.parametrize("hour", [dt.time(0), dt.time(6), dt.time(23, 59)])
@pytest.mark.parametrize("page", ["A1", "32", "Z99", "特刊", ""])
@pytest.mark.parametrize("date", [dt.date(2026, 3, 29), dt.date(2026, 10, 25), DATE])
def test_published_never_leaves_the_edition_day(
    hour: dt.time, page: str, date: dt.date
) -> None:
    """Also where the clocks change (security no. 109)."""
    paper = replace(PAPER, hour=hour, timezone=ZoneInfo("Europe/Berlin"))
    published = moment(paper, date, (page,), 500)
    assert published.astimezone(paper.timezone).date() == date
    assert published.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "now",
    [dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)],
)
def test_a_correction_is_strictly_newer_whenever_it_comes(now: dt.datetime) -> None:
    (before,) = enrolled(article(1))
    edited = replace(article(1), headline="改正后的标题")
    after = revised(Match(stored=before, article=edited, note="headline"), "摘要。", now)
    assert after.updated > before.updated
    assert after.updated.microsecond == 0
    assert (after.key, after.published) == (before.key, before.published)
    assert (after.revision, after.article, after.summary) == (2, edited, "摘要。")


def test_a_move_keeps_the_time_of_the_last_correction() -> None:
    (before,) = enrolled(article(1))
    elsewhere = replace(article(1, "A2"), section="region")
    after = moved(Match(stored=before, article=elsewhere), before.summary)
    assert (after.updated, after.revision) == (before.updated, 1)
    assert (after.section, after.article.pages) == ("region", ("A2",))
