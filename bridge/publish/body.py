"""An article's text as HTML, the same for feeds and pages; everything is escaped exactly once.

Only these elements are written: p, the subheads' own, ul, li, table, tbody, tr, td, pre,
figure, figcaption, img, strong, small. Pictures are our own files under `media/` and nothing
else, so that no reader's program asks a third party for anything (security nos. 61, 65, 66).
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import get_args
from unicodedata import east_asian_width

from bridge.model import Article, BodyKind, Credit, Paragraph, Photo, addresses
from bridge.publish.text import clean, line
from bridge.publish.words import Words
from bridge.publish.words import words as catalogue

IMAGE_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
"""What pictures may be, by file ending."""

_MEDIA = re.compile(rf"media/[0-9a-f]{{64}}\.({'|'.join(IMAGE_TYPES)})")
_CELLS = re.compile(r"\t| \| ")


def byline(article: Article, words: Words) -> str:
    """Return who made the article, in the order printed, or the agency when nobody is named."""
    if not article.byline:
        return line(article.agency or "")
    groups = groupby(article.byline, key=lambda person: person.role)
    return words("names.apart").join(
        words(f"role.{role}", names=words.names([_name(p.name, p.org, words) for p in people]))
        for role, people in groups
    )


def authors(article: Article) -> tuple[str, ...]:
    """Return the people of the byline, each once, or the agency when nobody is named."""
    names = [person.name for person in article.byline] or [article.agency or ""]
    return tuple(dict.fromkeys(name for name in map(line, names) if name))


def credit(credits: Sequence[Credit], words: Words) -> str:
    """Return who made or supplied a picture, as one phrase."""
    return words("names.apart").join(
        words(f"credit.{role}", names=words.names([_name(c.name, c.org, words) for c in given]))
        for role, given in groupby(credits, key=lambda one: one.role)
    )


def own_image(photo: Photo) -> str | None:
    """Return the path of the picture below the site, None when we hold no file of it."""
    return photo.image if photo.image and _MEDIA.fullmatch(photo.image) else None


def figures(article: Article, words: Words, base: str, *, xml: bool = False) -> str:
    """Return the pictures with caption and credit; without a file, the words alone.

    `base` is put before the path of a picture: the site's URL in feeds, its path on pages.
    With `xml` every element is closed; all else is well-formed XML anyway.
    """
    end = "/>" if xml else ">"
    return "".join(_figure(photo, words, base, end) for photo in article.photos)


def paragraphs(article: Article, words: Words, heading: str) -> str:
    """Return the body, its lead-in put back, and the note where the printed page stops.

    `heading` is the element for subheads, e.g. `h3`.
    """
    pieces = [
        WRITERS[kind](_with_lead_in(article, number, list(group)), heading)
        for number, (kind, group) in enumerate(groupby(article.body, key=lambda p: p.kind))
    ]
    if article.truncated != "no":
        note = words(f"article.truncated_{article.truncated}")
        pieces.append(f'<p class="truncated"><small>{escape(note)}</small></p>')
    return "".join(pieces)


def entry(article: Article, language: str, base: str, printed: str) -> str:
    """Return the whole article for a feed; `printed` says where it stood in print."""
    words = catalogue(language)
    above = [text for text in (article.kicker, *article.deck) if text]
    people = byline(article, words)
    return "".join(
        (
            *(f"<p><strong>{_text(text)}</strong></p>" for text in above),
            f"<p><small>{_text(people)}</small></p>" if people else "",
            figures(article, words, base),
            paragraphs(article, words, "h3"),
            f"<p><small>{_text(printed)}</small></p>",
        )
    )


def _text(text: str) -> str:
    return escape(clean(text))


def _name(name: str, org: str | None, words: Words) -> str:
    return words("names.with_org", name=line(name), org=line(org)) if org else line(name)


def _figure(photo: Photo, words: Words, base: str, end: str) -> str:
    path = own_image(photo)
    made = credit(photo.credits, words)
    caption = _text(photo.caption) + (f" <small>{_text(made)}</small>" if made else "")
    if path is None:
        label = _text(words("article.picture"))
        return f'<p class="caption"><small>[{label}] {caption}</small></p>' if caption else ""
    source, alt = escape(addresses.url(base, path)), _text(photo.alt or photo.caption)
    image = f'<img src="{source}" alt="{alt}"{end}'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _with_lead_in(article: Article, number: int, group: list[Paragraph]) -> list[str]:
    texts = [paragraph.text for paragraph in group]
    if number == 0 and article.lead_in and texts:
        texts[0] = _joined(article.lead_in, texts[0])
    return texts


def _joined(one: str, other: str) -> str:
    """Join two runs of text with a space, unless either side is full width."""
    wide = any(east_asian_width(char) in "WF" for char in (one[-1:] + other[:1]))
    return f"{one}{other}" if wide else f"{one} {other}"


def _plain(texts: Iterable[str], _heading: str) -> str:
    return "".join(f"<p>{_text(text)}</p>" for text in texts)


def _subheads(texts: Iterable[str], heading: str) -> str:
    return "".join(f"<{heading}>{_text(text)}</{heading}>" for text in texts)


def _items(texts: Iterable[str], _heading: str) -> str:
    return "<ul>" + "".join(f"<li>{_text(text)}</li>" for text in texts) + "</ul>"


def _questions(texts: Iterable[str], _heading: str) -> str:
    return "".join(f'<p class="question"><strong>{_text(t)}</strong></p>' for t in texts)


def _tables(texts: Iterable[str], _heading: str) -> str:
    return "".join(map(_table, texts))


def _table(text: str) -> str:
    """Return rows and cells where lines hold tabs or bars; else the text as it was set."""
    rows = [_CELLS.split(row.strip("|\n ")) for row in text.strip("\n").split("\n")]
    if all(len(row) == 1 for row in rows):
        return f"<pre>{_text(text)}</pre>"
    cells = ("".join(f"<td>{_text(cell.strip())}</td>" for cell in row) for row in rows)
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


WRITERS = {
    "paragraph": _plain,
    "subhead": _subheads,
    "item": _items,
    "question": _questions,
    "answer": _plain,
    "table": _tables,
}
"""How each kind of body text is written: texts of one run and the subheads' element in."""

if set(WRITERS) != set(get_args(BodyKind)):
    raise TypeError("every kind of body text needs its writer")
