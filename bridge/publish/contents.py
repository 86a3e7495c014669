"""The articles of an edition as its contents name them: in print order, by page or section."""

from collections.abc import Iterable

from bridge.model import Channel, Page, Section, StoredArticle
from bridge.publish.entry import section_of


def in_print_order(entries: Iterable[StoredArticle]) -> list[StoredArticle]:
    """Return articles as they stand one after another in print."""
    return sorted(entries, key=lambda stored: (stored.article.order, stored.key))


def by_section(channel: Channel) -> list[tuple[Section, list[StoredArticle]]]:
    """Return the sections that have articles, in print order; removed sections come last."""
    found = {entry.section: section_of(channel.paper, entry) for entry in channel.entries}
    order = [section.slug for section in channel.paper.sections if section.slug in found]
    order += sorted(found.keys() - set(order))
    return [
        (found[slug], in_print_order(e for e in channel.entries if e.section == slug))
        for slug in order
    ]


def by_page(channel: Channel) -> list[tuple[Page, list[StoredArticle]]]:
    """Return the pages of the channel's issue with the articles that begin on each."""
    pages = {page.label: page for page in (channel.issue.pages if channel.issue else ())}
    found: dict[str, list[StoredArticle]] = {label: [] for label in pages}
    for stored in in_print_order(channel.entries):
        label = next(iter(stored.article.pages), "")
        found.setdefault(label, []).append(stored)
    return [(pages.get(label, Page(label=label)), found[label]) for label in found]
