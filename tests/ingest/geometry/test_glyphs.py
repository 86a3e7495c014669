"""Characters to words: what is asked for, where a word ends, and which words make a phrase."""

from collections.abc import Sequence

import pytest

from bridge.ingest.geometry.glyphs import Bounds, joined, runs
from bridge.ingest.geometry.shapes import Rect


class Print:
    """Sets characters side by side, 10 points high; counts how many boxes are asked for."""

    def __init__(self, text: str, wide: float = 5, gaps: dict[int, float] | None = None):
        self.text, self.asked = text, 0
        self.boxes: list[Bounds] = []
        x = 0.0
        for at in range(len(text)):
            x += (gaps or {}).get(at, 0.0)
            self.boxes.append((x, 0.0, x + wide, 10.0))
            x += wide

    def at(self, indexes: Sequence[int]) -> list[Bounds]:
        self.asked += len(indexes)
        return [self.boxes[index] for index in indexes]

    def words(self) -> list[str]:
        return [run.text for run in runs(self.text, self.at)]

    def phrases(self, *bars: Rect) -> list[str]:
        return [run.text for run in joined(runs(self.text, self.at), bars)]


def test_a_latin_word_is_measured_at_its_ends():
    page = Print("wonderful river")
    (first, second) = runs(page.text, page.at)
    assert (first.text, first.x0, first.x1, first.size) == ("wonderful", 0, 45, 10)
    assert (second.text, second.x0, second.last) == ("river", 50, 14)
    assert page.asked == 4


def test_marks_stay_with_their_word():
    assert Print("don’t (never) well-made").words() == ["don’t", "(never)", "well-made"]


def test_a_gap_inside_a_stretch_ends_the_word():
    assert Print("riverbank", gaps={5: 60.0}).words() == ["river", "bank"]
    assert Print("渡口试航", wide=10, gaps={2: 5.0}).words() == ["渡口", "试航"]


def test_letters_of_unlike_height_are_looked_at_one_by_one():
    page = Print("swashy")
    page.boxes[0] = (0.0, -1.0, 5.0, 10.0)
    assert page.words() == ["swashy"]
    assert page.asked > len(page.text)


def test_ligatures_are_spelled_and_silent_characters_dropped():
    assert Print("ﬁnd\u200bing", gaps={4: -5.0}).words() == ["finding"]
    assert Print("oﬃce oﬀ con\x02").words() == ["office", "off", "con-"]


def test_words_a_space_apart_are_one_phrase():
    page = Print("slow brown river", wide=4)
    assert page.phrases() == ["slow brown river"]
    (phrase,) = joined(runs(page.text, page.at), ())
    assert (phrase.x0, phrase.x1, phrase.last) == (0, 64, 15)


@pytest.mark.parametrize("gaps", [{5: 2.0}, {5: 30.0}])
def test_a_gap_that_may_part_columns_ends_the_phrase(gaps: dict[int, float]):
    assert Print("slow river", wide=4, gaps=gaps).phrases() == ["slow", "river"]


def test_the_wide_gaps_of_a_justified_line_are_alike():
    gaps = {5: 4.0, 11: 4.0, 17: 7.0}
    assert Print("slow brown rivers run", wide=4, gaps=gaps).phrases() == [
        "slow brown rivers",
        "run",
    ]


def test_a_rule_between_two_words_ends_the_phrase():
    assert Print("slow river", wide=4).phrases(Rect(17.5, 0, 18, 400)) == ["slow", "river"]


def test_words_of_another_weight_size_or_script_stay_apart():
    page = Print("slow river", wide=4)
    first, second = runs(page.text, page.at)
    second.bold = True
    assert len(joined([first, second], ())) == 2
    page.boxes[5:] = [(x0, 0.0, x1, 9.0) for x0, _, x1, _ in page.boxes[5:]]
    assert page.phrases() == ["slow", "river"]
    assert Print("渡口 试航", wide=3).phrases() == ["渡口", "试航"]


def test_letters_set_apart_stay_apart():
    assert Print("N E W S", wide=3).phrases() == ["N", "E", "W", "S"]
