"""Captions and credits: what is told apart."""

import pytest

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.language.chinese import SIMPLIFIED
from bridge.ingest.segment.language.english import ENGLISH
from bridge.ingest.segment.photos import caption

HAN = {
    "木匠在灯下刨板凳。 江晓 摄": ("木匠在灯下刨板凳。", ["江晓"]),
    "桥头的梧桐。本报记者 齐鸣 摄": ("桥头的梧桐。", ["齐鸣"]),
    "▲孩子被拉上岸。（监控截图）": ("孩子被拉上岸。", ["监控截图"]),
    "圖：工人鋪石。（甘泉攝）": ("工人鋪石。", ["甘泉"]),
    "老船匠坐在船裡。攝影／杜若": ("老船匠坐在船裡。", ["杜若"]),
    "图②：淬火时的水汽。": ("淬火时的水汽。", []),
    "（主办方供图）": ("", ["主办方"]),
}


@pytest.mark.parametrize("text", HAN)
def test_chinese_captions(text):
    found = caption(text, fold(text), SIMPLIFIED)
    assert found is not None
    assert (found.text, [credit.name for credit in found.credits]) == HAN[text]


def test_a_credit_of_the_story_is_no_photo():
    assert caption("（图/骆川　文/钟鸣）", "(图/骆川 文/钟鸣)", SIMPLIFIED) is None


LATIN = {
    "Photo by Pia Holm / The Echo": ("", ["Pia Holm"]),
    "PIA HOLM/THE ECHO": ("", ["Pia Holm"]),
    "Above: The mayor speaks.": ("Above: The mayor speaks.", []),
    "Submitted photo": ("", ["Submitted photo"]),
}


@pytest.mark.parametrize("text", LATIN)
def test_english_captions(text):
    found = caption(text, text, ENGLISH)
    assert found is not None
    assert (found.text, [credit.name for credit in found.credits]) == LATIN[text]


def test_display_words_before_a_caption():
    text = "DOWN AND OUT  Firefighters lower a kite from the steeple."
    found = caption(text, text, ENGLISH)
    assert found is not None
    assert (found.head, found.text[:10]) == ("DOWN AND OUT", "Firefighte")
