"""Whom we do not hear, whom with care only, and whom alone where the list says so.

A domain stands for its sub-domains as well, whatever their ports.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, and_, delete, or_, select

from bridge.model.urls import parse
from bridge.store.portable import upsert
from bridge.store.schema.dialogue import BLOCKS

Kind = Literal["domain", "actor"]
Severity = Literal["suspend", "silence", "allow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One entry of the list."""

    kind: Kind
    name: str  # a host name, or an actor's id
    severity: Severity
    comment: str
    created: dt.datetime


def put(connection: Connection, block: Block) -> None:
    """Add an entry, or change the one about the same; the day it was made stays."""
    upsert(connection, BLOCKS, asdict(block), key=("kind", "name"), keep=("created",))


def remove(connection: Connection, kind: Kind, name: str) -> bool:
    """Take an entry away; False when there was none."""
    mine = BLOCKS.c.kind == kind, BLOCKS.c.name == name
    return connection.execute(delete(BLOCKS).where(*mine)).rowcount > 0


def listed(connection: Connection) -> tuple[Block, ...]:
    """Return every entry, domains first, by name."""
    rows = connection.execute(select(BLOCKS).order_by(BLOCKS.c.kind.desc(), BLOCKS.c.name))
    return tuple(Block(**row._mapping) for row in rows)


def about(connection: Connection, actor: str) -> frozenset[Severity]:
    """Return what the list says of an actor, itself or by the domains it is in."""
    names = _domains(parse(actor).host)
    domain = and_(BLOCKS.c.kind == "domain", BLOCKS.c.name.in_(names))
    himself = and_(BLOCKS.c.kind == "actor", BLOCKS.c.name == actor)
    query = select(BLOCKS.c.severity).where(or_(domain, himself))
    return frozenset(connection.execute(query).scalars())


def _domains(host: str) -> Sequence[str]:
    """Return a host name and every domain around it: `a.b.example`, `b.example`, `example`."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
