"""What followers know of our accounts, to see when there is news."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection, select

from bridge.store.portable import upsert
from bridge.store.schema.posts import PROFILES


def known(connection: Connection) -> Mapping[str, str]:
    """Return the digest of each account's document as its followers know it, by name."""
    query = select(PROFILES.c.actor, PROFILES.c.digest)
    return {row.actor: row.digest for row in connection.execute(query)}


def put(connection: Connection, actor: str, digest: str, told: dt.datetime) -> None:
    """Note what followers know from now on."""
    values = {"actor": actor, "digest": digest, "told": told}
    upsert(connection, PROFILES, values, key=("actor",))
