"""Text as search sees it: one token for each Han character, one for each word of other scripts.

A phrase of such tokens finds a Chinese word of any length exactly where it stands, without a
dictionary. Text and query go through the same fold: full and half width (NFKC), case, accents,
traditional and variant characters (OpenCC's table of single characters), so that each spelling
finds the others.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

from opencc import OpenCC

_HAN = tuple(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))
"""The Han characters of the Basic Multilingual Plane."""

Phrase = tuple[str, ...]
"""Tokens that stand side by side."""

Span = tuple[int, int]
"""Where something stands in a text: from, to."""

LONGEST = 64
"""Characters of a token; a longer run of letters counts as several, side by side."""

_SINGLE = (
    "\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"  # those above: 々〇, kana; bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u109d\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
)
"""Scripts that are written without spaces: each character is a token."""

_MARKS = "".join(
    chr(code) for code in range(0x300, 0xE00) if unicodedata.category(chr(code))[0] == "M"
)
"""Signs inside words which `re` takes for no part of them: accents, vowels of Hindi."""

_WORD = rf"(?:[^\W_{_SINGLE}]|[{_MARKS}]){{1,{LONGEST}}}"  # `\W` is Unicode's
_TOKEN = re.compile(rf"[{_SINGLE}]|{_WORD}")
_RUN = re.compile(rf"[\u3400-\u9fff]+|[{_SINGLE}]|{_WORD}")
_ACCENT = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Return the tokens of a text, folded, with a space between each two.

    A token holds letters and digits only: no punctuation, white space or control character.
    """
    text = unicodedata.normalize("NFC", text)
    accented = _ACCENT.search(text)
    found = _spaced(_unified(text.casefold()))
    if accented or not unicodedata.is_normalized("NFKD", found):
        bare = _ACCENT.sub("", unicodedata.normalize("NFKD", found))
        found = _spaced(_unified(unicodedata.normalize("NFC", bare).casefold()))
    return found


def _spaced(text: str) -> str:
    """Return the tokens as they are written, with a space between each two."""
    # a run of Han characters is one match: a match for each would cost three times as much
    runs = _RUN.findall(text)
    return " ".join(" ".join(run) if "\u3400" <= run < "\ua000" else run for run in runs)


def phrase(text: str) -> Phrase:
    """Return the tokens of a text."""
    return tuple(fold(text).split())


def spans(text: str, phrases: Collection[Phrase]) -> tuple[Span, ...]:
    """Return where any of the phrases stands in a text, in order and apart from each other."""
    wanted = [phrase for phrase in phrases if phrase]
    placed = tuple(_placed(text))
    found: list[Span] = []
    for at, (_, start, _) in enumerate(placed):
        if found and start < found[-1][1]:
            continue
        length = max((len(one) for one in wanted if _stands(one, placed, at)), default=0)
        if length:
            found.append((start, placed[at + length - 1][2]))
    return tuple(found)


def _stands(phrase: Phrase, placed: Sequence[tuple[str, int, int]], at: int) -> bool:
    if placed[at][0] != phrase[0] or at + len(phrase) > len(placed):
        return False
    return all(placed[at + n][0] == token for n, token in enumerate(phrase))


def _placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each token with the place of what it was folded from."""
    for match in _TOKEN.finditer(text):
        for token in _folded(match[0]):
            yield token, match.start(), match.end()


@lru_cache(maxsize=8192)  # the same few thousand characters come again and again
def _folded(piece: str) -> Phrase:
    return phrase(piece)


def _unified(text: str) -> str:
    """Return the text with each variant character as the one that stands for it."""
    table, variant = _variants()
    return variant.sub(lambda match: table[match[0]], text)


@cache
def _variants() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return what each variant character is folded to, and a pattern of them all.

    All are of the Basic Multilingual Plane: `re` looks for such a set in a bitmap, and for one
    with a single character beyond in a list.
    """
    found = OpenCC("t2s").convert("\n".join(_HAN)).split("\n")
    table = {variant: one for variant, one in zip(_HAN, found, strict=True) if one != variant}
    return table, re.compile(f"[{''.join(table)}]")
