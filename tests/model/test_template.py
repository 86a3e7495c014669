"""Templates: a few lines with places, and a clear word about what is wrong with one."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import template


def shown(text: str, **values: str) -> list[list[str]]:
    """Return the filled lines by paragraphs, as plain text."""
    return [
        ["".join(token.value for token in line) for line in part]
        for part in template.parse(text).filled(values)
    ]


@pytest.mark.parametrize(
    ("text", "values", "lines"),
    [
        ("{headline}", {"headline": "A"}, [["A"]]),
        ("{kicker} | {headline}", {"headline": "A"}, [[" | A"]]),
        ("{kicker}\n{headline}", {"headline": "A"}, [["A"]]),
        ("{kicker}\n\n{headline}", {"headline": "A"}, [["A"]]),
        ("{headline}\n \n\n{link}", {"headline": "A", "link": "L"}, [["A"], ["L"]]),
        ("Read:\n{link}", {"link": "L"}, [["Read:", "L"]]),
        ("**{headline}**", {"headline": "A"}, [["**A**"]]),
        ("{{{headline}}}", {"headline": "A"}, [["{A}"]]),
        ("{headline}", {"headline": "{link}"}, [["{link}"]]),
        ("{headline}", {}, []),
    ],
)
def test_a_template_is_filled(
    text: str, values: dict[str, str], lines: list[list[str]]
) -> None:
    assert shown(text, **values) == lines


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "names neither"),
        ("Nothing", "names neither"),
        ("{hashtags} {byline}", "names neither"),
        ("{headlines}", "names {headlines}, which is none of kicker"),
        ("{headline.__class__}", "names {headline.__class__}, which is none of"),
        ("{headline!r}", "which is none of"),
        ("{0} {headline}", "which is none of"),
        ("{headline} }", 'a single "}"'),
        ("{ {headline}", 'a single "{"'),
        ("**{headline}", "without its other one"),
        ("**{headline}\n**", "without its other one"),
        ("{headline}\t", "control character"),
        ("{headline}" + "x" * 1_000, "longer than 1000"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=re.escape(what)):
        template.parse(text)


@given(st.text(alphabet="{}* \nheadlinkt\x00", max_size=60))
def test_no_text_does_anything_but_say_what_is_wrong(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert template.parse(text).places() <= set(template.PLACES)


def test_the_default_says_headline_standfirst_link_and_hashtags() -> None:
    places = template.parse(template.DEFAULT).places()
    assert places == {"headline", "standfirst", "link", "hashtags"}
