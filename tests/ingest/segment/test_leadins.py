"""Lead-ins: where the sentence begins, and what stands before it."""

import pytest

from bridge.ingest.segment.language.chinese import SIMPLIFIED
from bridge.ingest.segment.language.english import ENGLISH
from bridge.ingest.segment.leadins import lead_in

HAN = {
    "新华社电 |6月3日，会议": (None, None, "新华社"),
    "新华社海口11月17日电（记者秦川、罗南）|会议今天": ("海口", "11月17日", "新华社"),
    "据新华社北京3月5日电 |全国": ("北京", "3月5日", "新华社"),
    "远灯社雁屿3月8日电（记者顾盼）|记者": ("雁屿", "3月8日", "远灯社"),
    "路透社伦敦15日电：|英国": ("伦敦", "15日", "路透社"),
    "本报讯 （记者 钟鸣）|面刚": (None, None, None),
    "本报3月8日讯（记者 曾可）|家里": (None, "3月8日", None),
    "临河日报·掌上临河讯(记者/廖喜) |日前": (None, None, None),
    "早报讯（记者 辛夷）|停了": (None, None, None),
    "【記者羅川／青嶼訊】|封閉": ("青嶼", None, None),
    "【本報綜合報導】|渡輪": (None, None, None),
    "【記者容川報導】|第十": (None, None, None),
    "【潮聲社長洲灣十七日電】|長洲灣": ("長洲灣", "十七日", "潮聲社"),
    "（中央社記者孟竹台東14日電）|台東": ("台東", "14日", "中央社"),
    "〔記者江水／花蓮報導〕|服役": ("花蓮", None, None),
    "（吉隆坡15日讯）|往返": ("吉隆坡", "15日", None),
    "【港灣時報專訊】（記者 湯圓）|歷時": (None, None, None),
}


@pytest.mark.parametrize("case", HAN)
def test_chinese_lead_ins(case):
    before, after = case.split("|")
    found = lead_in(before + after, SIMPLIFIED)
    assert found is not None
    assert (before + after)[found.end :] == after
    assert (found.place, found.date, found.agency) == HAN[case]


@pytest.mark.parametrize(
    "text", ["社会各界电话不断，大家", "电影院今天开门", "我市召开通讯员座谈会，会上"]
)
def test_what_is_no_lead_in(text):
    assert lead_in(text, SIMPLIFIED) is None


LATIN = {
    "CEDAR RUN — |The county": ("Cedar Run", None, None),
    "WESTFORD (AP) — |Crews": ("Westford", None, "AP"),
    "PORT HALE, Oct 6 (Reuters) - |Trawlers": ("Port Hale", "Oct 6", "Reuters"),
    "CARSON CITY, Nev. (AP) — |Volunteers": ("Carson City, Nev.", None, "AP"),
    "Springfield, Ill. (AP) — |A": ("Springfield, Ill.", None, "AP"),
    "NEW DELHI: |The government": ("New Delhi", None, None),
}


@pytest.mark.parametrize("case", LATIN)
def test_english_lead_ins(case):
    before, after = case.split("|")
    found = lead_in(before + after, ENGLISH)
    assert found is not None
    assert (before + after)[found.end :] == after
    assert (found.place, found.date, found.agency) == LATIN[case]


@pytest.mark.parametrize("text", ["QUESTION: why", "The four-mile loop — long", "Q: Why not?"])
def test_english_text_without_lead_in(text):
    assert lead_in(text, ENGLISH) is None
