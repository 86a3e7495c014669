"""One convention of print a case: an invented page that has it, and how it must be read."""

import datetime as dt

from bridge.ingest import formats, normalise
from bridge.model import Article, Document, Expected

EXPECTED = Expected(date=dt.date(2024, 3, 12))


def articles(*lines: str) -> tuple[Article, ...]:
    text = "\n".join(lines)
    printed = formats.parse(Document(name="A3.txt", origin="A3", data=text.encode()), EXPECTED)
    return normalise.edition([printed], None).articles


RIVER = (
    "　　本报讯（记者 苏山）河堤昨天修好了，今天可以走人。老人们说，比以前宽了一倍，",
    "夏天可以把竹椅搬上去坐到半夜。",
)


def test_lines_of_a_heading_are_apart_where_blank_lines_part_stories_only():
    """A kicker and its headline stand together over their text; so do headline and deck."""
    first, second = articles(
        "渡口老船工",
        "“船还在，人就在”",
        *RIVER,
        "",
        "南桥路口装上新路灯",
        "入夜后照得见台阶",
        *RIVER,
    )
    assert (first.kicker, first.headline) == ("渡口老船工", "“船还在，人就在”")
    assert second.headline == "南桥路口装上新路灯"


def test_a_line_in_brackets_stands_under_a_headline():
    (found,) = articles(
        "一周菜价",
        "",
        "（单位：元/公斤）",
        "",
        "本报讯（记者 苏山）菜价比上周略低，青菜跌了三角。",
    )
    assert found.headline == "一周菜价"


def test_a_long_line_that_begins_with_a_quoted_word_is_a_deck():
    (found,) = articles(
        "把风筝放进校园", "", "“老手艺”传人陶苇和他的周末工坊里的孩子们", "", "本报记者 苏山",
        "", "操场上空飘着三十只风筝，线轴在孩子们手里转个不停。",
    )  # fmt: skip
    assert found.headline == "把风筝放进校园"
    assert found.deck == ("“老手艺”传人陶苇和他的周末工坊里的孩子们",)


def test_a_reader_who_signs_with_a_place_ends_the_letter():
    letter, news = articles(
        "路灯别只亮一季", "", "编辑同志：村口的路灯装了半年，一盏接一盏地灭了。", "",
        "石桥镇读者　罗望", "", "菜种备足", "", "本报讯（记者 苏山）秋菜种子已经备足。",
    )  # fmt: skip
    assert [one.name for one in letter.byline] == ["罗望"]
    assert news.headline == "菜种备足"


def test_a_reader_may_put_place_and_trade_in_brackets():
    letter, _ = articles(
        "請把長椅轉個方向", "", "公園的長椅都背著湖，想看水的人只能站著，希望改一改。", "",
        "羅望（青嶼市／教師）", "", "老街修好了", "", "【本報訊】老街昨天修好，今天開放。",
    )  # fmt: skip
    assert [one.name for one in letter.byline] == ["羅望"]


def test_an_advert_ends_a_story_that_stops_in_mid_sentence():
    story, _ = articles(
        "老人教了三十年竹编", "", "本报记者 苏山", "",
        "一根毛竹剖成篾，再剖成丝，院子里坐满了放暑假的孩子，每人手里捏着一把青篾。", "",
        "“学会学不会都不要紧。”他说。今年镇上把旧粮站腾出来给他当", "", "",
        "寻牛启事：昨天傍晚走失黄牛一头，知情者请打电话55501230，当面酬谢。",
    )  # fmt: skip
    assert story.truncated == "yes"
    assert "寻牛" not in story.body[-1].text


def test_sentences_behind_one_sign_are_items_and_no_captions():
    (found,) = articles(
        "文体简讯", "▲全民健身节四月开幕，共设二十六个大项，即日起报名。",
        "▲话剧《茶渍》五月加演三场，学生凭证半价。",
    )  # fmt: skip
    assert [paragraph.kind for paragraph in found.body] == ["item", "item"]
    assert found.photos == ()


def test_a_line_cut_in_the_middle_of_a_word_is_no_subhead():
    (found,) = articles(
        "渡口修好木桥", "", "本报讯（记者 苏山）渡口公园的人说，木桥修了半年。" * 3, "",
        "昨天上午第三小学添置了三十把长", "",
        "椅，孩子们放学以后常去那里坐着等人，有时候一坐就是半个下午，谁也不催谁。",
    )  # fmt: skip
    assert len(found.body) == 2


def test_what_somebody_says_is_no_heading():
    (found,) = articles(
        "渡口修好木桥", "", "本报讯（记者 苏山）渡口公园的木桥修了半年才好。" * 3, "",
        "水厂的人说，价钱和去年一", "", "样，剩下的活儿要等天晴。桥头的灯今晚就亮。",
    )  # fmt: skip
    assert [paragraph.kind for paragraph in found.body] == ["paragraph", "paragraph"]


ENGLISH = (
    "The mayor opened the hall on Friday with a short speech and a long ribbon, and nobody",
    "went home before the band had packed the last of its drums into the van outside.",
)


def test_a_byline_begins_its_own_line_in_a_narrow_column():
    (found,) = articles("Grange Hall gets its piano back", "by Hattie Lund", *ENGLISH)
    assert found.headline == "Grange Hall gets its piano back"
    assert [one.name for one in found.byline] == ["Hattie Lund"]


def test_the_second_line_of_a_byline_may_stand_apart_as_all_lines_do():
    (found,) = articles(
        "Tank fills again after twelve years", "", "By Mara Tandy", "", "Echo Staff Writer", "",
        " ".join(ENGLISH),
    )  # fmt: skip
    assert found.headline == "Tank fills again after twelve years"
    assert [one.name for one in found.byline] == ["Mara Tandy"]


def test_a_jump_marker_with_a_sign_before_the_page():
    (found,) = articles(
        "Tank fills again after twelve years", "", "By Mara Tandy", "", " ".join(ENGLISH), "",
        "CONTINUED ON » PAGE 8",
    )  # fmt: skip
    assert found.jump.to == "8"
    assert found.truncated == "yes"
