"""What changed between two versions: every part, nothing lost, no more than that."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.model import Article, Byline, Dateline, Paragraph, Photo, Revision, StoredArticle
from bridge.publish import versions
from bridge.publish.versions import LONGEST, PARTS, Piece
from bridge.publish.words import words

SAY = words("zh-Hans")
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def body(*texts: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(kind="paragraph", text=text) for text in texts)


def told(before: Article, after: Article) -> list[list[tuple[str, str]]]:
    (change,) = versions.compare(before, after, SAY)
    return [
        [(piece.kept, piece.text) for piece in paragraph] for paragraph in change.paragraphs
    ]


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("headline", {"headline": "新题"}),
        ("kicker", {"kicker": None}),
        ("deck", {"deck": ()}),
        ("banner", {"banner": ("走读",)}),
        ("byline", {"byline": (Byline(name="顾明夕", role="reporter"),)}),
        ("agency", {"agency": "云汀社"}),
        ("dateline", {"dateline": Dateline(place="西滩")}),
        ("body", {"lead_in": "本报消息"}),
        ("photos", {"photos": (Photo(caption="改过的说明"),)}),
    ],
)
def test_every_part_is_told(
    ferry: StoredArticle, part: str, changes: dict[str, object]
) -> None:
    after = replace(ferry.article, **changes)  # type: ignore[arg-type]
    assert [change.part for change in versions.compare(ferry.article, after, SAY)] == [part]


def test_the_same_article_has_no_changes(ferry: StoredArticle) -> None:
    assert versions.compare(ferry.article, replace(ferry.article, order=9), SAY) == ()


def test_han_is_compared_by_character_and_latin_by_word(kitchen: StoredArticle) -> None:
    one = replace(kitchen.article, body=body("票价三元，坐到 Harbour Street 下车。"))
    other = replace(kitchen.article, body=body("票价两元，坐到 Harvest Street 下车。"))
    assert told(one, other) == [
        [
            ("same", "票价"), ("gone", "三"), ("new", "两"), ("same", "元，坐到 "),
            ("gone", "Harbour"), ("new", "Harvest"), ("same", " Street 下车。"),
        ]
    ]  # fmt: skip


def test_paragraphs_that_stand_are_left_out(kitchen: StoredArticle) -> None:
    one = replace(kitchen.article, body=body("甲句。", "乙句。", "丙句。"))
    other = replace(kitchen.article, body=body("甲句。", "丙句。", "丁句。"))
    assert told(one, other) == [[("gone", "乙句。")], [("new", "丁句。")]]


def test_what_is_too_long_is_shown_whole(kitchen: StoredArticle) -> None:
    one = replace(kitchen.article, body=body("甲" * (LONGEST + 1)))
    other = replace(kitchen.article, body=body("甲" * LONGEST + "乙"))
    (paragraph,) = told(one, other)
    assert [kept for kept, _ in paragraph] == ["gone", "new"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(old=st.text(max_size=80), new=st.text(max_size=80))
def test_both_versions_can_be_read_out_of_a_comparison(
    kitchen: StoredArticle, old: str, new: str
) -> None:
    one, other = (replace(kitchen.article, headline=text) for text in (old, new))
    changes = versions.compare(one, other, SAY)
    pieces: list[Piece] = [p for c in changes for paragraph in c.paragraphs for p in paragraph]
    assert bool(changes) == (old != new)
    if changes:
        assert "".join(p.text for p in pieces if p.kept != "new") == old
        assert "".join(p.text for p in pieces if p.kept != "gone") == new


def test_steps_go_back_to_the_first_version(
    ferry: StoredArticle, make: Callable[..., StoredArticle]
) -> None:
    articles = (ferry.article, replace(ferry.article, headline="新题"), ferry.article)
    history = [
        Revision(key=ferry.key, number=n, at=AT, note="", article=article)
        for n, article in enumerate(articles, 1)
    ]
    steps = versions.steps(history, SAY)
    assert [(s.version.number, [c.part for c in s.changes]) for s in steps] == [
        (3, ["headline"]),
        (2, ["headline"]),
        (1, []),
    ]
    assert versions.steps([], SAY) == ()


def test_every_part_has_its_word() -> None:
    for language in ("zh-Hans", "zh-Hant", "en"):
        for part in PARTS:
            assert words(language)(f"part.{part}")
