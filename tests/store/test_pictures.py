"""Pictures are measured once."""

from bridge.store import Store, pictures
from bridge.store.pictures import Measure

PATH = f"media/{'a' * 64}.webp"


def test_what_was_measured_first_stays(store: Store) -> None:
    measure = Measure(path=PATH, width=3, height=2, blurhash="LEHV6nWB", focus=(-0.5, 0.25))
    with store.begin() as connection:
        assert pictures.get(connection, [PATH]) == {}
        assert pictures.get(connection, []) == {}
        pictures.put(connection, measure)
        pictures.put(
            connection, Measure(path=PATH, width=9, height=9, blurhash="", focus=(0, 0))
        )
        assert pictures.get(connection, [PATH, "other"]) == {PATH: measure}
