"""The store: every table behind one module per aggregate, on SQLite or PostgreSQL.

`open_store` gives a `Store`; its `begin()` and `read()` give the `Connection` that every
function of the aggregate modules takes first.
"""

from sqlalchemy import Connection

from bridge.store.database import Store
from bridge.store.upgrade import open_store

__all__ = ["Connection", "Store", "open_store"]
