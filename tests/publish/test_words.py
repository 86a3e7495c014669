"""Every catalogue says the same things, each in its language."""

import datetime as dt
import re
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

from bridge import publish
from bridge.model import Byline, Credit, Kind, Role
from bridge.publish.words import CATALOGUES, words

SAME = {"date.months", "date.long"}  # only some languages name their months


def _phrases(language: str) -> dict[str, Any]:
    tables = words(language).tables
    return {f"{table}.{name}": text for table in tables for name, text in tables[table].items()}


@pytest.mark.parametrize("language", CATALOGUES)
def test_catalogues_hold_the_same_phrases_with_the_same_gaps(language: str) -> None:
    own, other = _phrases(language), _phrases("zh-Hans")
    assert own.keys() - SAME == other.keys() - SAME
    for key in other.keys() - SAME:
        assert _gaps(own[key]) == _gaps(other[key]), key


def _gaps(text: Any) -> set[str | None]:
    return (
        {gap for _, gap, *_ in Formatter().parse(text) if gap}
        if isinstance(text, str)
        else set()
    )


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_role_and_kind_has_its_word(language: str) -> None:
    tables = words(language).tables
    assert (
        set(tables["role"])
        == set(get_args(Role))
        == set(get_args(Byline.__annotations__["role"]))
    )
    assert set(tables["credit"]) == set(get_args(Credit.__annotations__["role"]))
    assert set(tables["kind"]) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("tag", "catalogue"),
    [
        ("zh-Hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-hant-HK", "zh-Hant"),
        ("en-GB", "en"),
        ("bo", "en"),
    ],
)
def test_the_nearest_catalogue_speaks(tag: str, catalogue: str) -> None:
    assert words(tag).language == catalogue


def test_dates_are_written_as_the_language_does() -> None:
    day = dt.date(2026, 3, 1)
    assert (words("zh").date(day), words("zh").weekday(day)) == ("2026年3月1日", "星期日")
    assert (words("en").date(day), words("en").weekday(day)) == ("1 March 2026", "Sunday")
    assert (words("zh").day(day), words("en").day(day)) == (
        "2026年3月1日 星期日",
        "Sunday, 1 March 2026",
    )
    assert words("en").moment(dt.datetime(2026, 3, 1, 9, 5, tzinfo=dt.UTC)).endswith("09:05")


@pytest.mark.parametrize(
    ("names", "zh", "en"),
    [
        ((), "", ""),
        (("甲",), "甲", "甲"),
        (("甲", "乙"), "甲、乙", "甲 and 乙"),
        (("甲", "乙", "丙"), "甲、乙、丙", "甲, 乙 and 丙"),
    ],
)
def test_names(names: tuple[str, ...], zh: str, en: str) -> None:
    assert (words("zh").names(names), words("en").names(names)) == (zh, en)


def test_braces_in_names_stay_text() -> None:
    """Security no. 80."""
    assert words("en")("role.reporter", names="{x.__class__}") == "By {x.__class__}"
    assert not re.search(r"[{}]", words("en")("site.home"))


def test_no_phrase_is_idle() -> None:
    """A phrase that no page says would never be seen to be wrong."""
    folder = Path(publish.__file__).parent.parent
    kinds = ("py", "html", "xhtml", "opf")
    texts = [f.read_text("utf-8") for kind in kinds for f in folder.rglob(f"*.{kind}")]
    said = set(re.findall(r"""["']([a-z]+\.[a-z_]+)["']""", "\n".join(texts)))
    composed = re.compile(
        r"(role|credit|kind|part)\.|profile\.(note|article|digest)|search\.error_|corrections\.(correction|revision)_title|date\.(weekdays|months)|article\.truncated_"
    )
    assert {key for key in _phrases("en") if not composed.match(key)} <= said
