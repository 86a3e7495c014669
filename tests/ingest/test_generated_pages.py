"""Pages set from stories that are known: what was cut for print is whole again.

A press sets invented stories as a page does: heads, lead-ins, paragraphs that a column's end
cuts anywhere inside a sentence, jumps to other pages that repeat more or less of the text.
"""

from dataclasses import dataclass
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ingest import formats, normalise
from bridge.model import Article, Document, Edition, Expected, PrintedEdition

WHO = (
    "河道管理所 南桥街道 渡口公园 老菜场 第三小学 青石巷 环湖公交 县图书馆 果园合作社 社区医院 "
    "北门水厂 码头消防站"
).split()
DONE = "修好 换上 清理 搬来 添置 刷新 送来 试用".split()
WHAT = (
    "两座木桥 三百盏路灯 一批旧课桌 半条石板路 新候车亭 雨水管道 防滑扶手 四间书屋 太阳能板 "
    "一口老井 三十把长椅"
).split()
WHEN = "昨天上午 上个月 入冬以前 前天傍晚 这几天 连着三夜 开春以来 去年秋天".split()
AND = (
    "过路的人都停下来看 晚上也能照得见台阶 孩子们放学以后常去那里 价钱和去年一样 "
    "下雨天不再积水 钥匙交给了值班的老人 名单贴在门口的布告栏里 旧的那些拉到乡下去了 "
    "有人从三十里外赶来 图纸改了四遍才定下来 剩下的活儿要等天晴 隔壁的铺子也跟着早开门 "
    "工人们轮着班吃饭 灯一亮整条巷子都安静了 算下来省了一半的水 谁也没有想到会这么快"
).split()
NAMES = "苏山 罗望 陶苇 顾听 钟榆 白禾 江芦 沈木".split()
COLUMN, SCRAP, UNCUT = 20, 8, 1000
"""Characters of the shortest part that a column's end leaves of a paragraph: as papers are set,
as it may come to be, and more than any paragraph has."""


@dataclass(frozen=True)
class Told:
    """A story as it was written."""

    headline: str
    writer: str
    paragraphs: tuple[str, ...]


class Press:
    """Writes stories and sets them as text dumps of pages; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.houses = self.random.sample(WHO, len(WHO))

    def sentence(self, who: str) -> str:
        pick = self.random.choice
        first, second = self.random.sample(AND, 2)
        if self.random.random() < 0.6:
            return f"{pick(WHEN)}{who}{pick(DONE)}了{pick(WHAT)}，{first}，{second}。"
        return f"{who}的人说，{first}，{second}。"

    def paragraph(self, who: str) -> str:
        return "".join(self.sentence(who) for _ in range(self.random.randint(2, 5)))

    def story(self) -> Told:
        who, pick = self.houses.pop(), self.random.choice
        count = self.random.randint(2, 5)
        return Told(
            headline=f"{who}{pick(DONE)}{pick(WHAT)}",
            writer=pick(NAMES),
            paragraphs=tuple(self.paragraph(who) for _ in range(count)),
        )

    def cut(self, paragraph: str, least: int) -> list[str]:
        """Cut a paragraph as columns end: anywhere but right after a sentence."""
        parts = [paragraph]
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            places = [
                at
                for at in range(least, len(parts[-1]) - least)
                if parts[-1][at - 1] != "。" and parts[-1][at] not in "，。"
            ]
            if places:
                at = self.random.choice(places)
                parts[-1:] = [parts[-1][:at], parts[-1][at:]]
        return parts

    def set(self, story: Told, least: int = COLUMN) -> list[str]:
        """Return a story as the pieces a dump prints, in order."""
        first, *rest = story.paragraphs
        pieces = [story.headline, *self.cut(f"本报讯（记者 {story.writer}）{first}", least)]
        return pieces + [part for paragraph in rest for part in self.cut(paragraph, least)]


def page(label: str, *frames: list[str]) -> str:
    head = ["林海日报", "2024年3月12日　星期二", f"{label}　要闻"]
    return "\n\n".join([*head, *(piece for frame in frames for piece in frame)]) + "\n"


def printed(text: str, name: str) -> PrintedEdition:
    return formats.parse(Document(name=name, origin=name, data=text.encode()), Expected())


def read(**pages: str) -> Edition:
    return normalise.edition([printed(text, f"{k}.txt") for k, text in pages.items()], None)


def bodies(edition: Edition) -> list[tuple[str, tuple[str, ...]]]:
    return [(a.headline, tuple(p.text for p in a.body)) for a in edition.articles]


def written(*stories: Told) -> list[tuple[str, tuple[str, ...]]]:
    return [(story.headline, story.paragraphs) for story in stories]


SEEDS = st.integers(0, 10**6)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_columns_are_joined_and_stories_are_not(seed):
    """Every join inside a story is made, none crosses from one story to another."""
    press = Press(seed)
    stories = [press.story() for _ in range(press.random.randint(2, 6))]
    found = read(A1=page("A1", *map(press.set, stories)))
    assert bodies(found) == written(*stories)
    assert [[b.name for b in a.byline] for a in found.articles] == [[s.writer] for s in stories]
    assert {a.truncated for a in found.articles} == {"no"}


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_no_join_crosses_stories_however_short_the_fragments(seed):
    """A scrap may be taken for a heading, but never for a part of another story."""
    press = Press(seed)
    stories = [press.story() for _ in range(press.random.randint(2, 6))]
    found = read(A1=page("A1", *(press.set(story, SCRAP) for story in stories)))
    texts = ["".join(story.paragraphs) for story in stories]
    for article in found.articles:
        for paragraph in article.body:
            assert any(paragraph.text in text for text in texts), paragraph.text


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_the_order_of_documents_is_no_matter(seed):
    press = Press(seed)
    pages = [
        printed(page(label, *(press.set(press.story()) for _ in range(2))), f"{label}.txt")
        for label in ("A1", "A2", "A3", "B1")
    ]
    editions = [normalise.edition(order, None) for order in permutations(pages)]
    assert all(edition == editions[0] for edition in editions)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_a_page_reads_the_same_among_unrelated_pages(seed):
    """Its articles stand in the edition as they stand alone, whatever comes with them."""
    press = Press(seed)
    labels = ("A1", "A2", "A3")
    pages = {
        label: page(label, *(press.set(press.story()) for _ in range(3))) for label in labels
    }
    whole = read(**pages)
    for label in labels:
        alone = read(**{label: pages[label]}).articles
        among = [article for article in whole.articles if article.pages == (label,)]
        assert list(map(_apart, alone)) == list(map(_apart, among))


def _apart(article: Article) -> tuple[object, ...]:
    return article.headline, article.byline, article.body, article.photos, article.source.lines


REPEATS = ("nothing", "words", "cut paragraph", "two paragraphs", "all")


@pytest.mark.parametrize("repeats", REPEATS)
@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_a_jump_doubles_nothing_and_loses_nothing(repeats, seed):
    """However much of the first page its continuation prints again."""
    press = Press(seed)
    story, other, beside = press.story(), press.story(), press.story()
    here, there = _jump(story, repeats)
    found = read(
        A1=page("A1", here, press.set(other, UNCUT)),
        A2=page("A2", press.set(beside, UNCUT), there),
    )
    assert bodies(found) == written(story, other, beside)
    assert found.articles[0].pages == ("A1", "A2")
    assert found.articles[0].truncated == "no"


def _jump(story: Told, repeats: str) -> tuple[list[str], list[str]]:
    """Set a story on two pages, cut in the middle of its last paragraph but one."""
    lead = f"本报讯（记者 {story.writer}）"
    *before, cut, last = (lead + story.paragraphs[0], *story.paragraphs[1:])
    at = (len(cut) + len(lead)) // 2
    at += cut[at - 1] == "。"
    again = {
        "nothing": [cut[at:]],
        "words": [cut[at - 14 :]],
        "cut paragraph": [cut],
        "two paragraphs": [*before[-1:], cut],
        "all": [*before, cut],
    }[repeats]
    here = [story.headline, *before, cut[:at], "（下转A2版）"]
    return here, ["（上接A1版）", *again, last]


def test_a_whole_story_listed_again_on_its_second_page_stands_once():
    """Some papers print all of it in front, and its second half once more inside."""
    press = Press(7)
    story, other = press.story(), press.story()
    lead = f"本报讯（记者 {story.writer}）"
    here = [story.headline, lead + story.paragraphs[0], *story.paragraphs[1:], "（下转A2版）"]
    there = ["（上接A1版）", story.paragraphs[0][-30:], *story.paragraphs[1:]]
    found = read(A1=page("A1", here), A2=page("A2", there, press.set(other, UNCUT)))
    assert bodies(found) == written(story, other)
