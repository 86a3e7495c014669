"""The shape that every language's table of rules has; the tables are data, the code is not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bridge.model import Kind, Role

HeaderField = Literal[
    "date",
    "month",
    "day",
    "weekday",
    "lunar",
    "number",
    "pages",
    "weather",
    "serial",
    "publisher",
    "price",
    "notice",
]
"""What a piece of a page's head can say; `notice` is anything else that is always furniture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one language's pages look like. Patterns meet text after width folding."""

    tag: str  # BCP 47
    spaced: bool  # words are parted by spaces
    header: tuple[tuple[HeaderField, re.Pattern[str]], ...]  # searched in lines of page heads
    title: re.Pattern[str]  # the name of a newspaper
    furniture: re.Pattern[str]  # matches a whole line that no article holds
    teaser: re.Pattern[str]  # title of a box that points to other pages
    teaser_line: re.Pattern[str]  # a line that ends by pointing to another page
    columns: tuple[tuple[re.Pattern[str], Kind, bool], ...]  # title, kind, groups stories?
    notice: re.Pattern[str]  # a headline that makes a notice
    advert: re.Pattern[str]  # the start of a run-in small ad
    jump_to: re.Pattern[str]  # group "label"
    jump_from: re.Pattern[str]  # group "label"
    tail: re.Pattern[str]  # a whole line that can only end a story
    signature: re.Pattern[str]  # a line that may sign a notice or letter
    roles: Mapping[str, Role]  # printed label -> role
    open_end: re.Pattern[str]  # the text cannot be over here
    bound_start: re.Pattern[str]  # a text cannot begin like this
    sentence_start: re.Pattern[str]  # a new sentence likes to begin like this
    words: frozenset[str]  # frequent two-character words, for cuts inside a word
    question: re.Pattern[str]  # prefix of a question in an interview
    answer: re.Pattern[str]
    speaker: re.Pattern[str]  # any speaker's name before a colon
    caption: re.Pattern[str]  # the start of a caption
