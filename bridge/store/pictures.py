"""What was measured of pictures; a picture's name is its hash, so it is measured once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bridge.store.portable import insert_new
from bridge.store.schema.posts import PICTURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The size of a picture in pixels, a blurred likeness, and its point of interest."""

    path: str
    width: int
    height: int
    blurhash: str
    focus: tuple[float, float]  # -1 to 1 from the centre: right, up


def put(connection: Connection, measure: Measure) -> None:
    """Store what was measured of a picture, unless it is known."""
    values = {
        "path": measure.path,
        "width": measure.width,
        "height": measure.height,
        "blurhash": measure.blurhash,
        "focus": list(measure.focus),
    }
    insert_new(connection, PICTURES, values)


def get(connection: Connection, paths: Collection[str]) -> Mapping[str, Measure]:
    """Return what is known of these pictures, by path."""
    if not paths:
        return {}
    query = select(PICTURES).where(PICTURES.c.path.in_(paths))
    return {
        row.path: Measure(**{**row._mapping, "focus": (row.focus[0], row.focus[1])})
        for row in connection.execute(query)
    }
