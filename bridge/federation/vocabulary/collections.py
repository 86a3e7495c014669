"""Collections: counts for followers and following, embedded items for outbox and featured."""

from collections.abc import Sequence

from bridge.federation.vocabulary.terms import OBJECT_CONTEXT
from bridge.model import Json


def collection(
    url: str,
    total: int | None,
    *,
    first: str | None = None,
    items: Sequence[Json] | None = None,
) -> Json:
    """Return an `OrderedCollection`: a bare count, or with its first page, or with all items.

    Without a page the members stay hidden, as is fit for followers; without `total` even how
    many they are.
    """
    document: Json = {
        "@context": list(OBJECT_CONTEXT),
        "id": url,
        "type": "OrderedCollection",
    }
    if total is not None:
        document["totalItems"] = total
    if first is not None:
        document["first"] = first
    if items is not None:
        document["orderedItems"] = [embedded(item) for item in items]
    return document


def page(part_of: str, url: str, items: Sequence[Json], *, next_url: str | None) -> Json:
    """Return one page of a collection, newest item first, with its items embedded.

    snac and others fill their timeline from here, and take no ids for items.
    """
    document: Json = {
        "@context": list(OBJECT_CONTEXT),
        "id": url,
        "type": "OrderedCollectionPage",
        "partOf": part_of,
        "orderedItems": [embedded(item) for item in items],
    }
    if next_url is not None:
        document["next"] = next_url
    return document


def conversation(url: str, ids: Sequence[str]) -> Json:
    """Return the collection of the posts that belong together, each by its id (FEP-7888)."""
    return {
        "@context": list(OBJECT_CONTEXT),
        "id": url,
        "type": "OrderedCollection",
        "totalItems": len(ids),
        "orderedItems": list(ids),
    }


def embedded(document: Json) -> Json:
    """Return a document as it stands inside another: without its own context."""
    return {key: value for key, value in document.items() if key != "@context"}
