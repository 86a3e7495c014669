"""Words to lines: which gaps part columns, and what a line's text is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ingest.geometry.layout import areas, body_size, lay_out, page_lines
from bridge.ingest.geometry.lines import lines
from bridge.ingest.geometry.shapes import PageContent, Rect, Word


def word(text: str, x: float, base: float, size: float = 10, wide: float | None = None) -> Word:
    width = wide if wide is not None else size * len(text)
    rect = Rect(x, base - 0.85 * size, x + width, base + 0.15 * size)
    return Word(text=text, rect=rect, base=base, size=size)


def column(
    x: float, rows: int, text: str = "山下有一条小河流过", top: float = 100
) -> list[Word]:
    return [word(text, x, top + 14 * row) for row in range(rows)]


def texts(words: list[Word], barriers: tuple[Rect, ...] = ()) -> list[str]:
    return [line.text for line in lines(words, barriers, 10)]


def test_two_columns_stay_apart() -> None:
    assert texts(column(40, 6) + column(142, 6, "桥边的店铺刚刚开门")) == [
        text for _ in range(6) for text in ("山下有一条小河流过", "桥边的店铺刚刚开门")
    ]


def test_a_wide_gap_in_one_line_is_no_gutter() -> None:
    words = column(40, 6, "山下有一条小河流过桥边的店铺刚")
    words[3:4] = [word("山下有一条", 40, 142), word("桥边的店铺刚刚", 120, 142)]
    assert len(texts(words)) == 6


def test_a_rule_parts_whatever_the_gap() -> None:
    words = [word("山下", 40, 100), word("桥边", 64, 100)]
    assert texts(words) == ["山下桥边"] or texts(words) == ["山下 桥边"]
    assert texts(words, (Rect(61.5, 80, 62.5, 120),)) == ["山下", "桥边"]


def test_latin_words_are_parted_by_a_space() -> None:
    words = [word("slow", 40, 100, wide=20), word("river", 63, 100, wide=22)]
    assert texts(words) == ["slow river"]


def test_display_lines_keep_their_space() -> None:
    words = [word("渡口", 40, 100, 30), word("试航", 110, 100, 30)]
    assert texts(words) == ["渡口 试航"]


def test_stacked_characters_are_a_vertical_line() -> None:
    words = [word(c, 300, 100 + 26 * at, 24) for at, c in enumerate("新渡口试航")]
    assert "新渡口试航" in texts(words + column(40, 8))


@given(
    st.lists(
        st.builds(
            word,
            st.text("山水的。a1 -", min_size=1, max_size=6),
            st.floats(0, 500),
            st.floats(20, 700),
            st.sampled_from([8.0, 10.0, 10.5, 24.0]),
        ),
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_and_order_is_of_no_account(words: list[Word], chance: object) -> None:
    """Any words on a page: every character is in one part, whatever the order of drawing."""

    def told(given_words: list[Word]) -> list[str]:
        page = PageContent(width=600, height=800, words=tuple(given_words))
        body = body_size(page.words)
        found: list[str] = []
        for area in areas(page):
            laid = lay_out(area, page_lines(area, body), body or 10, lambda text: False)
            for part in laid.parts:
                heads = [*part.head.banners, *part.head.parts] if part.head else []
                found += [line.text for f in [*heads, *part.texts] for line in f.lines]
        return found

    straight = told(words)
    count = sorted("".join(straight).replace(" ", ""))
    assert count == sorted("".join(w.text for w in words).replace(" ", ""))
    mixed = list(words)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert sorted(told(mixed)) == sorted(straight)
