"""Documents of one date become one edition."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bridge.errors import FormatError
from bridge.ingest import formats, normalise
from bridge.model import Document, Expected, Newspaper, PrintedEdition, Section

HEAD = "林海日报\n2024年3月12日　星期二\n\n{label}\n\n"
STORY = (
    "河堤修好了明天就能走人\n\n"
    "本报讯（记者 方圆）河堤昨天修好了，今天可以走人。\n\n老人们说，比以前宽。\n"
)


def printed(text: str, name: str = "A1.txt") -> PrintedEdition:
    return formats.parse(Document(name=name, origin=name, data=text.encode()), Expected())


def paper(**rules: tuple[str, ...]) -> Newspaper:
    return Newspaper(
        id="linhai",
        title="林海日报",
        title_latin=None,
        language="zh-Hans",
        timezone=ZoneInfo("Asia/Shanghai"),
        hour=dt.time(6),
        authority="news.example",
        description="",
        sections=(
            Section(slug="river", title="河", **rules),
            Section(slug="news", title="新闻"),
        ),
        default_section="news",
        window=7,
    )


@pytest.mark.parametrize(
    ("rules", "slug"),
    [
        ({"pages": ("A01",)}, "river"),
        ({"pages": ("A*",)}, "river"),
        ({"pages": ("B*",)}, "news"),
        ({"names": ("要闻",)}, "river"),
        ({"words": ("河堤",)}, "river"),
        ({"agencies": ("新华社",)}, "news"),
        ({}, "news"),
    ],
)
def test_the_papers_rules_choose_the_section(rules, slug):
    page = printed(HEAD.format(label="A1 要闻") + STORY)
    assert normalise.edition([page], paper(**rules)).articles[0].section == slug


def test_without_a_paper_there_is_no_section():
    page = printed(HEAD.format(label="A1") + STORY)
    assert normalise.edition([page], None).articles[0].section is None


def test_documents_of_two_dates_are_refused():
    one = printed(HEAD.format(label="A1") + STORY)
    other = printed(HEAD.format(label="A2").replace("12日　星期二", "13日　星期三") + STORY)
    with pytest.raises(FormatError) as caught:
        normalise.edition([one, other], None)
    assert caught.value.code == "two-dates"


def test_pages_stand_in_order_whatever_order_they_come_in():
    pages = [
        printed(HEAD.format(label=label) + STORY, f"{label}.txt")
        for label in ("A2", "A10", "A1")
    ]
    found = normalise.edition(pages, None)
    assert [page.label for page in found.pages] == ["A1", "A2", "A10"]
    assert [article.order for article in found.articles] == [1, 2, 3]


def test_a_jump_page_that_repeats_text_does_not_double_it():
    first = printed(HEAD.format(label="A1") + STORY + "\n（下转A2版）\n")
    second = printed(
        HEAD.format(label="A2")
        + "（上接A1版）\n\n老人们说，比以前宽。\n\n孩子们说，风也大了，正好放风筝。\n",
        "A2.txt",
    )
    (article,) = normalise.edition([first, second], None).articles
    texts = [paragraph.text for paragraph in article.body]
    assert texts.count("老人们说，比以前宽。") <= 1
    assert texts[-1] == "孩子们说，风也大了，正好放风筝。"
    assert article.pages == ("A1", "A2")
    assert article.truncated == "no"


def test_a_jump_to_a_page_that_is_not_there_is_truncated_and_told():
    page = printed(HEAD.format(label="A1") + STORY + "\n（下转A2版）\n")
    found = normalise.edition([page], None)
    assert found.articles[0].truncated == "yes"
    assert "truncated" in [problem.code for problem in found.problems]


def test_a_circle_of_jumps_ends():
    first = printed(HEAD.format(label="A1") + STORY + "\n（下转A2版）\n")
    second = printed(
        HEAD.format(label="A2") + "（上接A1版）\n\n还有话说。\n\n（下转A1版）\n", "2.txt"
    )
    assert len(normalise.edition([first, second], None).articles) == 1
