"""Typesets invented newspaper pages as PDF, with the truth about every story on them.

`page(plan)` draws one page; what is drawn is a list of pieces, so that a test can shuffle it.
"""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONTS = {
    "zh-Hans": ("STSong-Light", "STSong-Light"),
    "zh-Hant": ("MSung-Light", "MSung-Light"),
    "en": ("Times-Roman", "Times-Bold"),
}
for _name in ("STSong-Light", "MSung-Light"):
    pdfmetrics.registerFont(UnicodeCIDFont(_name))

FIRST = "。，、；：？！”’」』）》"
"""Characters that may not begin a line."""


@dataclass
class Told:
    """One story: what is to be printed and what a reader must find."""

    headline: str
    paragraphs: list[str]
    kicker: str = ""
    deck: str = ""
    byline: str = ""
    caption: str = ""
    columns: int = 1
    photo: str = ""  # "", "top", "inside"
    box: bool = False
    drop: bool = False  # drop cap


@dataclass
class Piece:
    """One drawing operation, with the area it takes."""

    draw: Callable[[Canvas], None]


@dataclass
class Style:
    """How a page is set."""

    language: str = "zh-Hans"
    width: float = 900
    height: float = 1200
    columns: int = 6
    gutter: float = 16
    body: float = 10
    leading: float = 14
    rules: bool = False
    margin: float = 40


@dataclass
class Set:
    """What is being set."""

    style: Style
    pieces: list[Piece] = field(default_factory=list)
    bottoms: list[float] = field(default_factory=list)  # of the columns set last

    @property
    def column(self) -> float:
        s = self.style
        return (s.width - 2 * s.margin - (s.columns - 1) * s.gutter) / s.columns

    def span(self, columns: int) -> float:
        return columns * self.column + (columns - 1) * self.style.gutter

    def left(self, column: int) -> float:
        return self.style.margin + column * (self.column + self.style.gutter)

    def text(
        self, x: float, y: float, text: str, size: float, bold: bool = False, width: float = 0
    ) -> None:
        """Draw a line whose top is at y; with a width it is justified."""
        font = FONTS[self.style.language][bold]
        if any(ord(c) < 256 for c in text) and self.style.language != "en" and text.isascii():
            font = ("Helvetica", "Helvetica-Bold")[bold]
        natural = pdfmetrics.stringWidth(text, font, size)
        word = character = 0.0
        if width > natural:
            if self.style.language == "en" and " " in text:
                word = (width - natural) / text.count(" ")
            elif self.style.language != "en" and len(text) > 1:
                character = (width - natural) / (len(text) - 1)

        def draw(canvas: Canvas) -> None:
            line = canvas.beginText(x, self.style.height - y - 0.8 * size)
            line.setFont(font, size)
            line.setWordSpace(word)
            line.setCharSpace(character)
            line.textOut(text)
            canvas.drawText(line)

        self.pieces.append(Piece(draw))

    def rect(self, x: float, y: float, width: float, height: float, tint: float | None) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.saveState()
            if tint is not None:
                canvas.setFillGray(tint)
            canvas.rect(
                x,
                self.style.height - y - height,
                width,
                height,
                stroke=1,
                fill=tint is not None,
            )
            canvas.restoreState()

        self.pieces.insert(0, Piece(draw))

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        def draw(canvas: Canvas) -> None:
            canvas.line(x0, self.style.height - y0, x1, self.style.height - y1)

        self.pieces.append(Piece(draw))

    def picture(self, x: float, y: float, width: float, height: float) -> None:
        def draw(canvas: Canvas) -> None:
            bottom = self.style.height - y - height
            canvas.drawImage(ImageReader(io.BytesIO(PIXEL)), x, bottom, width, height)

        self.pieces.append(Piece(draw))


def _pixel() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), (120, 130, 140)).save(out, "PNG")
    return out.getvalue()


PIXEL = _pixel()


def broken(text: str, style: Style, width: float, size: float, indent: float) -> list[str]:
    """Return a text as lines of a column; the first is indented."""
    font = FONTS[style.language][0]
    if style.language == "en":
        return _words(text, font, size, width, indent)
    lines, line, room = [], "", width - indent
    for character in text:
        wide = pdfmetrics.stringWidth(line + character, font, size)
        if line and wide > room + 0.01:
            carried = line[-1] if character in FIRST else ""
            lines.append(line.removesuffix(carried))
            line, room = carried, width
        line += character
    return [*lines, line]


def _words(text: str, font: str, size: float, width: float, indent: float) -> list[str]:
    lines, line, room = [], "", width - indent
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if line and pdfmetrics.stringWidth(longer, font, size) > room:
            lines.append(line)
            line, room = word, width
        else:
            line = longer
    return [*lines, line]


def heading_lines(text: str, style: Style, width: float, size: float) -> list[str]:
    """Return a heading broken to a width."""
    bold = FONTS[style.language][1]
    if style.language == "en":
        return _words(text, bold, size, width, 0)
    if pdfmetrics.stringWidth(text, bold, size) <= width:
        return [text]
    return broken(text, style, width, size, 0)


def story(page: Set, told: Told, column: int, top: float, size: float) -> float:
    """Set a story into columns from `column` on; returns the y of its lower edge."""
    style = page.style
    x, width = page.left(column), page.span(told.columns)
    if told.box:
        x, width = x + 8, width - 16
    y = top
    if told.kicker:
        page.text(x, y, told.kicker, max(style.body, 0.45 * size), bold=True)
        y += max(style.body, 0.45 * size) * 1.3
    for line in heading_lines(told.headline, style, width, size):
        page.text(x, y, line, size, bold=True)
        y += 1.12 * size
    if told.deck:
        for line in heading_lines(told.deck, style, width, 1.35 * style.body):
            page.text(x, y, line, 1.35 * style.body)
            y += 1.35 * style.body * 1.2
    y += 0.35 * style.body
    if told.byline:
        page.text(x, y, told.byline, 0.9 * style.body, bold=style.language == "en")
        y += 1.5 * style.body
    return _columns(page, told, x, width, y)


def _columns(page: Set, told: Told, x: float, width: float, top: float) -> float:
    style, count = page.style, told.columns
    room = (width - (count - 1) * style.gutter) / count
    lines = _body_lines(told, style, room)
    starts = [top] * count
    if told.photo == "top":
        high = 0.55 * width
        page.picture(x, top, width, high)
        page.text(x, top + high + 4, told.caption, 0.85 * style.body)
        starts = [top + high + 4 + 2.2 * style.body] * count
    elif told.photo == "inside" and count > 2:
        high = 0.5 * (2 * room)
        page.picture(x + room + style.gutter, top, 2 * room + style.gutter, high)
        page.text(x + room + style.gutter, top + high + 4, told.caption, 0.85 * style.body)
        for at in (1, 2):
            starts[at] = top + high + 4 + 2.2 * style.body
    bottom = _bottom(starts, len(lines), style.leading)
    at, low = 0, 0.0
    for number, start in enumerate(starts):
        left, y = x + number * (room + style.gutter), start
        while at < len(lines) and (y + style.leading <= bottom + 0.1 or number == count - 1):
            text, indent, full = lines[at]
            page.text(left + indent, y, text, style.body, width=room - indent if full else 0)
            y, at = y + style.leading, at + 1
        low = max(low, y)
        page.bottoms = [*page.bottoms[-count + 1 :], y] if count > 1 else [y]
        if style.rules and number and not told.photo:
            edge = left - style.gutter / 2
            page.rule(edge, top, edge, bottom)
    return low


def _bottom(starts: Sequence[float], lines: int, leading: float) -> float:
    bottom = min(starts)
    while sum(max(0, int((bottom - s) / leading + 0.001)) for s in starts) < lines:
        bottom += leading / 2
    return bottom


def _body_lines(told: Told, style: Style, room: float) -> list[tuple[str, float, bool]]:
    indent = style.body * (1 if style.language == "en" else 2)
    found = []
    for text in told.paragraphs:
        lines = broken(text, style, room, style.body, indent)
        for at, line in enumerate(lines):
            found.append((line, indent if at == 0 else 0.0, at < len(lines) - 1))
    return found


def pdf(pages: Sequence[Set], shuffle: random.Random | None = None, turn: int = 0) -> bytes:
    """Return pages as a PDF, drawn in order or in any other."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in pages:
        width, height = page.style.width, page.style.height
        canvas.setPageSize((width, height) if turn % 180 == 0 else (height, width))
        if turn:  # the content itself is turned, as some programs export a spread
            canvas.translate(*{90: (height, 0), 180: (width, height), 270: (0, width)}[turn])
            canvas.rotate(turn)
        pieces = list(page.pieces)
        if shuffle is not None:
            shuffle.shuffle(pieces)
        for piece in pieces:
            piece.draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
