"""Characters to words: what is asked for, and where a word ends."""

from bridge.ingest.geometry.glyphs import Bounds, runs


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

    def at(self, index: int) -> Bounds:
        self.asked += 1
        return self.boxes[index]

    def words(self) -> list[str]:
        return [run.text for run in runs(list(map(ord, self.text)), self.at)]


def test_a_latin_word_is_measured_at_its_ends():
    page = Print("wonderful river")
    (first, second) = runs(list(map(ord, page.text)), page.at)
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
