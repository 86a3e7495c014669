"""The article's text as HTML: whole, in order, escaped once, and nothing foreign in it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from bridge.model import Article, Byline, Paragraph, Photo, Provenance, StoredArticle
from bridge.publish import body
from bridge.publish.words import words

ZH, EN = words("zh-Hans"), words("en")


def article(**fields: object) -> Article:
    whole = Article(
        order=1,
        pages=("A1",),
        section=None,
        kind="news",
        headline="题",
        language="zh-Hans",
        source=Provenance(file="A1.txt"),
    )
    return replace(whole, **fields)  # type: ignore[arg-type]


def written(*paragraphs: tuple[str, str], **fields: object) -> str:
    made = tuple(Paragraph(kind=kind, text=text) for kind, text in paragraphs)  # type: ignore[arg-type]
    return body.paragraphs(article(body=made, **fields), ZH, "h3")


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        ([("paragraph", "一"), ("paragraph", "二")], "<p>一</p><p>二</p>"),
        ([("subhead", "标"), ("paragraph", "一")], "<h3>标</h3><p>一</p>"),
        (
            [("item", "甲"), ("item", "乙"), ("paragraph", "一")],
            "<ul><li>甲</li><li>乙</li></ul><p>一</p>",
        ),
        (
            [("question", "问？"), ("answer", "答。")],
            '<p class="question"><strong>问？</strong></p><p>答。</p>',
        ),
        (
            [("table", "月\t班\n一\t2")],
            "<table><tbody><tr><td>月</td><td>班</td></tr><tr><td>一</td><td>2</td></tr></tbody></table>",
        ),
        ([("table", "没有格\n的表")], "<pre>没有格\n的表</pre>"),
        (
            [("paragraph", '1 < 2 & 3 > 2 "引"')],
            "<p>1 &lt; 2 &amp; 3 &gt; 2 &quot;引&quot;</p>",
        ),
    ],
)
def test_kinds_of_body_text(paragraphs: list[tuple[str, str]], expected: str) -> None:
    assert written(*paragraphs) == expected


@pytest.mark.parametrize(
    ("lead_in", "text", "expected"),
    [
        ("新华社电", "春天到了。", "<p>新华社电春天到了。</p>"),
        ("本报讯(记者/顾)", "春天到了。", "<p>本报讯(记者/顾)春天到了。</p>"),
        ("LARKFIELD —", "Spring is here.", "<p>LARKFIELD — Spring is here.</p>"),
        (None, "春天到了。", "<p>春天到了。</p>"),
    ],
)
def test_the_lead_in_comes_back_before_the_first_paragraph(
    lead_in: str | None, text: str, expected: str
) -> None:
    assert written(("paragraph", text), lead_in=lead_in) == expected


@pytest.mark.parametrize(
    ("truncated", "note"),
    [("yes", "版面文字到此为止"), ("suspected", "可能并不完整"), ("no", "")],
)
def test_where_the_page_stops_is_told(truncated: str, note: str) -> None:
    text = written(("paragraph", "一"), truncated=truncated)
    assert note in text
    assert ("truncated" in text) == bool(note)


@pytest.mark.parametrize(
    ("people", "agency", "zh", "en", "names"),
    [
        ((), None, "", "", ()),
        ((), "新华社", "新华社", "新华社", ("新华社",)),
        ((("顾", "reporter", None),), "新华社", "记者 顾", "By 顾", ("顾",)),
        (
            (
                ("顾", "reporter", None),
                ("沈", "reporter", None),
                ("陶", "correspondent", "水运"),
            ),
            None,
            "记者 顾、沈　通讯员 陶（水运）",
            "By 顾 and 沈 · Correspondent: 陶 (水运)",
            ("顾", "沈", "陶"),
        ),
        (
            (("顾", "reporter", None), ("顾", "photographer", None)),
            None,
            "记者 顾　摄影 顾",
            "By 顾 · Photographs by 顾",
            ("顾",),
        ),
    ],
)
def test_byline_and_authors(
    people: tuple[tuple[str, str, str | None], ...],
    agency: str | None,
    zh: str,
    en: str,
    names: tuple[str, ...],
) -> None:
    byline = tuple(Byline(name=n, role=r, org=o) for n, r, o in people)  # type: ignore[arg-type]
    found = article(byline=byline, agency=agency)
    assert (body.byline(found, ZH), body.byline(found, EN)) == (zh, en)
    assert body.authors(found) == names


@pytest.mark.parametrize(
    ("image", "held"),
    [
        ("media/" + "0f" * 32 + ".webp", True),
        ("https://cdn.example.net/track.gif", False),
        ("//cdn.example.net/a.jpg", False),
        ("incoming/paper/A1.jpg", False),
        ("media/../secret.jpg", False),
        ("media/" + "0f" * 32 + ".svg", False),
        (None, False),
    ],
)
def test_only_our_own_pictures_are_shown(image: str | None, held: bool) -> None:
    """Security no. 61: nobody's program is sent to a third party."""
    found = body.figures(article(photos=(Photo(caption="渡口", image=image),)), ZH, "https://h")
    assert ("<img" in found) == held
    assert "渡口" in found
    assert "cdn.example.net" not in found


def test_a_picture_without_alt_is_described_by_its_caption(ferry: StoredArticle) -> None:
    picture = html.fromstring(
        f"<div>{body.figures(ferry.article, ZH, 'https://h')}</div>"
    ).find(".//img")
    assert picture is not None
    assert picture.get("alt") == "清晨，首班渡船离开东渡口。"


@given(st.text(max_size=40))
def test_no_text_can_become_markup(evil: str) -> None:
    """Security nos. 65 and 66."""
    marked = f"<script>{evil}</script><img onerror=x>"
    found = article(
        kicker=marked,
        deck=(marked,),
        byline=(Byline(name=marked, role="reporter", org=marked),),
        body=(
            Paragraph(kind="paragraph", text=marked),
            Paragraph(kind="table", text=f"{marked}\ta"),
        ),
        photos=(Photo(caption=marked, alt=marked, image="media/" + "0f" * 32 + ".png"),),
    )
    tree = html.fromstring(
        f"<div>{body.paragraphs(found, ZH, 'h3')}{body.figures(found, ZH, '')}</div>"
    )
    assert {element.tag for element in tree.iter()} <= {
        "div",
        "p",
        "table",
        "tbody",
        "tr",
        "td",
        "figure",
        "img",
        "figcaption",
        "small",
        "strong",
    }
    assert not tree.xpath("//@onerror")


def test_a_feed_entry_holds_the_article_in_print_order(
    ferry: StoredArticle, make: Callable[..., StoredArticle]
) -> None:
    found = html.fromstring(
        f"<div>{body.entry(ferry.article, 'zh-Hans', 'https://h', 'A1版')}</div>"
    ).text_content()
    marks = [
        "两岸十二个渡口",
        "首日载客",
        "记者 顾明汐",
        "离开东渡口",
        "天还没有亮透",
        "多出来的",
        "到此为止",
        "A1版",
    ]
    assert [found.index(mark) for mark in marks] == sorted(found.index(mark) for mark in marks)
