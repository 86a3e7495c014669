"""Page labels and running heads, slips included."""

import pytest

from bridge.ingest.segment.labels import canonical, page_key, read_label

LABELS = {
    "A1": ("A1", None),
    "AI": ("A1", None),
    "Al": ("A1", None),
    "A2·综合": ("A2", "综合"),
    "06 城事": ("06", "城事"),
    "第3版": ("3", None),
    "第05版:要闻": ("05", "要闻"),
    "Page 3": ("3", None),
    "B1 | Local": ("B1", "Local"),
    "联赛 07": ("07", "联赛"),
}


@pytest.mark.parametrize("text", LABELS)
def test_labels(text):
    found = read_label(text)
    assert found is not None
    assert (found.label, found.name) == LABELS[text]


@pytest.mark.parametrize("text", ["本期12版", "今日8版", "AIM", "河堤修好了", ""])
def test_what_is_no_label(text):
    assert read_label(text) is None


def test_spellings_of_one_page_share_a_key():
    assert page_key("A01") == page_key("Ａ１") == page_key("A1") == ("A", 1)
    assert canonical("Ａl") == "A1"
