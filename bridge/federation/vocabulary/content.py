"""The text of a post: a section's template filled with an article's parts, as HTML."""

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from bridge.federation.vocabulary.terms import link, text
from bridge.model import Section, StoredArticle, template

MOST_TAGS = 5
LONGEST_HEADING = 150

_NOT_IN_TAGS = re.compile(r"[^\w]+")


def content(
    entry: StoredArticle,
    section: Section,
    page: str,
    tag_url: str,
    *,
    byline: str = "",
    pattern: str | None = None,
) -> str:
    """Return an article as the text of a post; `pattern` stands for the section's template.

    `byline` is plain text; headline and all else is escaped exactly once (security no. 66).
    """
    article = entry.article
    values = {
        "kicker": text(article.kicker or ""),
        "headline": text(article.headline),
        "deck": "<br>".join(map(text, article.deck)),
        "standfirst": _flowing(entry.summary),
        "byline": text(byline),
        "link": link(page, page),
        "hashtags": hashtag_links(hashtags(entry, section), tag_url),
    }
    filled = _parsed(pattern or section.template).filled(values)
    return "".join(f"<p>{'<br>'.join(map(_line, part))}</p>" for part in filled)


def heading(entry: StoredArticle) -> str:
    """Return what an article is called; a photo without a headline by its first words."""
    captions = (photo.caption for photo in entry.article.photos)
    names = (entry.article.headline, entry.article.kicker or "", entry.summary, *captions)
    called = next((name.strip() for name in names if name.strip()), entry.key)
    return called if len(called) <= LONGEST_HEADING else f"{called[:LONGEST_HEADING]}…"


def hashtags(entry: StoredArticle, section: Section) -> tuple[str, ...]:
    """Return the hashtags of an article without `#`: its section's, then its keywords."""
    words = entry.article.keywords if section.keyword_tags else ()
    return _tags((*_of_section(section), *words))


def section_hashtags(section: Section) -> tuple[str, ...]:
    """Return the hashtags of everything in a section."""
    return _tags(_of_section(section))


def hashtag_links(tags: Sequence[str], tag_url: str) -> str:
    """Return hashtags as links to `tag_url`.

    Class and rel keep Mastodon from taking one for the link of the preview card.
    """
    href = html.escape(tag_url)
    return " ".join(
        f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{text(tag)}</span></a>'
        for tag in tags
    )


@lru_cache
def _parsed(pattern: str) -> template.Template:
    return template.parse(pattern)


def _line(tokens: template.Line) -> str:
    pieces, bold = [], False
    for token in tokens:
        if token.kind == "bold":
            bold = not bold
            pieces.append("<strong>" if bold else "</strong>")
        else:
            pieces.append(token.value if token.kind == "place" else text(token.value))
    return "".join(pieces)


def _flowing(plain: str) -> str:
    """Return text of several paragraphs as one with line breaks."""
    lines = (line.strip() for line in plain.replace("\r\n", "\n").split("\n"))
    return "<br>".join(text(line) for line in lines if line)


def _of_section(section: Section) -> tuple[str, ...]:
    return (section.title,) if section.hashtags is None else section.hashtags


def _tags(candidates: Sequence[str]) -> tuple[str, ...]:
    tags: dict[str, str] = {}
    for words in candidates:
        tag = _hashtag(words)
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())[:MOST_TAGS]


def _hashtag(words: str) -> str | None:
    """Return words as one hashtag, `Local news` as `LocalNews`; None when nothing is left."""
    parts = [part for part in _NOT_IN_TAGS.split(words) if part]
    if len(parts) > 1:
        parts = [part[0].upper() + part[1:] for part in parts]
    tag = "".join(parts)
    return tag if tag and not tag.isdecimal() else None
