"""What a second reading changes, case by case: every case is a fault real pages have."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.changes import Changes, compare
from bridge.model import Article, Byline, Paragraph, Photo, Provenance, StoredArticle

DATE = dt.date(2026, 3, 2)
A1 = frozenset({"A1"})
A1_A2 = frozenset({"A1", "A2"})

BRIDGE = (
    "江畔的老铁桥昨天清晨重新开放，市民推着自行车走过新铺的木板。",
    "桥梁处的工程师说，主桁架加固用了十四个月，比原计划提前三周完工。",
    "桥头的早餐铺子多年没有这样热闹，老板一上午卖出四百碗米粉。",
)
SCHOOL = (
    "河西小学的孩子们把校园里的落叶分成七种颜色，拼成一幅长卷。",
    "老师把长卷挂在走廊里，家长会那天许多人停下来拍照。",
)
MARKET = (
    "春笋上市第一周，批发价每公斤回落两元，零售摊位跟着调价。",
    "菜农说雨水足、气温稳，往后半个月供应不会紧张。",
)


def article(
    order: int, headline: str, body: Sequence[str] = (), page: str = "A1", **fields: object
) -> Article:
    standard = Article(
        order=order,
        pages=(page,),
        section="city",
        kind="news",
        headline=headline,
        body=tuple(Paragraph(kind="paragraph", text=text) for text in body),
        language="zh-Hans",
        source=Provenance(file=f"{page}.txt", lines=(order,)),
    )
    return replace(standard, **fields)  # type: ignore[arg-type]


def stored(*articles: Article, state: str = "live") -> tuple[StoredArticle, ...]:
    return tuple(
        StoredArticle(
            key=f"river-20260302-{article.order:06}",
            paper="river",
            date=DATE,
            section=article.section or "",
            article=article,
            summary="",
            published=dt.datetime(2026, 3, 1, 22, tzinfo=dt.UTC),
            updated=dt.datetime(2026, 3, 1, 22, tzinfo=dt.UTC),
            first_seen=dt.datetime(2026, 3, 1, 22, tzinfo=dt.UTC),
            revision=1,
            state=state,  # type: ignore[arg-type]
        )
        for article in articles
    )


BRIDGE_STORY = article(1, "老铁桥今起恢复通行", BRIDGE)
SCHOOL_STORY = article(2, "落叶长卷挂上走廊", SCHOOL)
MARKET_STORY = article(3, "春笋上市价格回落", MARKET)
PAGE = (BRIDGE_STORY, SCHOOL_STORY, MARKET_STORY)


def outcome(changes: Changes) -> dict[str, list[str]]:
    """Name what happened by stored key's last digit and found headline."""
    told = {
        "new": [a.headline for a in changes.new],
        "revised": [f"{m.stored.key[-1]}: {m.note}" for m in changes.revised],
        "moved": [m.stored.key[-1] for m in changes.moved],
        "withheld": [m.stored.key[-1] for m in changes.withheld],
        "restored": [key[-1] for key in changes.restored],
        "missing": [s.key[-1] for s in changes.missing],
    }
    return {name: told[name] for name in told if told[name]}


def test_a_first_reading_is_all_new() -> None:
    changes = compare(PAGE, (), A1)
    assert changes.new == PAGE
    assert changes


def test_the_same_reading_again_is_nothing() -> None:
    changes = compare(PAGE, stored(*PAGE), A1)
    assert not changes
    assert len(changes.unchanged) == 3


@pytest.mark.parametrize(
    ("after", "note"),
    [
        (replace(BRIDGE_STORY, headline="加固十四个月后老铁桥重开"), "headline"),
        (replace(BRIDGE_STORY, headline="清晨的早餐铺"), "headline"),
        (article(1, "老铁桥今起恢复通行", (BRIDGE[0], BRIDGE[1], "更正后的第三段。")), "body"),
        (article(1, "老铁桥今起恢复通行", (*BRIDGE, "傍晚桥上亮灯。")), "body"),
        (
            article(1, "老铁桥今起恢复通行", (BRIDGE[0].replace("昨天", "前天"), *BRIDGE[1:])),
            "body",
        ),
        (article(1, "老铁桥今起恢复通行", ("这篇报道全部重写，与原来没有一句相同。",)), "body"),
        (article(1, "老桥重开", (BRIDGE[0], *BRIDGE[2:])), "headline, body"),
        (replace(BRIDGE_STORY, byline=(Byline(name="周远", role="reporter"),)), "byline"),
        (replace(BRIDGE_STORY, kicker="民生"), "kicker"),
        (replace(BRIDGE_STORY, photos=(Photo(caption="老铁桥"),)), "photos"),
    ],
)
def test_an_edited_article_is_a_revision(after: Article, note: str) -> None:
    changes = compare((after, SCHOOL_STORY, MARKET_STORY), stored(*PAGE), A1)
    assert outcome(changes) == {"revised": [f"1: {note}"]}


@pytest.mark.parametrize(
    "after",
    [
        replace(SCHOOL_STORY, order=9),
        replace(SCHOOL_STORY, pages=("A2",)),
        replace(SCHOOL_STORY, section="schools"),
        replace(SCHOOL_STORY, kind="photo"),
        replace(SCHOOL_STORY, source=Provenance(file="A1-late.txt")),
        article(2, "落叶长卷 挂上走廊", SCHOOL),
        article(2, "落叶长卷挂上走廊", ("".join(SCHOOL),)),
        article(2, "落叶长卷挂上走廊", [text.replace("，", ",") for text in SCHOOL]),
    ],
    ids=["order", "page", "section", "kind", "file", "space", "paragraphs", "widths"],
)
def test_the_same_words_elsewhere_or_set_differently_are_no_correction(after: Article) -> None:
    changes = compare((BRIDGE_STORY, after, MARKET_STORY), stored(*PAGE), A1_A2)
    assert outcome(changes) == {"moved": ["2"]}


def test_quotation_marks_are_typography_but_a_full_stop_is_not() -> None:
    before = article(1, "孩子们说“真好看”", SCHOOL)
    quoted = replace(before, headline='孩子们说"真好看"')
    ended = replace(before, headline="孩子们说“真好看”。")
    assert outcome(compare((quoted,), stored(before), A1)) == {"moved": ["1"]}
    assert outcome(compare((ended,), stored(before), A1)) == {"revised": ["1: headline"]}


def test_a_story_put_in_front_shifts_nobody() -> None:
    """Also when the source numbers its slots, so that every id moves on by one."""

    def numbered(order: int, article: Article) -> Article:
        return replace(article, order=order, source=Provenance(file="x", id=f"content_{order}"))

    before = [numbered(order, article) for order, article in enumerate(PAGE, 1)]
    fresh = article(1, "南门夜市试行周末步行街", ("夜市摊位重新划线，车辆绕行北街。",))
    after = [numbered(order, a) for order, a in enumerate((fresh, *PAGE), 1)]
    changes = compare(after, stored(*before), A1)
    assert outcome(changes) == {"new": [fresh.headline], "moved": ["1", "2", "3"]}


def test_a_source_id_finds_an_article_rewritten_from_top_to_bottom() -> None:
    known = replace(BRIDGE_STORY, source=Provenance(file="x", id="77120"))
    rewritten = article(1, "新标题", ("全新的导语。",), source=Provenance(file="x", id="77120"))
    assert outcome(compare((rewritten,), stored(known), A1)) == {
        "revised": ["1: headline, body"]
    }


def test_two_briefs_under_one_headline_stay_two() -> None:
    first = article(1, "简讯", (MARKET[0],))
    second = article(2, "简讯", (SCHOOL[0],))
    edited = article(1, "简讯", (MARKET[0].replace("两元", "三元"),))
    changes = compare((second, edited), stored(first, second), A1)
    assert outcome(changes) == {"revised": ["1: body"]}


def test_another_brief_under_the_same_short_headline_is_another_article() -> None:
    changes = compare(
        (article(1, "更正", (SCHOOL[1],)),), stored(article(1, "更正", (MARKET[1],))), A1
    )
    assert outcome(changes) == {"new": ["更正"], "missing": ["1"]}


def test_two_identical_notices_are_told_apart_by_place() -> None:
    notice = article(1, "遗失声明", ("购房收据遗失，声明作废。",))
    twin = replace(notice, order=2, pages=("A2",))
    known = stored(notice, twin)
    assert not compare((notice, twin), known, A1_A2)
    changes = compare((twin,), known, A1_A2)
    assert outcome(changes) == {"missing": ["1"]}


def test_the_larger_half_of_a_split_article_keeps_the_key() -> None:
    whole = article(1, "河西两件新鲜事", (*BRIDGE, SCHOOL[0]))
    large = article(1, "老铁桥重开", BRIDGE)
    small = article(2, "落叶拼成长卷", SCHOOL[:1])
    changes = compare((large, small), stored(whole), A1)
    assert outcome(changes) == {"new": [small.headline], "revised": ["1: headline, body"]}


def test_merged_articles_keep_the_key_of_the_larger_and_suspect_the_other() -> None:
    merged = article(1, "老铁桥重开 落叶成画", (*BRIDGE, *SCHOOL))
    changes = compare((merged,), stored(BRIDGE_STORY, SCHOOL_STORY), A1)
    assert outcome(changes) == {"revised": ["1: headline, body"], "missing": ["2"]}


def test_a_cut_story_found_whole_is_a_revision() -> None:
    cut = article(1, "老铁桥今起恢复通行", (BRIDGE[0],), truncated="suspected")
    changes = compare((BRIDGE_STORY,), stored(cut), A1)
    assert outcome(changes) == {"revised": ["1: body"]}


def test_a_photo_without_text_is_found_by_its_headline() -> None:
    photo = article(1, "江滩油菜花开引客来", photos=(Photo(caption="花海"),))
    fixed = replace(photo, headline="江滩油菜花开迎客来")
    assert outcome(compare((fixed,), stored(photo), A1)) == {"revised": ["1: headline"]}


def test_a_story_gone_from_a_page_read_again_is_missing() -> None:
    changes = compare(PAGE[:2], stored(*PAGE), A1)
    assert outcome(changes) == {"missing": ["3"]}


def test_a_late_page_touches_no_other_page() -> None:
    late = article(1, "周末有雨", ("周六阵雨，周日转阴。",), page="A5")
    changes = compare((late,), stored(*PAGE), frozenset({"A5"}))
    assert outcome(changes) == {"new": ["周末有雨"]}


def test_the_same_notice_on_a_late_page_is_printed_twice_not_moved() -> None:
    twin = replace(MARKET_STORY, pages=("A5",))
    changes = compare((twin,), stored(*PAGE), frozenset({"A5"}))
    assert outcome(changes) == {"new": [twin.headline]}


def test_a_story_over_two_pages_is_not_judged_by_one_of_them() -> None:
    long = replace(BRIDGE_STORY, pages=("A1", "A2"))
    tail = article(1, "老铁桥今起恢复通行", BRIDGE[1:], page="A2")
    assert not compare((), stored(long), frozenset({"A2"}))
    assert not compare((tail,), stored(long), frozenset({"A2"}))


def test_a_jump_page_that_comes_late_completes_its_story() -> None:
    front = article(1, "老铁桥今起恢复通行", BRIDGE[:1], truncated="yes")
    whole = replace(BRIDGE_STORY, pages=("A1", "A2"))
    assert outcome(compare((whole,), stored(front), A1_A2)) == {"revised": ["1: body"]}


def test_a_suspected_story_that_comes_back_is_live_without_a_revision() -> None:
    known = stored(BRIDGE_STORY, state="suspected")
    changes = compare((BRIDGE_STORY,), known, A1)
    assert outcome(changes) == {"restored": ["1"]}
    assert changes


def test_a_suspected_story_that_reappears_on_another_page_is_found_there() -> None:
    known = stored(BRIDGE_STORY, state="suspected")
    changes = compare((replace(BRIDGE_STORY, pages=("A2",)),), known, frozenset({"A2"}))
    assert outcome(changes) == {"moved": ["1"], "restored": ["1"]}


def test_a_suspected_story_is_not_suspected_again() -> None:
    assert not compare((), stored(BRIDGE_STORY, state="suspected"), A1)


@pytest.mark.parametrize("headline", ["老铁桥今起恢复通行", "老铁桥今晨重开"])
def test_a_withdrawn_article_never_comes_back_by_itself(headline: str) -> None:
    known = stored(BRIDGE_STORY, state="withdrawn")
    changes = compare((replace(BRIDGE_STORY, headline=headline),), known, A1)
    assert outcome(changes) == {"withheld": ["1"]}
    assert not changes


def test_a_republished_article_is_found_under_its_new_key() -> None:
    again = replace(BRIDGE_STORY, order=8)
    known = (*stored(BRIDGE_STORY, state="withdrawn"), *stored(again))
    assert outcome(compare((BRIDGE_STORY,), known, A1)) == {"moved": ["8"]}


def test_a_page_of_look_alikes_changed_all_at_once_keeps_its_keys() -> None:
    """What they share says nothing; the number of each stall does."""
    names = [f"第{number}号摊位" for number in range(200)]
    before = [
        article(n, "摊位公告", (f"{name}本周公示，经营者可到窗口领取批复。",))
        for n, name in enumerate(names)
    ]
    after = [
        article(n, "摊位公告", (f"{name}本周公示，经营者应到窗口领取批复。",))
        for n, name in enumerate(names)
    ]
    changes = compare(after, stored(*before), A1)
    pairs = [(m.stored.article.order, m.article.order) for m in changes.revised]
    assert sorted(pairs) == [(number, number) for number in range(200)]


texts = st.lists(st.sampled_from([*BRIDGE, *SCHOOL, *MARKET]), max_size=3)
readings = st.lists(
    st.builds(
        lambda headline, body, page: (headline, tuple(body), page),
        st.sampled_from(["简讯", "老铁桥今起恢复通行", "落叶长卷挂上走廊", "更正", ""]),
        texts,
        st.sampled_from(["A1", "A2", "B1"]),
    ),
    max_size=7,
).map(lambda rows: [article(n, *row[:2], page=row[2]) for n, row in enumerate(rows, 1)])
ALL = frozenset({"A1", "A2", "B1"})


@given(readings, st.frozensets(st.sampled_from(sorted(ALL))))
def test_what_is_stored_compared_with_itself_is_nothing(
    reading: list[Article], covered: frozenset[str]
) -> None:
    seen = [a for a in reading if covered.issuperset(a.pages)]
    assert not compare(seen, stored(*reading), covered)


@given(readings, readings, st.randoms())
def test_the_order_of_the_input_does_not_matter(
    before: list[Article], after: list[Article], random: object
) -> None:
    known = list(stored(*before))
    expected = compare(after, known, ALL)
    random.shuffle(known)  # type: ignore[attr-defined]
    random.shuffle(after)  # type: ignore[attr-defined]
    assert compare(after, known, ALL) == expected


@given(readings, readings)
def test_everything_found_and_stored_is_accounted_for_once(
    before: list[Article], after: list[Article]
) -> None:
    known = stored(*before)
    changes = compare(after, known, ALL)
    matched = [m.stored.key for m in (*changes.revised, *changes.moved)]
    matched += [s.key for s in changes.unchanged]
    assert len(changes.new) + len(matched) == len(after)
    assert sorted(matched + [s.key for s in changes.missing]) == sorted(s.key for s in known)
