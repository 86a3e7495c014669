"""Every page on disk reads as its golden says; whatever is no page is refused with a reason."""

import contextlib
import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import edition_json
from bridge.errors import FormatError
from bridge.ingest import formats, normalise
from bridge.ingest.segment.characters import decode
from bridge.ingest.segment.characters import lines as to_lines
from bridge.model import Document, Edition, Expected, PrintedEdition

DATA = Path(__file__).parents[2] / "data" / "formats"
CASES = sorted((DATA / "text").glob("*.json"))
PAGE = (DATA / "text" / "evening_indented.txt").read_bytes()


def pages(case: Path) -> list[Path]:
    """The page of a case, or its pages `<case>_p1.txt`, `<case>_p2.txt`."""
    parts = sorted(case.parent.glob(f"{case.stem}_p[0-9].txt"))
    return parts or [case.with_suffix(".txt")]


def document(name: str, data: bytes) -> Document:
    return Document(name=name, origin=name, data=data)


def printed(path: Path) -> PrintedEdition:
    return formats.parse(document(path.name, path.read_bytes()), Expected())


def read(paths: list[Path]) -> Edition:
    return normalise.edition([printed(path) for path in paths], None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_page_reads_as_its_golden_says(case, golden):
    found = read(pages(case))
    golden(case, edition_json.dump(replace(found, problems=())))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_line_is_in_one_article_or_in_furniture(case):
    for path in pages(case):
        found = printed(path)
        numbers = [line.number for line in found.furniture]
        numbers += [
            line.number
            for story in found.stories
            for block in story.blocks
            for line in block.lines
        ]
        text = path.read_text(encoding="utf-8").split("\n")
        assert sorted(numbers) == [at for at, line in enumerate(text, 1) if line.strip()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_edition_json_reads_back_as_the_same_edition(case):
    found = read(pages(case))
    again = formats.parse(
        document("edition.json", edition_json.dump(found).encode()), Expected()
    )
    assert again.articles == found.articles
    assert again.pages == found.pages


@pytest.mark.parametrize("stem", ["jump_two_files", "us_metro"])
def test_pages_in_one_file_and_in_several_are_the_same_edition(stem, tmp_path):
    parts = pages(DATA / "text" / f"{stem}.json")
    whole = tmp_path / "whole.txt"
    whole.write_text("\n\n".join(part.read_text("utf-8") for part in parts), "utf-8")
    apart, together = read(parts[::-1]), read([whole])

    def content(edition: Edition) -> list[object]:
        return [
            {**edition_json.article_to_json(article), "source": None}
            for article in edition.articles
        ]

    assert content(together) == content(apart)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings_give_the_same_text(encoding):
    found = formats.parse(document("A1.txt", PAGE.decode().encode(encoding)), Expected())
    wanted = formats.parse(document("A1.txt", PAGE), Expected())
    assert found.stories == wanted.stories


def test_big5_is_read_as_big5():
    page = (DATA / "text" / "taiwan_daily.txt").read_text("utf-8")
    found = formats.parse(document("a.txt", page.encode("big5", "ignore")), Expected())
    assert found.title == "東岸日報"


def test_line_ends_do_not_matter():
    found = formats.parse(document("A1.txt", PAGE.replace(b"\n", b"\r\n")), Expected())
    assert found.stories == formats.parse(document("A1.txt", PAGE), Expected()).stories


REFUSED = {
    "empty": b"",
    "blank": b"\xef\xbb\xbf \n\n",
    "binary": b"\x00\x01\x02\x03" * 50,
    "binary in pairs": b"\x00\xff" * 500,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(60),
    "lost characters": "标题\ufffd在此\n\n今天，天气很好。".encode(),
    "wrong mark": b"\xef\xbb\xbf\xff\xfe\xfa",
    "no date": "林海日报\n\n河堤修好了\n\n本报讯（记者 方圆）河堤昨天修好了。".encode(),
    "page without news": (DATA / "page_without_news.txt").read_bytes(),
}
CODES = {
    "binary in pairs": "binary",
    "blank": "empty",
    "picture": "binary",
    "lost characters": "encoding",
    "wrong mark": "encoding",
    "no date": "no-date",
    "page without news": "no-article",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_its_reason(name):
    with pytest.raises(FormatError) as caught:
        formats.parse(document("A1.txt", REFUSED[name]), Expected())
    assert caught.value.code == CODES.get(name, name)
    assert "A1.txt" in str(caught.value)


def test_too_large_is_told_before_anything_is_read():
    with pytest.raises(FormatError) as caught:
        formats.parse(document("A1.txt", b"a" * (formats.MAX_BYTES + 1)), Expected())
    assert caught.value.code == "too-large"


def test_more_lines_than_an_edition_has_are_refused_before_they_are_read():
    """Security no. 79: what a text can cost has a bound."""
    endless = PAGE + b"\n\nOne more line." * 20_000
    with pytest.raises(FormatError, match="more than 30000 lines") as refused:
        formats.parse(document("page.txt", endless), Expected())
    assert refused.value.code == "too-large"


def test_a_json_that_is_no_edition_says_which_field(tmp_path):
    with pytest.raises(FormatError, match="schema"):
        formats.parse(document("x.json", b'{"a": 1}'), Expected())


def test_every_format_has_a_name_and_a_specification():
    for form in formats.all_formats():
        assert form.NAME
        assert form.__doc__


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.txt")), ids=lambda path: path.stem)
def test_every_sample_is_claimed_by_exactly_one_format(path):
    claimed = formats.identify(document(path.name, path.read_bytes()), formats.all_formats())
    assert claimed.NAME == "text"


def test_two_formats_claiming_one_file_is_an_error():
    twin = SimpleNamespace(NAME="twin", recognises=lambda document: True)
    with pytest.raises(FormatError) as caught:
        formats.identify(document("A1.txt", PAGE), (*formats.FORMATS, twin))
    assert caught.value.code == "ambiguous"
    assert "text, twin" in str(caught.value)


def test_hints_stand_in_for_what_a_page_does_not_print():
    page = "河堤修好了\n\n本报讯（记者 方圆）河堤昨天修好了，今天可以走人。".encode()
    hints = Expected(date=dt.date(2024, 3, 12), label="A5", title="林海日报")
    found = formats.parse(document("x.txt", page), hints)
    assert (found.date, found.title, found.pages[0].label) == (hints.date, "林海日报", "A5")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(FormatError):
        formats.parse(document("A1.txt", data), Expected())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PAGE)), st.integers(0, len(PAGE)), st.binary(max_size=8))
def test_a_mangled_page_is_read_or_refused(start, end, noise):
    data = PAGE[: min(start, end)] + noise + PAGE[max(start, end) :]
    with contextlib.suppress(FormatError):
        formats.parse(document("A1.txt", data), Expected())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PAGE.decode().split("\n")), max_size=40))
def test_no_character_is_lost_whatever_the_order_of_lines(lines):
    text = "\n".join(lines)
    try:
        found = formats.parse(
            document("A1.txt", text.encode()), Expected(date=dt.date(2019, 7, 30))
        )
        normalise.edition([found], None)
    except FormatError:
        return
    taken = list(found.furniture) + [
        line for story in found.stories for block in story.blocks for line in block.lines
    ]
    assert sorted(line.text for line in taken) == sorted(
        line.strip() for line in lines if line.strip()
    )


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_keeps_every_character(text):
    """Characters in are characters in articles or furniture; the cleaning is known."""
    data = text.encode("utf-8", "ignore")
    try:
        found = formats.parse(document("A1.txt", data), Expected(date=dt.date(2019, 7, 30)))
    except FormatError:
        return
    lines, _ = to_lines(decode(data, "A1.txt"))
    taken = list(found.furniture) + [
        line for story in found.stories for block in story.blocks for line in block.lines
    ]
    assert sorted(taken, key=lambda line: line.number) == list(lines)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([c for c in CASES if len(pages(c)) == 1]), st.data())
def test_white_space_at_line_ends_changes_nothing(case, data):
    text = pages(case)[0].read_text("utf-8").split("\n")
    padding = data.draw(st.sampled_from([" ", "\t", "\u3000", "  \t"]))
    padded = "\n".join(line + padding for line in text)
    plain, other = (
        formats.parse(document("A1.txt", one.encode()), Expected())
        for one in ("\n".join(text), padded)
    )
    assert other.stories == plain.stories
