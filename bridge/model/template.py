"""The template of a post: a few lines of text with places for an article's parts.

`**…**` is bold, an empty line parts paragraphs, `{{` and `}}` are braces. A line whose places
are all empty is left out, so that a kicker few articles have leaves no gap. There is nothing
else in it: no attributes, no conditions, no code.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PLACES = ("kicker", "headline", "deck", "standfirst", "byline", "link", "hashtags")
"""What a template may name, in the order of print."""

TELLING = frozenset({"headline", "standfirst", "link"})
"""A post says something only with one of these."""

LONGEST = 1_000
"""Characters of a template."""

DEFAULT = "**{headline}**\n\n{standfirst}\n\n{link}\n\n{hashtags}"

_TOKEN = re.compile(r"(\{\{|\}\}|\{[^{}\n]*\}|\*\*|[{}])")

Kind = Literal["text", "place", "bold"]


@dataclass(frozen=True, slots=True)
class Token:
    """A run of text, a place, or the mark that begins and ends bold."""

    kind: Kind
    value: str


Line = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A template taken apart: paragraphs of lines of tokens."""

    paragraphs: tuple[tuple[Line, ...], ...]

    def places(self) -> frozenset[str]:
        """Return the places it names."""
        tokens = (token for part in self.paragraphs for line in part for token in line)
        return frozenset(token.value for token in tokens if token.kind == "place")

    def filled(self, values: Mapping[str, str]) -> tuple[tuple[Line, ...], ...]:
        """Return the lines that have something to say, by paragraphs, `values` in place."""
        found = []
        for part in self.paragraphs:
            lines = tuple(_fill(line, values) for line in part if _speaks(line, values))
            if lines:
                found.append(lines)
        return tuple(found)


def parse(text: str) -> Template:
    """Take a template apart; ValueError says what is wrong with it."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    if any(ord(character) < 32 and character != "\n" for character in text):
        raise ValueError("has a control character in it")
    paragraphs = re.split(r"\n[ ]*\n\s*", text.strip())
    template = Template(
        tuple(tuple(map(_line, part.split("\n"))) for part in paragraphs if part.strip())
    )
    if not template.places() & TELLING:
        raise ValueError("names neither {headline} nor {standfirst} nor {link}")
    return template


def _line(text: str) -> Line:
    tokens = tuple(map(_token, filter(None, _TOKEN.split(text.strip()))))
    if sum(token.kind == "bold" for token in tokens) % 2:
        raise ValueError(f"has a ** without its other one in {text.strip()[:40]!r}")
    return tokens


def _token(part: str) -> Token:
    if part == "**":
        return Token("bold", part)
    if part in ("{{", "}}"):
        return Token("text", part[0])
    if part in ("{", "}"):
        raise ValueError(f'has a single "{part}"; write it twice for the brace itself')
    if part.startswith("{"):
        name = part[1:-1]
        if name not in PLACES:
            raise ValueError(f"names {part}, which is none of {', '.join(PLACES)}")
        return Token("place", name)
    return Token("text", part)


def _speaks(line: Line, values: Mapping[str, str]) -> bool:
    places = [token.value for token in line if token.kind == "place"]
    return not places or any(values.get(place) for place in places)


def _fill(line: Line, values: Mapping[str, str]) -> Line:
    return tuple(
        Token("place", values.get(token.value, "")) if token.kind == "place" else token
        for token in line
    )
