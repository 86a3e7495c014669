"""Which section an article stands in: the paper's rules, tried in order of their strength."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.labels import page_key
from bridge.model import Article, Newspaper, Page, Section

Rule = Callable[[Section, Article, Sequence[Page]], bool]


def _by_label(section: Section, article: Article, pages: Sequence[Page]) -> bool:
    """Match the page where the story begins; `A1` also names `A01`, `B*` all of part B."""
    first = article.pages[0] if article.pages else ""
    return any(
        fnmatchcase(first.upper(), pattern.upper())
        or ("*" not in pattern and "?" not in pattern and page_key(pattern) == page_key(first))
        for pattern in section.pages
    )


def _by_name(section: Section, article: Article, pages: Sequence[Page]) -> bool:
    names = [page.name for page in pages if page.label in article.pages[:1]]
    names.append(article.section)
    return any(_same(name, wanted) for name in names if name for wanted in section.names)


def _by_banner(section: Section, article: Article, pages: Sequence[Page]) -> bool:
    lines = (*article.banner, article.kicker or "")
    return any(
        _fold(banner) in _fold(line) for line in lines if line for banner in section.banners
    )


def _by_words(section: Section, article: Article, pages: Sequence[Page]) -> bool:
    text = _fold(" ".join((article.kicker or "", article.headline, *article.deck)))
    return any(_fold(word) in text for word in section.words)


def _by_agency(section: Section, article: Article, pages: Sequence[Page]) -> bool:
    return article.agency is not None and any(
        _same(article.agency, name) for name in section.agencies
    )


RULES: tuple[Rule, ...] = (_by_label, _by_name, _by_banner, _by_words, _by_agency)
"""In the order of design §4: page label, page name, banner, words, agency."""


def assign(article: Article, pages: Sequence[Page], paper: Newspaper) -> str:
    """Return the slug of the section an article belongs to."""
    slugs = {section.slug for section in paper.sections}
    if article.section in slugs:
        return article.section or paper.default_section
    for rule in RULES:
        for section in paper.sections:
            if rule(section, article, pages):
                return section.slug
    return paper.default_section


def _fold(text: str) -> str:
    return fold(text).casefold().strip()


def _same(one: str, other: str) -> bool:
    return _fold(one) == _fold(other)
