"""Page PDFs in other designs: heads at the side, ragged text, briefs, pages shown turned."""

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed (extra `pdf`)")
pytest.importorskip("reportlab", reason="reportlab is not installed")

from reportlab.pdfgen.canvas import Canvas

from bridge.ingest import normalise
from bridge.ingest.formats import pdf
from bridge.ingest.formats.pdf import reader
from bridge.model import Document, Edition, Expected, PrintedEdition


def _load() -> ModuleType:
    path = Path(__file__).parents[2] / "data" / "formats" / "pdf" / "typeset.py"
    spec = importlib.util.spec_from_file_location("typeset", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["typeset"] = module
    spec.loader.exec_module(module)
    return module


T = _load()

ORCHARD = [
    "山路两侧的橘树今年结得密，采摘从周末开始，农户在路口搭了凉棚，备好了剪子和竹篮。",
    "合作社说，外地来的游客可以按斤买，也可以认领一棵树，秋后再来收。",
    "村里的老人把旧磨坊收拾出来，给走累的人歇脚喝茶，茶钱放在门口的铁罐里。",
]
QUAY = [
    "老码头的缆桩换成了石头的，修缮用了四个月，潮水最高的那几天只能停工。",
    "船工们说，夜里靠岸不再怕滑，灯也亮了许多。",
]
LAMPS = [
    "The lamplighters of the upper town voted on Tuesday to keep their ladders. The vote was "
    "close. Nobody had expected so many to come to the hall in the rain.",
    "A motion to buy electric torches failed by three hands. It may return in spring. The "
    "clerk will write to the makers before then and ask for a lower price.",
    "Children followed the round on its first evening, and counted every lamp aloud.",
]


def printed(data: bytes, name: str = "A1.pdf") -> PrintedEdition:
    document = Document(name=name, origin=name, data=data)
    return pdf.read(list(reader.pages(data)), document, Expected())


def edition(*files: PrintedEdition) -> Edition:
    return normalise.edition(files, None)


def told(found: Edition) -> dict[str, list[str]]:
    return {a.headline: [b.text for b in a.body] for a in found.articles}


def test_a_head_that_runs_down_the_side_of_the_page():
    page = T.Set(T.Style(columns=7, width=1080, height=1400))
    for at, character in enumerate("清原日报"):
        page.text(46, 40 + 66 * at, character, 60)
    for at, line in enumerate(["2026年3月5日", "星期四", "第10233期", "今日12版"]):
        page.text(46, 310 + 14 * at, line, 9)
    T.story(page, T.Told("橘园周末开放采摘", ORCHARD * 3, columns=3), 1, 44, 40)
    T.story(page, T.Told("老码头修缮完工", QUAY * 3, columns=3), 4, 44, 30)
    found = edition(printed(T.pdf([page])))
    assert (found.paper.title, str(found.date)) == ("清原日报", "2026-03-05")
    assert (found.number, found.pages_total) == ("10233", 12)
    assert told(found) == {"橘园周末开放采摘": ORCHARD * 3, "老码头修缮完工": QUAY * 3}


def english(columns: int, width: float) -> object:
    page = T.Set(T.Style(language="en", columns=columns, width=width, height=900))
    page.text(40, 30, "The Upper Town Lamp", 30, bold=True)
    page.text(40, 80, "THURSDAY, MARCH 5, 2026", 9)
    return page


@pytest.mark.parametrize(
    ("line", "house"),
    [
        ("Published by Lamp Press Ltd., Upper Town", "Lamp Press Ltd."),
        ("Printed and published daily by the Upper Town Trust", "Upper Town Trust"),
        ("Published since 1874", None),
    ],
)
def test_who_publishes_an_english_paper(line: str, house: str | None):
    page = english(4, 700)
    page.text(250, 80, line, 8)
    T.story(page, T.Told("Ladders to stay", LAMPS, columns=3), 0, 110, 24)
    found = edition(printed(T.pdf([page])))
    assert found.masthead.publisher == house
    assert told(found) == {"Ladders to stay": LAMPS}


def test_short_lines_of_ragged_text_end_no_paragraph():
    page = english(3, 500)
    justified = page.text
    page.text = lambda x, y, text, size, bold=False, width=0.0: justified(
        x, y, text, size, bold, 0.0
    )
    T.story(page, T.Told("Ladders to stay", LAMPS, columns=3), 0, 110, 24)
    assert told(edition(printed(T.pdf([page])))) == {"Ladders to stay": LAMPS}


def test_every_brief_of_a_column_is_an_article():
    page = english(4, 700)
    page.text(page.left(0), 110, "IN BRIEF", 15, bold=True)
    y = 134.0
    for headline, text in zip(
        ("Ladders stay", "Torches fail", "Lamps lit"), LAMPS, strict=True
    ):
        y = T.story(page, T.Told(headline, [text]), 0, y, 12) + 10
    T.story(page, T.Told("The hall was full", LAMPS[::-1], columns=3), 1, 110, 28)
    found = edition(printed(T.pdf([page])))
    kinds = {a.headline: a.kind for a in found.articles}
    assert kinds == {
        "Ladders stay": "brief",
        "Torches fail": "brief",
        "Lamps lit": "brief",
        "The hall was full": "news",
    }


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_page_that_is_to_be_shown_turned(rotate: int):
    page = english(3, 500)
    T.story(page, T.Told("Ladders to stay", LAMPS, columns=3), 0, 110, 24)
    out = io.BytesIO()
    size = (500, 900) if rotate == 180 else (900, 500)  # reportlab swaps the sides itself
    canvas = Canvas(out, pagesize=size, invariant=1)
    canvas.setPageRotation(rotate)
    for piece in page.pieces:
        piece.draw(canvas)
    canvas.save()
    assert told(edition(printed(out.getvalue()))) == {"Ladders to stay": LAMPS}


def test_a_jump_over_two_files_of_one_edition():
    first = T.Set(T.Style(columns=3, width=600))
    first.text(40, 40, "清原日报", 40)
    first.text(40, 96, "2026年3月5日 星期四", 9)
    first.text(530, 40, "01", 16)
    story = T.Told("老码头修缮完工", [QUAY[0], "船工们把缆绳系好，等"], columns=1)
    end = T.story(first, story, 0, 130, 18)
    first.text(first.left(0) + 90, end, "（下转04版）", 9)
    T.story(first, T.Told("橘园周末开放采摘", ORCHARD, columns=2), 1, 130, 24)
    second = T.Set(T.Style(columns=3, width=600))
    second.text(40, 40, "04", 16)
    second.text(100, 40, "2026年3月5日 星期四", 9)
    second.text(40, 100, "老码头修缮完工", 20)
    second.text(40, 130, "（上接01版）", 9)
    rest = T.broken("着第一班船靠岸才肯回家吃饭。", second.style, 170, 10, 0)
    for at, line in enumerate(rest):
        second.text(40, 150 + 14 * at, line, 10)
    T.story(second, T.Told("灯塔换新灯", QUAY * 2, columns=2), 1, 100, 24)
    pages = (printed(T.pdf([second]), "04.pdf"), printed(T.pdf([first]), "01.pdf"))
    article = next(a for a in edition(*pages).articles if a.headline == "老码头修缮完工")
    assert article.pages == ("01", "04")
    assert article.body[-1].text == "船工们把缆绳系好，等着第一班船靠岸才肯回家吃饭。"
