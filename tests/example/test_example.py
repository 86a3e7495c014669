"""The bundled paper, read through the public face of the ingest room, against the truth.

The pages stand in docs/example/linzhou, the truth in tests/data/example/<date>.json. Where
print can be read in two ways, `acceptable` lists other right values of whole fields.
"""

import datetime as dt
import functools
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from lunar_python import Solar

from bridge.ingest import formats, normalise
from bridge.model import Article, Document, Edition
from bridge.model.printed import Expected

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/example/linzhou"
TRUTHS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "tests/data/example").glob("*.json"))
}
CASES = [
    pytest.param(date, order, id=f"{date}-{order + 1:02}")
    for date, truth in TRUTHS.items()
    for order in range(len(truth["articles"]))
]
PARAGRAPHS = ("paragraph", "question", "answer")


def fold(text: str | None) -> str:
    """Return the text without what typography may change: width forms and white space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))


def folded(value: Any) -> Any:
    return [folded(v) for v in value] if isinstance(value, list | tuple) else fold(value)


@functools.cache
def edition(date: str) -> Edition:
    day = dt.date.fromisoformat(date)
    printed = [
        formats.parse(
            Document(name=path.name, origin=str(path), data=path.read_bytes()),
            Expected(date=day, label=path.stem, language="zh-Hans", title="临洲日报"),
        )
        for path in sorted((PAGES / date).iterdir())
    ]
    return normalise.edition(printed, None)


def body(article: Article, *kinds: str) -> str:
    return "".join(fold(p.text) for p in article.body if p.kind in kinds or not kinds)


def found(date: str, headline: str) -> Article:
    """Return the article that has this headline, whatever spaces its lines were joined by."""
    truth = next(a for a in TRUTHS[date]["articles"] if a["headline"] == headline)
    names = [
        truth["headline"],
        *(a["headline"] for a in truth["acceptable"] if "headline" in a),
    ]
    wanted = {fold(name) for name in names}
    for article in edition(date).articles:
        if fold(article.headline) in wanted:
            return article
    pytest.fail(f"{date}: no article is headed {headline}")


def case(date: str, order: int) -> tuple[dict[str, Any], Article]:
    truth = TRUTHS[date]["articles"][order]
    return truth, found(date, truth["headline"])


def assert_field(truth: dict[str, Any], field: str, value: object) -> None:
    wanted = [truth[field], *(a[field] for a in truth["acceptable"] if field in a)]
    assert folded(value) in [folded(w) for w in wanted], (truth["headline"], field)


@pytest.mark.parametrize("date", TRUTHS)
def test_masthead(date: str) -> None:
    truth, read = TRUTHS[date], edition(date)
    assert (read.paper.title, read.paper.title_latin) == (truth["title"], truth["title_latin"])
    assert read.paper.language == truth["language"]
    assert read.date == dt.date.fromisoformat(date)
    assert (read.number, read.pages_total) == (truth["number"], truth["pages_total"])
    assert fold(read.masthead.weather) == fold(truth["weather"])
    assert fold(read.masthead.lunar_date) == fold(truth["lunar_date"])
    assert read.masthead.weekday == truth["weekday"]


@pytest.mark.parametrize("date", TRUTHS)
def test_pages(date: str) -> None:
    assert [[p.label, p.name] for p in edition(date).pages] == TRUTHS[date]["pages"]


@pytest.mark.parametrize("date", TRUTHS)
def test_every_article_once_and_in_reading_order(date: str) -> None:
    wanted = [found(date, a["headline"]).headline for a in TRUTHS[date]["articles"]]
    assert [a.headline for a in edition(date).articles] == wanted


@pytest.mark.parametrize(("date", "order"), CASES)
def test_headings(date: str, order: int) -> None:
    truth, article = case(date, order)
    assert_field(truth, "kicker", article.kicker)
    assert_field(truth, "deck", article.deck)
    assert_field(truth, "banner", article.banner)
    subheads = [p.text for p in article.body if p.kind == "subhead"]
    assert folded(subheads) == folded(truth["subheads"])


@pytest.mark.parametrize(("date", "order"), CASES)
def test_people_and_origin(date: str, order: int) -> None:
    truth, article = case(date, order)
    people = [truth["byline"], *(a["byline"] for a in truth["acceptable"] if "byline" in a)]
    named = sorted([b.name, b.role] for b in article.byline)
    assert named in [sorted(names) for names in people]
    assert article.agency == truth["agency"]
    assert article.dateline.place == truth["dateline"][0]
    day = article.dateline.date
    assert (day and day.isoformat()) == truth["dateline"][1]


@pytest.mark.parametrize(("date", "order"), CASES)
def test_kind_pages_and_ends(date: str, order: int) -> None:
    truth, article = case(date, order)
    assert_field(truth, "kind", article.kind)
    assert list(article.pages) == truth["pages"]
    assert article.truncated == truth["truncated"]
    assert article.jump.to == truth["jump"][0]


@pytest.mark.parametrize(("date", "order"), CASES)
def test_body(date: str, order: int) -> None:
    truth, article = case(date, order)
    text = body(article, *PARAGRAPHS, "item")
    assert (text[:12], text[-12:]) == (truth["first"], truth["last"])
    assert len(text) == truth["characters"]
    assert sum(p.kind in PARAGRAPHS for p in article.body) == truth["paragraphs"]
    items = [p.text for p in article.body if p.kind == "item"]
    assert folded(items) == folded(truth["items"])


@pytest.mark.parametrize(("date", "order"), CASES)
def test_paragraphs_are_whole(date: str, order: int) -> None:
    truth, article = case(date, order)
    texts = [fold(p.text) for p in article.body]
    assert [j for j in truth["joins"] if not any(j in text for text in texts)] == []


@pytest.mark.parametrize(("date", "order"), CASES)
def test_photos(date: str, order: int) -> None:
    truth, article = case(date, order)
    photos = [[p.caption, [c.name for c in p.credits]] for p in article.photos]
    assert folded(photos) == folded(truth["photos"])


@pytest.mark.parametrize("date", TRUTHS)
def test_furniture_is_in_no_article(date: str) -> None:
    texts = [body(a) + fold(a.headline) + folded_captions(a) for a in edition(date).articles]
    furniture = [f for f in map(fold, TRUTHS[date]["furniture"]) if len(f) > 4]
    assert [f for f in furniture if any(f in text for text in texts)] == []


def folded_captions(article: Article) -> str:
    return "".join(fold(photo.caption) for photo in article.photos)


@pytest.mark.parametrize("date", TRUTHS)
def test_the_masthead_agrees_with_the_calendar(date: str) -> None:
    day, truth = dt.date.fromisoformat(date), TRUTHS[date]
    solar = Solar.fromYmd(day.year, day.month, day.day)
    lunar = solar.getLunar()
    year, month, of_month = (
        lunar.getYearInGanZhi(),
        lunar.getMonthInChinese(),
        lunar.getDayInChinese(),
    )
    assert truth["lunar_date"] == f"{year}年{month}月{of_month}"
    assert truth["weekday"] == f"星期{solar.getWeekInChinese()}"


def test_the_issues_are_numbered_day_by_day() -> None:
    days = {dt.date.fromisoformat(date): int(t["number"]) for date, t in TRUTHS.items()}
    assert len(days) == 3
    assert len({number - day.toordinal() for day, number in days.items()}) == 1


def test_the_pages_keep_their_encodings() -> None:
    with pytest.raises(UnicodeDecodeError):
        (PAGES / "2026-03-02/A2.txt").read_text("utf-8")
    assert "桥南食堂" in (PAGES / "2026-03-02/A2.txt").read_text("gb18030")
    windows = (PAGES / "2026-03-03/A3.txt").read_bytes()
    assert windows.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in windows
    assert not (PAGES / "2026-03-02/A1.txt").read_bytes().endswith(b"\n")
