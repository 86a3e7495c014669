"""Page PDFs, typeset here and read back: every case prints its own words."""

import importlib.util
import io
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed (extra `pdf`)")
pytest.importorskip("reportlab", reason="reportlab is not installed")

from PIL import Image

from bridge.errors import FormatError
from bridge.ingest import normalise
from bridge.ingest.formats import pdf
from bridge.ingest.formats.pdf import child, reader
from bridge.model import Document, Edition, Expected


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

FERRY = [
    "渡口昨天试航，两岸居民不必再绕行十二公里。船班每半小时一趟，老人和孩子免费，码头旁边修了雨棚和座椅。",
    "工程历时七个月。施工单位介绍，水位变化大，设计改用浮桥，安全检查已经合格。",
    "渔民老邵说，今年鱼汛来得早，菜市场里价格平稳，学校放学以后，孩子们常到新码头看船。",
]
LIBRARY = [
    "镇图书室添置了三千册书籍，志愿者轮流值班，借阅登记比从前方便。靠窗的长桌留给做功课的孩子。",
    "管理员说，山路两侧的橘树下个月可以采摘，读书会打算搬到树下去开。",
]
TRACK = [
    "学校操场重新铺设了跑道，孩子们放学后留下练习接力，看台也换上了木座椅。",
    "体育老师说，秋天要办一场全镇的接力赛，每个村可以派两支队伍参加。",
]
MILL = [
    "The council agreed on Monday to mend the old mill landing before winter, after boats had "
    "scraped their keels on loose planks since the spring flood.",
    "Several owners wrote letters asking for help with repairs that cost more than anyone had "
    "expected. A committee will count the planks again next week.",
    "Neighbors carried lanterns along the wharf and watched the river with much patience.",
]
BREAD = [
    "Bread is baked at dawn near the bridge, and travelers wait for it in the cold with coins.",
    "The baker said the oven was built by her grandmother, who never once let it go out.",
]


def read(data: bytes, name: str = "A1.pdf", expected: Expected | None = None) -> Edition:
    document = Document(name=name, origin=name, data=data)
    found = pdf.read(list(reader.pages(data)), document, expected or Expected())
    return normalise.edition([found], None)


def front(language: str = "zh-Hans", **style: object) -> object:
    """A page with its head set: the stories come below y = 130."""
    page = T.Set(T.Style(language=language, **style))
    width = page.style.width
    if language == "en":
        page.text(40, 30, "The Far River Times", 44, bold=True)
        page.text(40, 96, "SUNDAY, MARCH 1, 2026", 9)
    else:
        page.text(40, 30, "远江日报", 44)
        page.text(40, 96, "2026年3月1日 星期日", 9)
    page.text(width - 70, 40, "A1", 16)
    return page


def told(edition: Edition) -> dict[str, list[str]]:
    """Headline → paragraphs; Chinese without white space."""
    return {a.headline: [b.text for b in a.body] for a in edition.articles}


def squeezed(texts: Sequence[str]) -> list[str]:
    return ["".join(text.split()) for text in texts]


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_one_story_in_any_number_of_columns(columns: int, language: str) -> None:
    page = front(language, columns=columns, width=max(300, 150 * columns))
    body, head = (
        (MILL * 2, "Landing to be mended")
        if language == "en"
        else (FERRY * 2, "新渡口昨天试航")
    )
    T.story(page, T.Told(head, body, columns=columns), 0, 130, 28)
    found = told(read(T.pdf([page])))
    assert squeezed(found[head]) == squeezed(body)


def test_traditional_page() -> None:
    page = front("zh-Hant", columns=3, width=600)
    body = [
        "渡輪昨天試航，兩岸居民不必再繞行。船班每半小時一趟，長者與學童免費。",
        "工程歷時七個月，檢查已經合格。",
    ]
    T.story(page, T.Told("新渡輪昨天試航", body, columns=3), 0, 130, 28)
    edition = read(T.pdf([page]))
    assert edition.paper.language == "zh-Hant"
    assert told(edition)["新渡輪昨天試航"] == body


def test_the_head_of_a_page() -> None:
    page = front(columns=3, width=600)
    T.story(page, T.Told("新渡口昨天试航", FERRY, columns=3), 0, 130, 28)
    edition = read(T.pdf([page]))
    assert (edition.paper.title, str(edition.date)) == ("远江日报", "2026-03-01")
    assert [p.label for p in edition.pages] == ["A1"]
    assert edition.masthead.weekday == "星期日"


def test_kicker_headline_deck_and_byline_by_size_and_place() -> None:
    page = front(columns=3, width=600)
    story = T.Told(
        "新渡口昨天试航",
        FERRY,
        "两岸不再绕行",
        "——半小时一趟 老人免费",
        "本报记者 温岚",
        columns=3,
    )
    T.story(page, story, 0, 130, 30)
    article = read(T.pdf([page])).articles[0]
    assert (article.kicker, article.headline) == ("两岸不再绕行", "新渡口昨天试航")
    assert squeezed(article.deck) == ["——半小时一趟老人免费"]
    assert [b.name for b in article.byline] == ["温岚"]


def side_by_side(language: str = "zh-Hans", rules: bool = False) -> object:
    page = front(language, columns=6, width=1000, rules=rules)
    if language == "en":
        T.story(page, T.Told("Landing to be mended", MILL, columns=3), 0, 130, 26)
        T.story(page, T.Told("Oven that never went out", BREAD, columns=2), 3, 130, 26)
    else:
        T.story(page, T.Told("新渡口昨天试航", FERRY, columns=3), 0, 130, 26)
        T.story(page, T.Told("图书室添书三千册", LIBRARY, columns=2), 3, 130, 26)
        T.story(page, T.Told("跑道换新", TRACK, columns=1), 5, 130, 18)
    return page


@pytest.mark.parametrize("rules", [False, True])
def test_headlines_side_by_side_own_the_columns_under_them(rules: bool) -> None:
    found = told(read(T.pdf([side_by_side(rules=rules)])))
    assert found == {"新渡口昨天试航": FERRY, "图书室添书三千册": LIBRARY, "跑道换新": TRACK}


def test_english_side_by_side() -> None:
    found = told(read(T.pdf([side_by_side("en")])))
    assert found == {"Landing to be mended": MILL, "Oven that never went out": BREAD}


@given(seed=st.integers(0, 2**32), language=st.sampled_from(["zh-Hans", "en"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_drawing_changes_nothing(seed: int, language: str) -> None:
    page = side_by_side(language)
    straight = told(read(T.pdf([page])))
    assert told(read(T.pdf([page], random.Random(seed)))) == straight


def test_photo_inside_a_story_with_its_caption() -> None:
    page = front(columns=4, width=800)
    story = T.Told(
        "新渡口昨天试航",
        FERRY * 2,
        columns=4,
        photo="inside",
        caption="船工在新码头系缆。 许望 摄",
    )
    T.story(page, story, 0, 130, 32)
    article = read(T.pdf([page])).articles[0]
    assert squeezed([b.text for b in article.body]) == squeezed(FERRY * 2)
    assert [(p.caption, p.credits[0].name) for p in article.photos] == [
        ("船工在新码头系缆。", "许望")
    ]


def test_l_shaped_story() -> None:
    """The last column runs deeper than the others, beside the story below."""
    page = front(columns=3, width=700)
    T.story(page, T.Told("新渡口昨天试航", [*FERRY, *LIBRARY], columns=3), 0, 130, 30)
    low = max(p for p in _bottoms(page))
    below = low + 20
    T.story(page, T.Told("跑道换新", TRACK, columns=2), 0, below, 20)
    left, y = page.left(2), low
    for line in T.broken(
        "末一栏写到这里还没有结束，船工们把缆绳系好才肯回家吃饭。",
        page.style,
        page.column,
        10,
        20,
    ):
        page.text(left + (20 if y == low else 0), y, line, 10)
        y += page.style.leading
    found = told(read(T.pdf([page])))
    assert squeezed(found["跑道换新"]) == TRACK
    assert found["新渡口昨天试航"][-1].startswith("末一栏写到这里")


def _bottoms(page: object) -> list[float]:
    return page.bottoms  # type: ignore[attr-defined,no-any-return]


def test_box_and_advert() -> None:
    page = front(columns=4, width=800)
    T.story(page, T.Told("新渡口昨天试航", FERRY, columns=2), 0, 130, 26)
    end = T.story(page, T.Told("图书室添书三千册", LIBRARY, columns=2, box=True), 2, 138, 22)
    page.rect(page.left(2), 130, page.span(2), end - 124, 0.9)
    page.rect(40, 400, 720, 200, None)
    page.text(200, 470, "江边面馆 现擀现下", 30)
    page.text(260, 520, "电话 000-1234", 12)
    edition = read(T.pdf([page]))
    assert told(edition) == {"新渡口昨天试航": FERRY, "图书室添书三千册": LIBRARY}


def test_drop_cap() -> None:
    page = front("en", columns=2, width=500)
    page.text(40, 130, "Landing to be mended", 26, bold=True)
    page.text(40, 168, "T", 34)
    for at, line in enumerate(
        ["he council agreed on Monday", "to mend the old landing", "before winter comes back."]
    ):
        page.text(62, 170 + 12 * at, line, 10)
    for at, line in enumerate(
        ["Owners wrote several letters, and", "the committee will count the planks."]
    ):
        page.text(50 if at == 0 else 40, 206 + 12 * at, line, 10)
    found = told(read(T.pdf([page])))
    assert found["Landing to be mended"] == [
        "The council agreed on Monday to mend the old landing before winter comes back.",
        "Owners wrote several letters, and the committee will count the planks.",
    ]


def test_vertical_headline() -> None:
    page = front(columns=3, width=600)
    for at, character in enumerate("新渡口昨天试航"):
        page.text(520, 140 + 26 * at, character, 24)
    lines = T.broken("".join(FERRY), page.style, 200, 10, 20)
    for at, line in enumerate(lines):
        page.text(280 + (20 if at == 0 else 0), 140 + 14 * at, line, 10)
    edition = read(T.pdf([page]))
    assert [a.headline for a in edition.articles] == ["新渡口昨天试航"]
    assert edition.articles[0].body[0].text == "".join(FERRY)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_page(turn: int) -> None:
    upright = read(T.pdf([side_by_side()]))
    data = T.pdf([side_by_side()], turn=turn)
    assert told(read(data)) == told(upright)


def test_spread_of_two_pages() -> None:
    page = T.Set(T.Style(columns=6, width=1400, height=900))
    for left, label, title in ((40, "A2", "要闻"), (740, "A3", "社区")):
        page.text(left, 40, "2026年3月1日", 9)
        page.text(left + 560, 40, f"{label}", 16)
        page.text(left + 250, 40, title, 16)
    T.story(page, T.Told("新渡口昨天试航", FERRY, columns=3), 0, 100, 26)
    T.story(page, T.Told("图书室添书三千册", LIBRARY, columns=3), 3, 100, 26)
    edition = read(T.pdf([page]))
    assert [(p.label, p.name) for p in edition.pages] == [("A2", "要闻"), ("A3", "社区")]
    assert [a.pages for a in edition.articles] == [("A2",), ("A3",)]


def test_a_jump_over_two_pages_of_one_file() -> None:
    first = front(columns=3, width=600)
    end = T.story(
        first,
        T.Told("新渡口昨天试航", [FERRY[0], "船工们把缆绳系好，等"], columns=1),
        0,
        130,
        18,
    )
    first.text(first.left(0) + 90, end, "（下转A4版）", 9)
    T.story(first, T.Told("跑道换新", TRACK, columns=2), 1, 130, 22)
    second = T.Set(T.Style(columns=3, width=600))
    second.text(40, 40, "A4", 16)
    second.text(100, 40, "2026年3月1日 星期日", 9)
    second.text(40, 100, "新渡口昨天试航", 20)
    second.text(40, 130, "（上接A1版）", 9)
    for at, line in enumerate(
        T.broken("着第一班船靠岸才肯回家吃饭。", second.style, 170, 10, 0)
    ):
        second.text(40, 150 + 14 * at, line, 10)
    T.story(second, T.Told("图书室添书三千册", LIBRARY, columns=2), 1, 100, 24)
    edition = read(T.pdf([first, second]))
    article = next(a for a in edition.articles if a.headline == "新渡口昨天试航")
    assert article.pages == ("A1", "A4")
    assert article.body[-1].text == "船工们把缆绳系好，等着第一班船靠岸才肯回家吃饭。"
    assert article.truncated == "no"


@pytest.mark.parametrize(
    ("name", "label"), [("2026-03-01_A01.pdf", "A01"), ("03.pdf", "3"), ("paper-P4.pdf", "4")]
)
def test_a_page_without_a_folio_is_named_by_its_file(name: str, label: str) -> None:
    page = T.Set(T.Style(columns=3, width=600))
    page.text(40, 40, "2026年3月1日 星期日", 9)
    T.story(page, T.Told("新渡口昨天试航", FERRY, columns=3), 0, 100, 26)
    edition = read(T.pdf([page]), name)
    assert [p.label for p in edition.pages] == [label]


def test_every_block_says_where_it_stands() -> None:
    data = T.pdf([side_by_side()])
    document = Document(name="A1.pdf", origin="A1.pdf", data=data)
    found = pdf.read(list(reader.pages(data)), document, Expected())
    boxes = [box for story in found.stories for block in story.blocks for box in block.boxes]
    assert all(0 <= b.x0 < b.x1 <= 1000 and 120 < b.y0 < b.y1 <= 1200 for b in boxes)
    assert all(block.boxes for story in found.stories for block in story.blocks)


def test_no_date_is_told() -> None:
    page = T.Set(T.Style(columns=3, width=600))
    T.story(page, T.Told("新渡口昨天试航", FERRY, columns=3), 0, 100, 26)
    with pytest.raises(FormatError) as caught:
        read(T.pdf([page]))
    assert caught.value.code == "no-date"


def test_a_page_and_its_photos_as_images() -> None:
    page = front(columns=4, width=800)
    story = T.Told(
        "新渡口昨天试航", FERRY * 2, columns=4, photo="inside", caption="船工系缆。 许望 摄"
    )
    T.story(page, story, 0, 130, 32)
    data = T.pdf([page])
    document = Document(name="A1.pdf", origin="A1.pdf", data=data)
    pictures = pdf.parse(document, Expected()).stories[0].pictures
    (page_drawn,) = child.images(data, [child.Wanted(index=0, boxes=pictures)])
    assert page_drawn is not None
    whole, (photo,) = page_drawn.whole, page_drawn.cuts
    with Image.open(io.BytesIO(whole.data)) as drawn, Image.open(io.BytesIO(photo.data)) as cut:
        assert max(drawn.size) == 1600
        assert drawn.size == (whole.width, whole.height)
        assert whole.scale == pytest.approx(1600 / 1200, rel=0.01)
        assert cut.size[0] / cut.size[1] == pytest.approx(2, abs=0.15)
        red, green, blue = cut.getpixel((cut.width // 2, cut.height // 2))
        assert (red, green, blue) == pytest.approx((120, 130, 140), abs=6)
