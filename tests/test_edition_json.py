"""The edition as JSON: the same edition back, and nothing else accepted."""

import contextlib
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import edition_json
from bridge.errors import FormatError
from bridge.model import (
    Article,
    Box,
    Byline,
    Credit,
    Dateline,
    Edition,
    Jump,
    Masthead,
    Page,
    Paragraph,
    Photo,
    Problem,
    Provenance,
    Title,
)

ARTICLE = Article(
    order=1,
    pages=("A1", "A2"),
    section="river",
    kind="news",
    banner=("春汛",),
    kicker="昨天",
    headline="河堤修好了",
    deck=("明天开放",),
    byline=(Byline(name="方圆", role="reporter", org="林海日报"),),
    agency="新华社",
    dateline=Dateline(raw="新华社电", place="林海", date=dt.date(2024, 3, 11)),
    lead_in="新华社电",
    body=(Paragraph(kind="paragraph", text="修好了。"), Paragraph(kind="subhead", text="宽了")),
    photos=(Photo(caption="河堤。", credits=(Credit(name="石上", role="photographer"),)),),
    truncated="suspected",
    jump=Jump(to="A2"),
    language="zh-Hans",
    keywords=("河堤",),
    source=Provenance(
        file="A1.txt", lines=(3, 5), boxes=(Box(page="A1", x0=1, y0=2.5, x1=3, y1=4),), id="9"
    ),
)
EDITION = Edition(
    paper=Title(id="linhai", title="林海日报", title_latin=None, language="zh-Hans"),
    date=dt.date(2024, 3, 12),
    number="100",
    pages_total=8,
    masthead=Masthead(weekday="星期二"),
    pages=(Page(label="A1", name="要闻"),),
    articles=(ARTICLE,),
    problems=(Problem(severity="warning", code="truncated", message="…", where="line 5"),),
)


def document() -> dict[str, Any]:
    return json.loads(edition_json.dump(EDITION))


def test_there_and_back():
    assert edition_json.load(edition_json.dump(EDITION)) == EDITION


def test_an_article_there_and_back():
    assert edition_json.article_from_json(edition_json.article_to_json(ARTICLE)) == ARTICLE


def test_stored_keys_are_written():
    text = edition_json.dump(EDITION, {1: "linhai-20240312-abcdef"})
    assert json.loads(text)["articles"][0]["key"] == "linhai-20240312-abcdef"


def test_what_may_be_absent_may_be_left_out():
    data = document()
    for name in ("deck", "byline", "photos", "dateline", "jump", "keywords", "section"):
        del data["articles"][0][name]
    assert edition_json.load(json.dumps(data)).articles[0].deck == ()


WRONG: dict[str, Any] = {
    "date": "12.3.2024",
    "pages_total": -1,
    "paper": [],
    "pages": [1],
    "articles": {},
    "number": 100,
}


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_field_is_named(field):
    with pytest.raises(FormatError, match=field) as caught:
        edition_json.load(json.dumps({**document(), field: WRONG[field]}))
    assert caught.value.code == "not-an-edition"


ARTICLE_WRONG: dict[str, Any] = {
    "kind": "gossip",
    "order": True,
    "headline": None,
    "body": [{"kind": "poem", "text": "x"}],
    "byline": [{"name": "x", "role": "king"}],
    "language": "not a tag, really",
    "source": {"file": "x", "lines": ["1"]},
}


@pytest.mark.parametrize("field", ARTICLE_WRONG)
def test_a_wrong_field_of_an_article_is_named(field):
    data = document()
    data["articles"][0][field] = ARTICLE_WRONG[field]
    with pytest.raises(FormatError, match=rf"articles\[0\]\.{field}"):
        edition_json.load(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema": "other/1"}', "[" * 100_000])
def test_what_is_no_edition_is_refused(text):
    with pytest.raises(FormatError) as caught:
        edition_json.load(text)
    assert caught.value.code == "not-an-edition"


def test_characters_no_output_may_hold_are_taken_out_no_67():
    data = document()
    data["articles"][0]["headline"] = "河\u0000堤\ud800\ufffe好"
    assert edition_json.load(json.dumps(data)).articles[0].headline == "河堤好"


def test_too_many_and_too_long_are_refused(monkeypatch):
    monkeypatch.setattr(edition_json, "MAX_ITEMS", 0)
    with pytest.raises(FormatError, match="more than"):
        edition_json.load(edition_json.dump(EDITION))
    monkeypatch.setattr(edition_json, "MAX_ITEMS", 10)
    monkeypatch.setattr(edition_json, "MAX_TEXT", 1)
    with pytest.raises(FormatError, match="longer than"):
        edition_json.load(edition_json.dump(EDITION))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_in_any_field_is_read_or_refused(value):
    for field in document():
        with contextlib.suppress(FormatError):
            edition_json.load(json.dumps({**document(), field: value}))
