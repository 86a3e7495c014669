"""Pages as they look in print: zones over the image, links to and fro, without any script."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from bridge.model import Box, Channel, Page, PageImage, Provenance, StoredArticle
from bridge.publish import plan
from bridge.publish.files import Rendition
from bridge.publish.site.zones import outline

DAY = dt.date(2026, 3, 1)
A1 = PageImage(path="media/" + "a" * 64 + ".webp", width=1100, height=1600, scale=2.0)
A2 = replace(A1, path="media/" + "b" * 64 + ".webp")
BOXES = (
    Box(page="A1", x0=40, y0=100, x1=340, y1=140),
    Box(page="A1", x0=40, y0=144, x1=180, y1=300),
    Box(page="A2", x0=50, y0=60, x1=150, y1=90),
)


def box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box(page="A1", x0=x0, y0=y0, x1=x1, y1=y1)


def corners(path: str) -> list[list[tuple[float, float]]]:
    """Return the points of each closed line of some path data."""
    assert re.fullmatch(r"(M[-0-9.,L]+Z ?)*", path), path
    return [
        [(float(x), float(y)) for x, y in (point.split(",") for point in loop.split("L"))]
        for loop in re.findall("M([^Z]+)Z", path)
    ]


def covers(path: str, x: float, y: float) -> bool:
    """Tell whether a point lies inside, by the even-odd rule."""
    inside = False
    for loop in corners(path):
        for (x0, y0), (x1, y1) in zip(loop, loop[1:] + loop[:1], strict=True):
            if x0 == x1 and min(y0, y1) <= y < max(y0, y1) and x < x0:
                inside = not inside
    return inside


@pytest.fixture
def printed(channel: Channel) -> Channel:
    """The edition with images of both its pages; its first article stands on both."""
    assert channel.issue is not None
    pages = (Page(label="A1", name="要闻", image=A1), Page(label="A2", name="民生", image=A2))
    first, *rest = channel.entries
    source = replace(first.article.source, boxes=BOXES)
    moved = replace(first, article=replace(first.article, pages=("A1", "A2"), source=source))
    issue = replace(channel.issue, pages=pages)
    return replace(channel, issue=issue, entries=(moved, *rest))


def sheets(channel: Channel) -> dict[str, Rendition]:
    assert channel.issue is not None
    return {made.path: made for made in plan.facsimiles(channel, channel.issue)}


def tree(made: Rendition) -> html.HtmlElement:
    return html.document_fromstring(made.render().decode())


def zones(page: html.HtmlElement) -> dict[str, str]:
    """Return the path data of each link of the list, by its address."""
    return {
        link.get("href"): next(iter(link.xpath(".//*[local-name()='path']/@d")), "")
        for link in page.xpath("//section[@class='zones']//ol/li/a")
    }


# Outlines.


def test_one_box_has_four_corners_a_little_outside() -> None:
    assert corners(outline([box(10, 20, 110, 220)])) == [
        [(5, 15), (115, 15), (115, 225), (5, 225)]
    ]


def test_a_headline_over_one_column_makes_an_l() -> None:
    (loop,) = corners(outline([box(10, 10, 310, 40), box(10, 44, 100, 200)]))
    assert len(loop) == 6
    path = outline([box(10, 10, 310, 40), box(10, 44, 100, 200)])
    assert covers(path, 300, 20)
    assert covers(path, 50, 150)
    assert not covers(path, 300, 150)


def test_the_gutter_between_two_columns_belongs_to_the_story() -> None:
    path = outline([box(10, 10, 110, 300), box(126, 10, 226, 300)])
    assert len(corners(path)) == 1
    assert covers(path, 118, 150)


def test_parts_far_from_each_other_stay_apart() -> None:
    assert len(corners(outline([box(10, 10, 60, 60), box(300, 500, 400, 600)]))) == 2


def test_a_short_last_line_takes_the_width_of_its_column() -> None:
    (loop,) = corners(outline([box(10, 10, 110, 300), box(20, 302, 60, 312)]))
    assert len(loop) == 4


@given(
    st.lists(
        st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(4, 200)] * 2),
        min_size=1,
        max_size=12,
    )
)
def test_an_outline_covers_every_box(found: list[tuple[int, int, int, int]]) -> None:
    boxes = [box(x, y, x + width, y + height) for x, y, width, height in found]
    path = outline(boxes)
    for one in boxes:
        assert covers(path, (one.x0 + one.x1) / 2 + 0.01, (one.y0 + one.y1) / 2 + 0.01)


def test_very_many_boxes_are_drawn_one_by_one() -> None:
    many = [box(at * 40, at * 40, at * 40 + 9, at * 40 + 9) for at in range(400)]
    assert len(corners(outline(many))) == 400


# The page.


def test_a_page_links_its_articles_in_reading_order(printed: Channel) -> None:
    page = tree(sheets(printed)["yunting/e/2026-03-01/A1.html"])
    (image,) = page.xpath("//div[@class='facsimile']//img")
    assert image.get("src") == f"/{A1.path}"
    assert (image.get("width"), image.get("height")) == ("1100", "1600")
    assert "要闻" in image.get("alt")
    on_it = [stored for stored in printed.entries if "A1" in stored.article.pages]
    found = zones(page)
    assert list(found) == [f"/yunting/a/{stored.key}.html" for stored in on_it]
    path = found[f"/yunting/a/{on_it[0].key}.html"]
    assert covers(path, 300, 120)
    assert not covers(path, 100, 80), "boxes of the other page are left out"


def test_a_zone_is_part_of_its_link_and_silent(printed: Channel) -> None:
    """One stop for the keyboard, named by the headline; the shape is for the eye alone."""
    page = tree(sheets(printed)["yunting/e/2026-03-01/A1.html"])
    (drawn,) = page.xpath("//*[local-name()='svg']")
    assert drawn.get("aria-hidden") == "true"
    assert drawn.get("focusable") == "false"
    assert drawn.get("viewbox", drawn.get("viewBox")) == "0 0 550.0 800.0"
    link = drawn.getparent()
    assert link.text_content() == "云汀江早班渡船提前到五点半开航"
    assert not page.xpath("//@style | //@*[starts-with(name(), 'on')] | //map | //script")


def test_an_article_without_boxes_is_listed_all_the_same(printed: Channel) -> None:
    page = tree(sheets(printed)["yunting/e/2026-03-01/A2.html"])
    found = zones(page)
    assert len(found) == len([s for s in printed.entries if "A2" in s.article.pages]) >= 2
    assert sum(bool(path) for path in found.values()) == 1


def test_one_turns_the_pages(printed: Channel) -> None:
    first, second = map(tree, sheets(printed).values())
    assert first.xpath("//a[@rel='next']/@href") == ["/yunting/e/2026-03-01/A2.html"]
    assert not first.xpath("//a[@rel='prev']")
    assert second.xpath("//a[@rel='prev']/@href") == ["/yunting/e/2026-03-01/A1.html"]
    assert first.xpath("//a[@rel='up']/@href") == ["/yunting/e/2026-03-01/"]
    assert second.xpath("//nav[@class='leaves']//a[@aria-current='page']/text()") == ["A2"]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_structure(printed: Channel, language: str) -> None:
    paper = replace(printed.paper, language=language)
    told = replace(printed, paper=paper, site=replace(printed.site, papers=(paper,)))
    for made in sheets(told).values():
        page = tree(made)
        ids = page.xpath("//@id")
        assert page.get("lang") == language
        assert len(page.xpath("//h1")) == 1
        assert len(ids) == len(set(ids))
        assert all(nav.get("aria-label") for nav in page.xpath("//nav"))
        assert all(
            link.text_content().strip() or link.xpath(".//img/@alt")
            for link in page.xpath("//a")
        )


def test_only_pages_with_an_image_are_shown_as_printed(channel: Channel) -> None:
    assert sheets(channel) == {}


def test_contents_and_article_lead_to_the_page(printed: Channel, ferry: StoredArticle) -> None:
    assert printed.issue is not None
    contents = tree(plan.edition(printed, printed.issue))
    assert contents.xpath("//h2/a[@class='leaf']/@href") == [
        "/yunting/e/2026-03-01/A1.html",
        "/yunting/e/2026-03-01/A2.html",
    ]
    (page,) = plan.article(printed.site, printed.paper, printed.issue, printed.entries[0])
    found = tree(page).xpath("//article/footer//a/@href")
    assert [a for a in found if re.search("/A[12].html$", a)] == [
        "/yunting/e/2026-03-01/A1.html",
        "/yunting/e/2026-03-01/A2.html",
    ]


def test_the_fingerprint_follows_image_zones_and_articles(printed: Channel) -> None:
    path = "yunting/e/2026-03-01/A1.html"
    before = sheets(printed)[path].fingerprint
    assert sheets(printed)[path].fingerprint == before
    assert printed.issue is not None
    pages = (replace(printed.issue.pages[0], image=A2), printed.issue.pages[1])
    issue = replace(printed.issue, pages=pages)
    assert sheets(replace(printed, issue=issue))[path].fingerprint != before
    first, *rest = printed.entries
    source: Provenance = replace(first.article.source, boxes=BOXES[:1])
    moved = replace(first, article=replace(first.article, source=source))
    assert sheets(replace(printed, entries=(moved, *rest)))[path].fingerprint != before
    assert sheets(replace(printed, entries=tuple(rest)))[path].fingerprint != before
