"""Reading order inside an edition, known from page labels alone.

So a page that comes late stands where it belongs and moves nothing that is stored.
"""

import re

PAGES = 32
"""Room per section letter; more pages than that of one letter run into the next letter's."""

LAST = 20_000
"""The rank of a page whose label says nothing about its place."""

_LABEL = re.compile(r"([A-Z]{0,2})-?0*([0-9]{1,4})", re.ASCII)


def page_rank(label: str) -> int:
    """Return a page's place in print, from 0: `01` or `A1` first, `B1` after the last `A`.

    A spread (`4-5`) stands where its first page does; what has no number stands last.
    """
    match = _LABEL.match(label.upper())
    if not match:
        return LAST
    letters, number = match.groups()
    block = ord(letters[0]) - ord("A") if letters else 0
    return block * PAGES + max(int(number) - 1, 0)


def position(pages: tuple[str, ...], order: int) -> int:
    """Return a number that sorts articles as they are read: by first page, then by order.

    It fits 32 bits and compares articles that were read at different times.
    """
    return (page_rank(pages[0]) if pages else LAST) * 100_000 + min(max(order, 0), 99_999)
