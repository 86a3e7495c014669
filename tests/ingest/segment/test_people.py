"""The grammar of bylines: who is named, in which role."""

import pytest

from bridge.ingest.segment.people import byline_title, han, latin

HAN = {
    "本报记者 段可 通讯员 孔方": [("段可", "reporter"), ("孔方", "correspondent")],
    "临河日报·掌上临河记者/邰一 通讯员/朱二 田三": [
        ("邰一", "reporter"),
        ("朱二", "correspondent"),
        ("田三", "correspondent"),
    ],
    "■本报记者 程川": [("程川", "reporter")],
    "◎沈默言": [("沈默言", "author")],
    "文:左岸": [("左岸", "reporter")],
    "(图/骆川 文/钟鸣)": [("骆川", "photographer"), ("钟鸣", "reporter")],
    "撰文/江帆 攝影/杜若": [("江帆", "reporter"), ("杜若", "photographer")],
    "本报记者 江晓 文/图": [("江晓", "reporter")],
    "记者 曾可 实习生 米禾": [("曾可", "reporter"), ("米禾", "intern")],
    "记者顾盼、叶舟": [("顾盼", "reporter"), ("叶舟", "reporter")],
    "本报记者 齐鸣 摄": [("齐鸣", "photographer")],
    "本报记者 白 帆 通讯员 段秋": [("白帆", "reporter"), ("段秋", "correspondent")],
    "陈知 报道": [("陈知", "reporter")],
    "本报综合报道": [],
}


@pytest.mark.parametrize("text", HAN)
def test_chinese_bylines(text):
    found = han(text)
    assert found is not None
    assert [(person.name, person.role) for person in found.people] == HAN[text]


@pytest.mark.parametrize(
    "text", ["南桥路翻修", "河堤修好了。", "记者走访了十二个街道和三十个社区"]
)
def test_what_is_no_byline(text):
    assert han(text) is None


def test_a_byline_may_name_the_place():
    found = han("記者江水/花蓮報導")
    assert found is not None
    assert found.place == "花蓮"


LATIN = {
    "By Tobin Rea": [("Tobin Rea", "reporter")],
    "By MONA REED": [("Mona Reed", "reporter")],
    "By Ann Lee and Bo Kim, Staff Writers": [("Ann Lee", "reporter"), ("Bo Kim", "reporter")],
    "Words: Jane Smith  Pictures: Tom Brown": [
        ("Jane Smith", "reporter"),
        ("Tom Brown", "photographer"),
    ],
    "By Jane Smith in London": [("Jane Smith", "reporter")],
    "By NINA ALVA | The Record": [("Nina Alva", "reporter")],
    "Ann Lee, Staff Writer": [("Ann Lee", "reporter")],
    "Echo staff report": [],
}


@pytest.mark.parametrize("text", LATIN)
def test_english_bylines(text):
    found = latin(text)
    assert found is not None
    assert [(person.name, person.role) for person in found.people] == LATIN[text]


def test_a_wire_service_under_a_name():
    found = latin("By The Associated Press")
    assert found is not None
    assert found.agency == "AP"


@pytest.mark.parametrize(
    "text", ["By the time the market opened", "Vote put off on ice rink fees"]
)
def test_english_text_is_no_byline(text):
    assert latin(text) is None


def test_second_lines_of_a_byline():
    assert byline_title("Health correspondent")
    assert byline_title("Associated Press")
    assert not byline_title("The market opened on Monday.")
