"""Broadsheets of eight or nine narrow columns, with gutters hardly wider than their gaps."""

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed (extra `pdf`)")
pytest.importorskip("reportlab", reason="reportlab is not installed")

from bridge.ingest import normalise
from bridge.ingest.formats import pdf
from bridge.ingest.formats.pdf import reader
from bridge.model import Document, Expected


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

STORIES = {
    "Ladders to stay in upper town": [
        "The lamplighters of the upper town voted on Tuesday to keep their ladders. The vote "
        "was close. Nobody had expected so many to come to the hall in the rain.",
        "A motion to buy electric torches failed by three hands. It may return in spring.",
        "Children followed the round on its first evening, and counted every lamp aloud.",
    ],
    "Tank bund gets new stone": [
        "The bund of the old tank was faced with stone before the rains, the engineer said on "
        "Monday. Work had stopped twice for want of lime.",
        "Farmers below the sluice asked for an earlier release of water. The board will meet "
        "them again on Friday, with the maps.",
        "A second sluice may follow next year if the money lasts.",
    ],
    "Night bus to hill villages": [
        "A bus will leave the market at ten each night from the first of the month, the depot "
        "manager announced. It will stop at every milestone.",
        "Tickets cost what they cost by day. Students, who had asked for the service since the "
        "college opened, said that they would fill it.",
    ],
    "Rain holds up the harvest": [
        "Three days of rain kept the reapers at home and the threshing floors under canvas. "
        "Prices at the yard rose a little.",
        "Growers hoped for sun by Sunday. The millers, with empty bins, hoped so too.",
    ],
    "Weavers open their own shop": [
        "Forty weavers of the lower street have rented the corner house and will sell what "
        "they make without a dealer.",
        "The first week went well, their secretary said. A towel with a red border was gone by "
        "noon each day, and orders were taken for more.",
        "The dealers called the shop a toy. They have lowered their own prices all the same.",
    ],
}


def page(columns: int, gutter: float, rules: bool, body: float) -> object:
    style = T.Style(
        language="en",
        columns=columns,
        width=990,
        height=1400,
        body=body,
        leading=1.2 * body,
        gutter=gutter,
        rules=rules,
    )
    made = T.Set(style)
    made.text(40, 30, "The Upper Town Lamp", 30, bold=True)
    made.text(40, 80, "THURSDAY, MARCH 5, 2026", 9)
    (ladders, tank, bus, rain, shop) = STORIES

    def put(headline: str, column: int, columns: int, top: float, size: float) -> float:
        story = T.Told(headline, STORIES[headline], columns=columns)
        return float(T.story(made, story, column, top, size))

    low = put(ladders, 0, 3, 110, 26)
    put(tank, 3, 2, 110, 20)
    put(bus, 5, 1, 110, 14)
    put(rain, 6, columns - 6, 110, 18)
    put(shop, 0, 2, low + 14, 20)
    return made


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize(
    ("columns", "gutter", "rules", "body"),
    [
        (8, 9, False, 8.5),
        (9, 9, False, 8.5),
        (8, 6.5, False, 8.5),
        (8, 6.5, True, 8.5),
        (9, 7, False, 8),
    ],
)
def test_narrow_columns_stay_apart(
    columns: int, gutter: float, rules: bool, body: float, shuffled: bool
) -> None:
    order = random.Random(1) if shuffled else None
    data = T.pdf([page(columns, gutter, rules, body)], order)
    document = Document(name="A1.pdf", origin="A1.pdf", data=data)
    printed = pdf.read(list(reader.pages(data)), document, Expected())
    found = normalise.edition([printed], None)
    assert {a.headline: [p.text for p in a.body] for a in found.articles} == STORIES
