"""Invented newspaper pages as PDF: six or seven columns of justified text under headlines."""

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from bench.invented import Writer

WIDTH, HEIGHT, MARGIN, GUTTER = 1080.0, 1560.0, 40.0, 16.0
"""Points: a broadsheet page."""

SIZE, LEADING, HEAD = 9.0, 12.0, 24.0
"""Points of the body, its lines and the headlines."""

STORIES = ((2, 420.0), (3, 420.0), (3, 360.0), (2, 360.0), (4, 560.0))
"""Columns and height of the stories, each row from left to right; the last column is briefs."""

SYLLABLES = (
    "an ber col dor el fen gar hal in jor kel lan mor nel or pan ros sel tor un ver wen".split()
)


@dataclass(frozen=True, slots=True)
class Script:
    """How a page in one script is set."""

    font: str
    bold: str
    columns: int
    spaced: bool  # words are parted by spaces


ENGLISH = Script("Times-Roman", "Times-Bold", 6, True)
CHINESE = Script("STSong-Light", "STSong-Light", 6, False)


def english(date: dt.date) -> bytes:
    """Return a page of some 13,000 Latin letters."""
    random = Random(7)
    lengths = random.choices((1, 2, 3), (3, 2, 1), k=900)
    words = ["".join(random.sample(SYLLABLES, length)) for length in lengths]

    def prose() -> Iterator[str]:
        while True:
            sentence = [random.choice(words) for _ in range(random.randint(8, 22))]
            yield " ".join(sentence).capitalize() + "."

    return _page(ENGLISH, f"{date:%A, %B} {date.day}, {date.year}", "A1", prose())


def chinese(date: dt.date) -> bytes:
    """Return a page of some 9,000 Chinese characters."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE.font))
    writer = Writer(7)

    def prose() -> Iterator[str]:
        while True:
            yield writer.sentence()

    return _page(CHINESE, f"{date.year}年{date.month}月{date.day}日", "A1", prose())


def _page(script: Script, date: str, label: str, prose: Iterator[str]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    setter = _Setter(canvas, script, prose)
    setter.line(MARGIN, 50, date, 9)
    setter.line(WIDTH - MARGIN - 30, 50, label, 16)
    left, top = 0, 80.0
    for columns, height in STORIES:
        setter.story(left, top, columns, height)
        left += columns
        if left + columns > script.columns - 1:
            left, top = 0, top + height + 20
    for number in range(9):
        setter.story(script.columns - 1, 80 + number * 160, 1, 140)
    canvas.save()
    return out.getvalue()


@dataclass(slots=True)
class _Setter:
    """Draws lines from the top left of the page."""

    canvas: Canvas
    script: Script
    prose: Iterator[str]

    @property
    def column(self) -> float:
        count = self.script.columns
        return (WIDTH - 2 * MARGIN - (count - 1) * GUTTER) / count

    def line(self, x: float, y: float, text: str, size: float, width: float = 0.0) -> None:
        """Draw a line, justified to a width, in the bold font when it is a headline."""
        font = self.script.bold if size >= 16 else self.script.font
        room = width - pdfmetrics.stringWidth(text, font, size)
        drawn = self.canvas.beginText(x, HEIGHT - y - 0.8 * size)
        drawn.setFont(font, size)
        if width and room > 0:
            gaps = text.count(" ") if self.script.spaced else len(text) - 1
            set_gap = drawn.setWordSpace if self.script.spaced else drawn.setCharSpace
            set_gap(room / max(gaps, 1))
        drawn.textOut(text)
        self.canvas.drawText(drawn)

    def story(self, left: int, top: float, columns: int, height: float) -> None:
        """Set a headline over so many columns of text, all of one height."""
        x = MARGIN + left * (self.column + GUTTER)
        size = HEAD if columns > 1 else 16.0
        wide = columns * self.column + (columns - 1) * GUTTER
        self.line(x, top, self._fitted(next(self.prose), size, wide), size)
        rows = int((height - size - 10) / LEADING)
        lines = self._lines()
        for number in range(columns * rows):
            at, row = divmod(number, rows)
            text, indent, last = next(lines)
            where = x + at * (self.column + GUTTER) + indent
            width = 0.0 if last else self.column - indent
            self.line(where, top + size + 10 + row * LEADING, text, SIZE, width)

    def _fitted(self, text: str, size: float, width: float) -> str:
        text = text.rstrip(".。")
        while pdfmetrics.stringWidth(text, self.script.bold, size) > width:
            text = text[:-1]
        return text.rpartition(" ")[0] or text

    def _lines(self) -> Iterator[tuple[str, float, bool]]:
        """Yield the lines of a story: text, indent, and whether a paragraph ends there."""
        indent = 1.5 * SIZE if self.script.spaced else 2 * SIZE
        while True:
            said = " ".join(next(self.prose) for _ in range(3))
            pieces = said.split(" ") if self.script.spaced else list(said.replace(" ", ""))
            gap, line, own = " " if self.script.spaced else "", "", indent
            for piece in pieces:
                longer = f"{line}{gap}{piece}" if line else piece
                if pdfmetrics.stringWidth(longer, self.script.font, SIZE) > self.column - own:
                    yield line, own, False
                    line, own = piece, 0.0
                else:
                    line = longer
            yield line, own, True
