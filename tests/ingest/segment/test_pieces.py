"""Hard wraps are undone, everything else stays apart."""

from bridge.ingest.segment.characters import lines
from bridge.ingest.segment.pieces import pieces


def texts(page: str, spaced: bool) -> list[str]:
    found, _ = lines(page)
    return [piece.text for piece in pieces(found, 0, spaced)]


def test_full_lines_run_on_until_one_is_short():
    page = (
        "The queue for the first winter market had reached\n"
        "the bridge by the time the mayor unlocked the\n"
        "door, and it did not get any shorter until it be-\n"
        "gan to rain.\n"
        "Nobody went home."
    )
    assert texts(page, spaced=True) == [
        "The queue for the first winter market had reached the bridge by the time the mayor "
        "unlocked the door, and it did not get any shorter until it began to rain.",
        "Nobody went home.",
    ]


def test_an_indent_begins_a_paragraph():
    page = (
        "停了二十年的盐湖小火车又要开了，\n"
        "昨天景区宣布后天起开始试运行每天\n"
        "　　小火车原是运盐的，铁轨铺在盐壳\n"
        "上，最快的时候只有十五公里。"
    )
    assert texts(page, spaced=False)[1].startswith("小火车原是运盐的")


def test_rows_and_headlines_stay_apart():
    rows = "头奖　八号　竹篮小店\n二奖　三号　巷口菜摊\n三奖　九号　豆腐人家"
    assert len(texts(rows, spaced=False)) == 3
    results = (
        "Wenbridge Town 2, Harlow Green 2\n"
        "Marsh Lane Rov 0, St Brides Res 4\n"
        "Old Tannery 3, Pelham Rovers 1"
    )
    assert len(texts(results, spaced=True)) == 3
