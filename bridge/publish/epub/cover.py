"""The cover where there is no image of the front page: the masthead, as a drawing (SVG)."""

from collections.abc import Sequence
from html import escape
from unicodedata import east_asian_width

from bridge.model import Issue, Newspaper, StoredArticle
from bridge.publish.site.press import Press
from bridge.publish.text import line

WIDTH, HEIGHT = 1200, 1600
MARGIN = 90
HEADLINES = 5
"""Headlines below the masthead."""

_FONT = (
    "'Source Han Serif SC', 'Noto Serif CJK SC', 'Songti SC', SimSun, Georgia, "
    "'Times New Roman', serif"
)
_INK, _QUIET, _ACCENT, _PAPER = "#1c1a17", "#6b6459", "#9b2c1d", "#fbf8f2"


def drawing(
    press: Press, paper: Newspaper, issue: Issue, articles: Sequence[StoredArticle]
) -> bytes:
    """Return the cover: title, date, issue and what the front page leads with."""
    title, latin = line(paper.title), line(paper.title_latin or "")
    size = min(230.0, (WIDTH - 2 * MARGIN) / max(1.0, _ems(title)))
    below = (press.say.day(issue.date), *_number(press, issue))
    texts = [_centred(title, 330, size, _INK, 'font-weight="900"')]
    if latin:
        texts.append(_centred(latin, 420, 38, _QUIET, 'letter-spacing="12"'))
    texts.append(_centred("　".join(below), 520, 40, _QUIET))
    for number, stored in enumerate(articles[:HEADLINES]):
        colour = _ACCENT if number == 0 else _INK
        text = _cut(press.headline(stored), (WIDTH - 2 * MARGIN) / 52)
        texts.append(_centred(text, 740 + 130 * number, 52, colour))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="{_FONT}" text-anchor="middle">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>\n'
        f'<path d="M{MARGIN} 570H{WIDTH - MARGIN}M{MARGIN} 580H{WIDTH - MARGIN}" '
        f'stroke="{_INK}" stroke-width="3"/>\n' + "\n".join(texts) + "\n</svg>\n"
    ).encode("utf-8", "replace")


def _number(press: Press, issue: Issue) -> tuple[str, ...]:
    return (press.say("edition.number", number=line(issue.number)),) if issue.number else ()


def _centred(text: str, y: int, size: float, colour: str, more: str = "") -> str:
    attributes = f'x="{WIDTH // 2}" y="{y}" font-size="{size:.0f}" fill="{colour}" {more}'
    return f"<text {attributes.rstrip()}>{escape(text)}</text>"


def _ems(text: str) -> float:
    """Return about how wide a text is, in widths of one Chinese character."""
    return sum(1.0 if east_asian_width(char) in "WF" else 0.6 for char in text)


def _cut(text: str, ems: float) -> str:
    """Return as much of a text as fits."""
    if _ems(text) <= ems:
        return text
    while text and _ems(text) > ems - 1:
        text = text[:-1]
    return f"{text}…"
