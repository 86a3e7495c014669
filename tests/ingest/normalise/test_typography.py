"""The display form: repaired for showing, and stable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.normalise import display


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("台风来了,船都回港了", "台风来了，船都回港了"),
        ("来了没有?来了", "来了没有？来了"),
        ("长衡(含西段)铁路", "长衡（含西段）铁路"),
        ("最高氣溫２６．４度", "最高氣溫26.4度"),
        ("共1,200人", "共1,200人"),
        ("每天9:00开门", "每天9:00开门"),
    ],
)
def test_between_chinese_characters(printed, shown):
    assert display(printed, "zh-Hans") == shown


def test_other_languages_are_only_composed():
    assert display("Is it (a) cafe\u0301?", "en") == "Is it (a) café?"


@given(st.text(alphabet="河堤,?!(:)；９Ａ1 a“”", max_size=60))
def test_showing_twice_changes_nothing(text):
    once = display(text, "zh-Hans")
    assert display(once, "zh-Hans") == once
