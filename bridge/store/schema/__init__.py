"""The tables: importing this package fills `METADATA` with all of them."""

from bridge.store.schema import access, dialogue, hubs, news, nodes, posts, search, social
from bridge.store.schema.base import METADATA

__all__ = [
    "METADATA",
    "access",
    "dialogue",
    "hubs",
    "news",
    "nodes",
    "posts",
    "search",
    "social",
]
