"""What an operator does to the ledger: choose deliveries, try them again, or drop them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal, select, update

from bridge.model import Delivery, DeliveryState
from bridge.store import deliveries
from bridge.store.schema.social import DELIVERIES, HOSTS

RETRIED: tuple[DeliveryState, ...] = ("pending", "failed")
"""What is tried again for a host or an article; what was called off stays so."""
SHOWN = 10
"""So many rows of a choice are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which deliveries are meant; exactly one of the fields is given."""

    host: str | None = None
    object: str | None = None
    id: int | None = None

    def where(self, states: tuple[DeliveryState, ...]) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions for the rows meant that are in one of these states."""
        ledger = DELIVERIES.c
        in_state = ledger.state.in_(states)
        if self.host is not None:
            return ledger.host == self.host, in_state
        if self.object is not None:
            return ledger.object == self.object, in_state
        return ledger.id == self.id, in_state

    @property
    def again(self) -> tuple[DeliveryState, ...]:
        """Return the states from which these can be tried again: a single one from any."""
        return RETRIED if self.id is None else (*RETRIED, "gone")


def size(connection: Connection, choice: Choice, states: tuple[DeliveryState, ...]) -> int:
    """Return how many rows are meant."""
    query = select(func.count()).select_from(DELIVERIES).where(*choice.where(states))
    return connection.execute(query).scalar_one()


def first(
    connection: Connection, choice: Choice, states: tuple[DeliveryState, ...]
) -> tuple[Delivery, ...]:
    """Return the first few of the rows meant, in the order of sending."""
    query = deliveries.rows_where(*choice.where(states))
    order = DELIVERIES.c.sequence, DELIVERIES.c.id
    return deliveries.select_rows(connection, query.order_by(*order).limit(SHOWN))


def waiting_since(connection: Connection) -> dt.datetime | None:
    """Return when the oldest row that still waits was made; None when none waits."""
    pending = DELIVERIES.c.state == literal("pending", literal_execute=True)
    found: dt.datetime | None
    found = connection.execute(select(func.min(DELIVERIES.c.created)).where(pending)).scalar()
    return found


def again(connection: Connection, choice: Choice, now: dt.datetime) -> tuple[int, ...]:
    """Send rows anew, with all their attempts before them; return the shards they are in.

    Their hosts are taken for well until they fail again.
    """
    found = choice.where(choice.again)
    chosen = select(DELIVERIES.c.host).where(*found)
    connection.execute(
        update(HOSTS)
        .where(HOSTS.c.name.in_(chosen))
        .values(failures=0, failing=None, until=None, refused=None, changed=now)
    )
    values = {"state": "pending", "attempts": 0, "due": now, "created": now, "failing": None}
    statement = update(DELIVERIES).where(*found).values(values)
    shards = connection.execute(statement.returning(DELIVERIES.c.shard)).scalars()
    return tuple(sorted(set(shards)))


def drop(connection: Connection, choice: Choice) -> int:
    """End rows that still wait; return how many."""
    return deliveries.end(connection, choice.where(("pending",)), "dropped by the operator")
