"""What a query asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model.query import LONGEST, QueryError, parse

READ = (
    ("渡口", "渡口", ""),
    ("渡口 改造", "渡口 & 改造", ""),
    ("“River Maid” 渡", "river maid & 渡", ""),
    ("「渡口 改造」", "渡口改造", ""),
    ("渡口 -电动 －旧船", "渡口", "电动 旧船"),
    ("well-known -x", "well known", "x"),
    ("甲 OR 乙 丙", "甲/乙 & 丙", ""),
    ("丙 甲 | 乙 | 丁", "丙 & 甲/乙/丁", ""),
    ("甲 or 乙", "甲 & or & 乙", ""),
    ('"甲 乙', "甲乙", ""),
    ("甲 *** 乙", "甲 & 乙", ""),
    ("\0甲\n乙", "甲 & 乙", ""),
)


@pytest.mark.parametrize(("text", "every", "none"), READ)
def test_parse(text: str, every: str, none: str) -> None:
    query = parse(text)
    assert " & ".join("/".join(map(shown, group)) for group in query.every) == every
    assert " ".join(map(shown, query.none)) == none


def shown(phrase: tuple[str, ...]) -> str:
    return ("" if phrase[0] > "z" else " ").join(phrase)


REFUSED = (
    ("", "empty"),
    ("？！", "empty"),
    ("-甲", "negative"),
    ("OR 甲", "or"),
    ("甲 OR", "or"),
    ("甲 OR OR 乙", "or"),
    ("甲 OR -乙", "or"),
    ("甲" * (LONGEST + 1), "long"),
    ("x" * 10_000, "long"),
    (" ".join("甲" * 17), "many"),
)


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_query_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(QueryError) as told:
        parse(text)
    assert told.value.reason == reason


@given(st.text(max_size=LONGEST))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    assert query.wanted
    assert all(query.wanted)
    assert query.text == " ".join(query.text.split())
    assert parse(query.text).every == query.every
