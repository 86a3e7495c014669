"""Decide what a reading changes: found × stored → new, revised, moved, missing (design §4).

An article is found again by its words, then by source id, headline, likeness of text and, last
of all, its place. What counts as content is in `PARTS`; a change of anything else (page, order,
section, kind, photo file, typography) is stored, but is no correction.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bridge.ingest.matching import (
    LARGEST,
    Shingles,
    assign,
    fold,
    shared,
    shingles,
    telling,
    tokens,
)
from bridge.model import Article, StoredArticle
from bridge.model.order import position

PARTS: dict[str, Callable[[Article], Iterable[str | None]]] = {
    "headline": lambda a: (a.headline,),
    "kicker": lambda a: (a.kicker,),
    "banner": lambda a: a.banner,
    "deck": lambda a: a.deck,
    "byline": lambda a: (word for b in a.byline for word in (b.name, b.role, b.org)),
    "agency": lambda a: (a.agency,),
    "dateline": lambda a: (a.dateline.place, str(a.dateline.date or "")),
    "body": lambda a: (a.lead_in, *(paragraph.text for paragraph in a.body)),
    "photos": lambda a: (
        w for p in a.photos for w in (p.caption, *(c.name for c in p.credits))
    ),
}
"""What readers read: the parts whose change is a correction. Where paragraphs part is not."""

ALIKE = 0.3
"""Share of token pairs in common from which two texts are one article rewritten."""

PART_OF = 0.8
"""Share of the shorter text that stands in the longer one: cut, continued, split or merged."""

SAME_BY_ID = 10_000
"""Weight of an equal source id, as much as an equal text: an id may belong to a page's slot."""

TELLING = 5
"""Tokens from which a headline alone names an article; `简讯` or `Correction` do not."""

CROWD = 32
"""Equal headlines up to which every pair of them is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A stored article and the article found now that it is; `note` names the parts changed."""

    stored: StoredArticle
    article: Article
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What to write. Every article found stands in exactly one of the first five."""

    new: tuple[Article, ...]
    revised: tuple[Match, ...]  # other words: a correction
    moved: tuple[Match, ...]  # the same words, elsewhere or set differently
    unchanged: tuple[StoredArticle, ...]
    withheld: tuple[Match, ...]  # is a withdrawn article: never comes back by itself
    restored: tuple[str, ...]  # keys that were suspected; they may also be revised or moved
    missing: tuple[StoredArticle, ...]  # live, yet no longer on their page: suspected

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return any((self.new, self.revised, self.moved, self.restored, self.missing))


def compare(
    found: Sequence[Article], stored: Sequence[StoredArticle], covered: frozenset[str]
) -> Changes:
    """Match the articles of one reading with those stored for the same paper and date.

    `covered` are the labels of the pages the reading holds whole: only their stories can be
    missing. Found again can be these, what stands on any page the found ones name (another
    document may have given it), suspected ones, and equal source ids.
    """
    found = sorted(found, key=lambda a: (position(a.pages, a.order), repr(a)))
    stored = sorted(stored, key=lambda s: s.key)
    ids = {article.source.id for article in found if article.source.id}
    seen = covered.union(*(article.pages for article in found))
    present = [s for s in stored if s.state != "withdrawn" and _in_view(s, seen, ids)]
    matches, rest = _matched(found, present)
    withheld, new = _matched(rest, [s for s in stored if s.state == "withdrawn"])
    known = {match.stored.key for match in matches}
    missing = tuple(
        s
        for s in present
        if s.state == "live" and s.key not in known and _judged(s.article, covered)
    )
    return _sorted_out(matches, covered, tuple(new), tuple(withheld), missing)


def words(article: Article) -> tuple[str, ...]:
    """Return what readers read, part by part, without what is only typography."""
    return tuple(
        fold(" ".join(piece for piece in pieces(article) if piece)) for pieces in PARTS.values()
    )


def corrected(before: Article, after: Article) -> str:
    """Name the parts whose words differ, e.g. `headline, body`; empty when none does."""
    pairs = zip(PARTS, words(before), words(after), strict=True)
    return ", ".join(name for name, old, new in pairs if old != new)


def _in_view(stored: StoredArticle, seen: frozenset[str], ids: set[str]) -> bool:
    article = stored.article
    return (
        stored.state == "suspected"
        or not article.pages
        or not seen.isdisjoint(article.pages)
        or article.source.id in ids
    )


def _judged(article: Article, covered: frozenset[str]) -> bool:
    """Tell whether the reading held the article's place whole; a pageless one has no place."""
    return bool(article.pages) and covered.issuperset(article.pages)


def _sorted_out(
    matches: Sequence[Match],
    covered: frozenset[str],
    new: tuple[Article, ...],
    withheld: tuple[Match, ...],
    missing: tuple[StoredArticle, ...],
) -> Changes:
    revised, moved, unchanged = [], [], []
    for match in matches:
        before, after = match.stored.article, match.article
        if before == after or _only_a_part(before, after, covered):
            unchanged.append(match.stored)
        elif note := corrected(before, after):
            revised.append(Match(stored=match.stored, article=after, note=note))
        else:
            moved.append(match)
    suspected = (match.stored for match in matches if match.stored.state == "suspected")
    return Changes(
        new=new,
        revised=tuple(revised),
        moved=tuple(moved),
        unchanged=tuple(unchanged),
        withheld=withheld,
        restored=tuple(sorted(stored.key for stored in suspected)),
        missing=missing,
    )


def _only_a_part(before: Article, after: Article, covered: frozenset[str]) -> bool:
    """A story over two pages of which one was read alone must not be cut to that page."""
    return set(after.pages) < set(before.pages) and not covered.issuperset(before.pages)


def _matched(
    found: Sequence[Article], stored: Sequence[StoredArticle]
) -> tuple[list[Match], list[Article]]:
    """Return the matches, and what of the found is none of the stored."""
    pairs = _pairs(found, [s.article for s in stored])
    matches = [Match(stored=stored[s], article=found[f]) for f, s in sorted(pairs.items())]
    return matches, [article for index, article in enumerate(found) if index not in pairs]


def _pairs(found: Sequence[Article], stored: Sequence[Article]) -> dict[int, int]:
    """Pair indexes of found and stored articles: equal words first, then by likeness."""
    if not found or not stored:
        return {}
    near = _nearness(found, stored)
    pairs = _same_words(found, stored, near)
    taken = set(pairs.values())
    left = [index for index in range(len(found)) if index not in pairs]
    right = [index for index in range(len(stored)) if index not in taken]
    if left and right:
        scores = _scores(
            [_Look.at(found[i]) for i in left], [_Look.at(stored[i]) for i in right]
        )
        near_by = {
            (row, column): score + near(left[row], right[column])
            for (row, column), score in scores.items()
        }
        pairs |= {left[row]: right[column] for row, column in assign(near_by).items()}
    return pairs


def _same_words(
    found: Sequence[Article], stored: Sequence[Article], near: Callable[[int, int], int]
) -> dict[int, int]:
    groups: dict[tuple[str, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, articles in enumerate((found, stored)):
        for index, article in enumerate(articles):
            groups[words(article)][side].append(index)
    pairs: dict[int, int] = {}
    for rows, columns in groups.values():
        if max(len(rows), len(columns)) > LARGEST:
            pairs |= zip(rows, columns, strict=False)
            continue
        pairs |= assign(
            {(row, column): near(row, column) for row in rows for column in columns}
        )
    return pairs


def _nearness(found: Sequence[Article], stored: Sequence[Article]) -> Callable[[int, int], int]:
    """Return the closeness in print of a pair, 1 to 100: it only breaks ties."""
    slots, old_slots = _slots(found), _slots(stored)

    def near(row: int, column: int) -> int:
        pages, old = found[row].pages, stored[column].pages
        close = 50 if pages[:1] == old[:1] else 0
        close += 0 if set(pages).isdisjoint(old) else 20
        return close + max(30 - abs(slots[row] - old_slots[column]), 1)

    return near


def _slots(articles: Sequence[Article]) -> list[int]:
    """Return each article's place on its first page, from 0, for `order` may be renumbered."""
    slots = [0] * len(articles)
    seen: Counter[str] = Counter()
    for index in sorted(range(len(articles)), key=lambda i: articles[i].order):
        page = next(iter(articles[index].pages), "")
        slots[index] = seen[page]
        seen[page] += 1
    return slots


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What of an article is compared."""

    id: str | None
    headline: tuple[str, ...]
    text: Shingles

    @classmethod
    def at(cls, article: Article) -> "_Look":
        headline = tokens(article.headline)
        pieces = [*article.deck, article.lead_in or ""]
        pieces += [paragraph.text for paragraph in article.body]
        pieces += [photo.caption for photo in article.photos]
        text = shingles((*headline, *tokens("\n".join(pieces))))
        return cls(id=article.source.id, headline=headline, text=text)


def _scores(found: Sequence[_Look], stored: Sequence[_Look]) -> dict[tuple[int, int], int]:
    texts = telling([look.text for look in found], [look.text for look in stored])
    common = shared(*texts)
    by_id = _equal(found, stored, lambda look: look.id)
    by_headline = _equal(found, stored, lambda look: look.headline)
    scores = {}
    for row, column in {*common, *by_id, *by_headline}:
        sizes = len(texts[0][row]), len(texts[1][column])
        score = _score(found[row], stored[column], common[row, column], sizes)
        if score:
            scores[row, column] = score * 100  # above any nearness
    return scores


def _equal(
    found: Sequence[_Look], stored: Sequence[_Look], trait: Callable[[_Look], object]
) -> list[tuple[int, int]]:
    """Return the pairs that agree in a trait they have, unless a crowd does."""
    holders: dict[object, list[int]] = defaultdict(list)
    for column, look in enumerate(stored):
        if trait(look):
            holders[trait(look)].append(column)
    return [
        (row, column)
        for row, look in enumerate(found)
        if len(holders.get(trait(look), ())) <= CROWD
        for column in holders.get(trait(look), ())
    ]


def _score(found: _Look, stored: _Look, common: int, sizes: tuple[int, int]) -> int:
    """Return how surely two looks are one article: 0 for not at all, else up to 24,000.

    Squares, so that one close likeness outweighs two faint ones.
    """
    alike = common / (sum(sizes) - common) if common else 0.0
    part = common / min(sizes) if min(sizes) >= 20 else 0.0
    same_id = found.id is not None and found.id == stored.id
    same_headline = bool(found.headline) and found.headline == stored.headline
    named = same_headline and (len(found.headline) >= TELLING or alike >= ALIKE / 2)
    if not (same_id or named or alike >= ALIKE or part >= PART_OF):
        return 0
    headline = _likeness(set(found.headline), set(stored.headline))
    likeness = 10_000 * alike**2 + 3_000 * headline**2 + 1_000 * part**2
    return int(likeness) + SAME_BY_ID * same_id + 1


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
