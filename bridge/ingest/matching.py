"""Which article is which: similarity of texts and the best assignment of two sets.

Works on tokens (a Han character, a kana, a hangul syllable, or a word of any other script), so
that no rule of any language is needed. Pure; nothing here depends on the order of its input.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

Shingles = frozenset[tuple[str, str]]
"""The pairs of neighbouring tokens of a text."""

BOILERPLATE = 16
"""A pair of tokens that more stored articles than this share says nothing; this also bounds
the work on an edition made of look-alikes."""

LARGEST = 150
"""Articles that may all be one another, up to which the best assignment is sought; among more
look-alikes (a page of notices) the best pair is taken again and again."""

_IDEOGRAPHS = (
    "\u3041-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+")
_SPACE = re.compile(f"\\s+(?=[{_IDEOGRAPHS}])|(?<=[{_IDEOGRAPHS}])\\s+")
_DASHES = re.compile("[-‐‑‒–—―─−]+")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»「」『』〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        "•": "·",
        "・": "·",
    }
)


def fold(text: str) -> str:
    """Return the text without what is only typography.

    Widths of letters, shapes of quotation marks, dashes and dots, and white space where it
    parts no words are levelled; letter case and every other sign are kept.
    """
    level = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    return _SPACE.sub("", " ".join(_DASHES.sub("-", level).split()))


def tokens(text: str) -> tuple[str, ...]:
    """Return the text's tokens, without regard to case and punctuation."""
    return tuple(_TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()))


def shingles(words: Sequence[str]) -> Shingles:
    """Return the pairs of neighbours; a text of one token pairs it with nothing."""
    return frozenset(pairwise(words)) if len(words) != 1 else frozenset({(words[0], "")})


def telling(
    found: Sequence[Shingles], stored: Sequence[Shingles]
) -> tuple[list[Shingles], list[Shingles]]:
    """Return both without boilerplate: what more than a few stored texts share."""
    held = Counter(shingle for text in stored for shingle in text)
    common = {shingle for shingle, number in held.items() if number > BOILERPLATE}
    return [text - common for text in found], [text - common for text in stored]


def shared(found: Sequence[Shingles], stored: Sequence[Shingles]) -> Counter[tuple[int, int]]:
    """Count what each (found, stored) pair of indexes has in common; other pairs are absent."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, held in enumerate(stored):
        for shingle in held:
            holders[shingle].append(index)
    return Counter(
        (index, other)
        for index, held in enumerate(found)
        for shingle in held
        for other in holders.get(shingle, ())
    )


def assign(scores: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Pair rows with columns, one to one, so that the scores (> 0) add up to the most.

    A pair without a score is never made. Ties go to the smaller indexes.
    """
    pairs: dict[int, int] = {}
    for part in _components(scores):
        rows, columns = {row for row, _ in part}, {column for _, column in part}
        if len(part) == 1:
            pairs.update(list(part))
        elif max(len(rows), len(columns)) > LARGEST:
            pairs.update(_greedy(part))
        else:
            pairs.update(_optimal(part, sorted(rows), sorted(columns)))
    return pairs


def _components(scores: Mapping[tuple[int, int], int]) -> list[dict[tuple[int, int], int]]:
    """Split the scores into sets that share no row and no column."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for row, column in scores:
        root[find(("row", row))] = find(("column", column))
    parts: dict[tuple[str, int], dict[tuple[int, int], int]] = defaultdict(dict)
    for pair in sorted(scores):
        parts[find(("row", pair[0]))][pair] = scores[pair]
    return list(parts.values())


def _greedy(scores: Mapping[tuple[int, int], int]) -> dict[int, int]:
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for row, column in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return pairs


def _optimal(
    scores: Mapping[tuple[int, int], int], rows: Sequence[int], columns: Sequence[int]
) -> dict[int, int]:
    """Solve the assignment problem by shortest augmenting paths (Kuhn, Munkres).

    Each row also has a column of its own that costs nothing: to stay alone.
    """
    width = len(columns) + len(rows)
    cost = [
        [-scores.get((row, column), 0) for column in columns] + [0] * len(rows) for row in rows
    ]
    row_of = [-1] * width  # column → the row it is given to
    lift = [0] * len(rows)  # the dual prices of rows and columns
    fall = [0] * width
    for start in range(len(rows)):
        _augment(start, cost, row_of, lift, fall)
    return {
        rows[row]: columns[column]
        for column, row in enumerate(row_of[: len(columns)])
        if row >= 0 and (rows[row], columns[column]) in scores
    }


def _augment(
    start: int, cost: list[list[int]], row_of: list[int], lift: list[int], fall: list[int]
) -> None:
    """Give one more row a column by the cheapest chain of exchanges, and update the prices."""
    width = len(row_of)
    best = [1 << 60] * width  # cheapest way known into each column
    came = [-1] * width  # the column it comes from
    done: set[int] = set()
    row, last, price = start, -1, 0
    while True:
        for column in range(width):
            if column not in done:
                way = price + cost[row][column] - lift[row] - fall[column]
                if way < best[column]:
                    best[column], came[column] = way, last
        last = min((c for c in range(width) if c not in done), key=lambda c: (best[c], c))
        price = best[last]
        done.add(last)
        if row_of[last] < 0:
            break
        row = row_of[last]
    lift[start] += price
    for column in done - {last}:
        lift[row_of[column]] += price - best[column]
        fall[column] -= price - best[column]
    while last >= 0:
        row_of[last] = start if came[last] < 0 else row_of[came[last]]
        last = came[last]
