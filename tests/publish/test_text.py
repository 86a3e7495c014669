"""Text is fit for every output, whatever a source put in (security nos. 66, 67)."""

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.publish import text

ANY = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("found", "clean"),
    [
        ("渡口", "渡口"),
        ("渡\x00口\x1b", "渡口"),
        ("渡\x85口\x9f\x7f", "渡口"),
        ("渡\ud800口\udfff", "渡口"),
        ("渡\ufffe口\uffff\U0001ffff", "渡口"),
        ("\ufeff渡口", "渡口"),
        ("渡\u202e口", "渡口"),
        ("一\r\n二\r三\n四", "一\n二\n三\n四"),
        ("一\t二　三", "一\t二　三"),
    ],
)
def test_clean(found: str, clean: str) -> None:
    assert text.clean(found) == clean


@given(ANY)
def test_clean_text_is_always_xml_and_utf8(found: str) -> None:
    clean = text.clean(found)
    escaped = clean.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")
    expat.ParserCreate("utf-8").Parse(f"<a>{escaped}</a>".encode(), True)
    assert text.clean(clean) == clean


def test_a_line_is_one_line() -> None:
    assert text.line(" 首班\n  渡船\t开航 ") == "首班 渡船 开航"


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (
            "https://example.org/渡口/图 1.jpg",
            "https://example.org/%E6%B8%A1%E5%8F%A3/%E5%9B%BE%201.jpg",
        ),
        ("https://例子.example/x", "https://xn--fsqu00a.example/x"),
        ("https://example.org/%E6%B8%A1?q=口", "https://example.org/%E6%B8%A1?q=%E5%8F%A3"),
    ],
)
def test_uri(iri: str, uri: str) -> None:
    assert text.uri(iri) == uri
