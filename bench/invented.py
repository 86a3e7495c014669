"""Text in invented words: Chinese that looks like a newspaper to a program."""

import datetime as dt
from random import Random

CHARACTERS = (
    "山水风云春秋江河湖海城乡街巷桥路船港田园林木花草鱼鸟星月日光火石金银铜铁"
    "东西南北上下左右前后里外新老大小高低长短远近快慢轻重明暗冷暖清浅深厚"
    "工农商学兵医师生友邻家门窗灯书画笔墨纸砚琴棋茶酒米面盐糖布衣鞋帽"
    "走跑坐立看听说写读问答开关买卖来去进出升降起落收放修建种养采运送"
)
SURNAMES = "苏罗陶顾钟白江沈林葛岳郝石于方田"
PEOPLE = "山望苇听以榆禾芦木存青远坚海生方"
WORDS = 600


class Writer:
    """Writes the same text for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._words = ["".join(self._random.sample(CHARACTERS, 2)) for _ in range(WORDS)]

    def words(self, count: int) -> str:
        """Return so many words run together; the first of the list come most often."""
        drawn = (int(WORDS * self._random.random() ** 2) for _ in range(count))
        return "".join(self._words[number] for number in drawn)

    def sentence(self) -> str:
        """Return one sentence of two or three clauses."""
        clauses = (
            self.words(self._random.randint(3, 8)) for _ in range(self._random.choice((2, 3)))
        )
        return "，".join(clauses) + "。"

    def paragraph(self, least: int) -> str:
        """Return a paragraph of at least so many characters."""
        text = ""
        while len(text) < least:
            text += self.sentence()
        return text

    def body(self, size: int) -> list[str]:
        """Return paragraphs of about `size` characters in all."""
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < size:
            paragraphs.append(self.paragraph(self._random.randint(90, 220)))
        return paragraphs

    def headline(self) -> str:
        """Return a headline of eight to sixteen characters."""
        return self.words(self._random.randint(4, 8))

    def person(self) -> str:
        """Return a reporter's name."""
        return self._random.choice(SURNAMES) + "".join(self._random.sample(PEOPLE, 2))

    def page(self, date: dt.date, label: str, stories: int, size: int = 600) -> str:
        """Return a page as a text dump prints it, every fourth paragraph broken in two."""
        pieces = [
            f"{label}·版面\n{date.year}年{date.month}月{date.day}日",
            f"责编/{self.person()}",
        ]
        for _ in range(stories):
            pieces += self._story(size)
        return "\n\n".join(pieces) + "\n"

    def _story(self, size: int) -> list[str]:
        first, *rest = self.body(size)
        pieces = [self.headline(), f"本报讯(记者/{self.person()}) {first}"]
        for number, paragraph in enumerate(rest):
            if number % 4 == 3:
                middle = paragraph.index("，") - 1
                pieces += [paragraph[:middle], paragraph[middle:]]
            else:
                pieces.append(paragraph)
        return pieces
