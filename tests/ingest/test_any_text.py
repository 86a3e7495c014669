"""Whatever the text: nothing crashes, no character is lost, and its bytes' dress is no matter.

The alphabet is made of what the rules look for, so that short texts reach them: names, roles,
brackets, markers, folios, dates, bullets, cut words.
"""

import datetime as dt
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import FormatError
from bridge.ingest import formats, normalise
from bridge.model import Document, Edition, Expected, PrintedEdition

HAN = (
    "河堤 修好了 明天 南桥路 的 了 和 老陶 说 比以前宽 风筝 落在 电线上 "
    "。 ， 、 ； ： ？ ！ … —— · “ ” 「 」 《 》 （ ） 【 】 ( ) [ ] ■ ◎ □ ▲ ● / | \u3000 "
    "本报 记者 通讯员 实习生 摄 图 文 苏山 陶 望 新华社 3月5日 电 讯 "
    "本报讯（记者 苏山） （新华社电） （下转A2版） （上接A1版） 下轉Ａ２版 文接Ａ１版 "
    "A1 A2·综合 第3版 04 今日8版 "
    "导读 责编/苏山 更正 简讯 公告 一、 （二） 1. 问： 答： 苏山： 图为河堤。 苏山摄 "
    "（资料图片） 2024年 3月12日 星期二 农历二月初三 林海日报 读者来信 招租 13800000000"
).split(" ")
LATIN = (
    "river The bank of was mended tomor- row- and BRIDGE Town Council "
    ". , ; : ? ! … — – - · “ ” ' \" ( ) [ ] | / • ▶ By Ann Lee Staff Writer AP Reuters "
    "OSLO — (AP) SEE ROADS, PAGE A6 Continued from A1 on page 2 A2 Page B3 INSIDE Q: A: "
    "Photo by Pia Holm / The Echo Above: Corrections Tuesday, March 12, 2024 "
    "The Wexley Echo Letters FOR SALE: 7. 2-1 \u00ad ## *** a@b.example"
).split(" ")
LINES = st.one_of(
    st.lists(st.sampled_from(HAN), min_size=1, max_size=9).map("".join),
    st.lists(st.sampled_from(LATIN), min_size=1, max_size=9).map(" ".join),
)
TEXTS = st.lists(st.one_of(LINES, st.sampled_from(["", "", "\f"])), max_size=24).map("\n".join)
DATE = Expected(date=dt.date(2024, 3, 12))


def printed(data: bytes, name: str = "A1.txt") -> PrintedEdition:
    return formats.parse(Document(name=name, origin=name, data=data), DATE)


def read(data: bytes) -> tuple[PrintedEdition, Edition] | None:
    """A text as printed and as an edition; None when it holds no article."""
    try:
        found = printed(data)
        return found, normalise.edition([found], None)
    except FormatError:
        return None


def bare(text: str) -> Counter[str]:
    """Characters without white space, and without the hyphens that a join may take out."""
    return Counter(re.sub(r"[\s\u00ad-]", "", text))


def told(edition: Edition) -> Counter[str]:
    found: Counter[str] = Counter()
    for article in edition.articles:
        texts = [*article.banner, article.kicker or "", article.headline, *article.deck]
        texts += [article.lead_in or "", *(paragraph.text for paragraph in article.body)]
        texts += [photo.caption for photo in article.photos]
        for text in texts:
            found += bare(text)
    return found


APART = ("byline", "credit", "caption", "tagline", "jump_to", "jump_from", "pullquote")
"""Blocks that an article keeps in another form (names, labels) or prints elsewhere already."""


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_line_is_in_one_article_or_furniture(text):
    found = read(text.encode())
    if found is None:
        return
    lines = list(found[0].furniture) + [
        line for story in found[0].stories for block in story.blocks for line in block.lines
    ]
    numbers = [line.number for line in lines]
    assert len(set(numbers)) == len(numbers)
    wanted = bare(re.sub("[\f\ufeff]", "", text))
    assert bare("".join(line.text for line in lines)) == wanted


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_character_of_a_story_reaches_its_article(text):
    """What was cut from print is in a heading, the lead-in or the body, credits apart."""
    found = read(text.encode())
    if found is None:
        return
    story, edition = found
    cut: Counter[str] = Counter()
    for one in story.stories:
        for block in one.blocks:
            if block.role not in APART:
                cut += bare(block.text)
    lost = cut - told(edition)
    assert not lost or _credited(lost, story) or _repeated(story), lost


def _credited(lost: Counter[str], story: PrintedEdition) -> bool:
    """A credit in brackets at the end of a body becomes names."""
    ends = "".join(
        block.text[-80:]
        for one in story.stories
        for block in one.blocks
        if block.text.rstrip()[-1:] in ")）】]〕"
    )
    return not lost - bare(ends)


def _repeated(story: PrintedEdition) -> bool:
    """A part that comes from another page may repeat what stands there."""
    return any(block.role == "jump_from" for one in story.stories for block in one.blocks)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.sampled_from(["bom", "crlf", "spaces", "ideographic", "blank", "cr"]))
def test_the_dress_of_the_bytes_changes_nothing(text, dress):
    """A mark at the start, line ends, white space at the end of lines and of the text."""
    dressed = {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "spaces": text.replace("\n", " \t\n").encode(),
        "ideographic": text.replace("\n", "\u3000\n").encode(),
        "blank": (text + "\n \n\n\u3000\n").encode(),
    }[dress]
    assert read(dressed) == read(text.encode())


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_encodings_with_a_mark_say_the_same(text, encoding):
    data = text.encode("utf-8-sig" if encoding == "utf-8" else encoding)
    assert read(data) == read(text.encode())


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_reading_the_text_of_an_edition_again_finds_the_same_edition(text):
    """Normalising is idempotent: an edition that comes as JSON is left as it is."""
    found = read(text.encode())
    if found is None:
        return
    story, edition = found
    again = normalise.edition(
        [replace(story, stories=(), doubts=(), articles=edition.articles)], None
    )
    assert again.articles == edition.articles


@settings(max_examples=200, deadline=None)
@given(st.one_of(LINES, TEXTS), st.sampled_from(["zh-Hans", "zh-Hant", "en"]))
def test_the_display_form_is_stable_and_keeps_every_letter(text, language):
    shown = normalise.display(text, language)
    assert normalise.display(shown, language) == shown
    assert Counter(filter(str.isalnum, shown)).total() == sum(map(str.isalnum, text))


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\u00a0", "\u200b", "\x1f"])
def test_odd_characters_part_lines_or_go(character):
    text = f"河堤修好了{character}明天能走人\n\n本报讯（记者 苏山）河堤昨天修好了。"
    found = read(text.encode())
    assert found is not None
    assert character not in found[1].articles[0].headline
