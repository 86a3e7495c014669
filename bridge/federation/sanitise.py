"""Text of strangers made fit to be shown: an allow-list of elements and nothing that loads.

Security nos. 35, 61 and 65. Nothing of it is executed, framed or fetched; links say to search
engines that they are not ours.
"""

import html
import re

import nh3

TAGS = {"p", "br", "a", "em", "strong", "b", "i", "u", "del", "blockquote", "code", "pre"} | {
    "ul",
    "ol",
    "li",
}
LONGEST_SOURCE = 100_000
"""Characters of markup; a longer text is not even read."""
LONGEST = 10_000
"""Characters of text."""

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br ?/?>|</p>|</li>")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def fragment(markup: str) -> str:
    """Return HTML as it may be shown; empty when it says nothing or far too much."""
    if len(markup) > LONGEST_SOURCE:
        return ""
    clean = nh3.clean(
        _UNPRINTABLE.sub("", markup),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="nofollow ugc noopener noreferrer",
        strip_comments=True,
    )
    said = plain(clean)
    return clean if said and len(said) <= LONGEST else ""


def plain(markup: str) -> str:
    """Return the text of HTML, lines kept; what it says, for a terminal or a mail."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))
    lines = (" ".join(line.split()) for line in _UNPRINTABLE.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line)


def line(text: object, most: int) -> str:
    """Return a text on one line, cut; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:most]
