"""The tables: importing this package fills `METADATA` with all of them."""

from bridge.store.schema import news, nodes, social
from bridge.store.schema.base import METADATA

__all__ = ["METADATA", "news", "nodes", "social"]
