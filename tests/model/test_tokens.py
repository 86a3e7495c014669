"""Text as search sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model.tokens import fold, phrase, spans

FOLDS = (
    ("两岸渡口", "两 岸 渡 口"),
    ("兩岸臺灣", "两 岸 台 湾"),
    ("淥口", "渌 口"),
    ("《江报》，2026年3月", "江 报 2026 年 3 月"),
    ("Ａ股ＧＤＰ", "a 股 gdp"),
    ("5G基站", "5g 基 站"),
    ("Café CAFE\u0301 cafe", "cafe cafe cafe"),
    ("don’t snake_case", "don t snake case"),
    ("Straße ΣΊΣΥΦΟΣ", "strasse σισυφοσ"),
    ("㈱① ½", "1 1 2"),
    ("ひらがな ｶﾀ", "ひ ら が な カ タ"),
    ("한국어", "한국어"),
    ("किताब", "किताब"),
    ("\ufa0a", "见"),  # a compatibility ideograph of a traditional character
    ("𠮷野", "𠮷 野"),
    ("\0\x1b\ud800\ue000\u200b", ""),
    ("", ""),
)


@pytest.mark.parametrize(("text", "folded"), FOLDS)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_stands_beside_a_text_does_not_change_its_tokens(one: str, other: str) -> None:
    """A character that takes the longer way through the fold takes nothing else with it."""
    assert phrase(f"{one} | {other}") == phrase(one) + phrase(other)


@given(st.text(max_size=60))
def test_tokens_hold_letters_and_digits_only(text: str) -> None:
    assert all(c == " " or c.isalnum() or c >= "\u0300" for c in fold(text))


def test_a_long_run_of_letters_is_several_tokens() -> None:
    assert list(map(len, phrase("a" * 150))) == [64, 64, 22]


def test_spans_are_places_in_the_text_as_it_is_written() -> None:
    text = "臺北的渡口，渡口與Café"
    wanted = [phrase("台北"), phrase("渡口"), phrase("cafe"), ()]
    assert [text[a:b] for a, b in spans(text, wanted)] == ["臺北", "渡口", "渡口", "Café"]
    assert spans("渡渡口", [("渡",), ("渡", "口")]) == ((0, 1), (1, 3))
    assert spans("口渡", [("渡", "口")]) == ()
