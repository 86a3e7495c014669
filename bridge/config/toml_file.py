"""One configuration file as read: its values, its lines, and where each value came from."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.config.scanner import KeyPath, Place, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """A file's values before any check, with overrides from the environment laid over them.

    The tables in `values` belong to this object alone, so that overlaying may change them.
    """

    name: str  # as it is shown in messages
    lines: Sequence[str] = ()
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    variables: dict[KeyPath, str] = field(default_factory=dict)  # what set a key instead
    secret_files: dict[KeyPath, str] = field(default_factory=dict)  # what holds its value

    def get(self, *path: str) -> Any:
        """Return the value at a path; None when it or a table on the way is missing."""
        value: Any = self.values
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def text(self, *path: str) -> str:
        """Return the text at a path; empty when there is none."""
        value = self.get(*path)
        return value if isinstance(value, str) else ""

    def named_tables(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the tables inside a table with their names."""
        found = self.get(name)
        inner = found.items() if isinstance(found, dict) else ()
        return [(key, table) for key, table in inner if isinstance(table, dict)]

    def tables(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the elements of an array of tables with their indices."""
        found = self.get(name)
        elements = enumerate(found) if isinstance(found, list) else ()
        return [(index, table) for index, table in elements if isinstance(table, dict)]

    def put(self, path: tuple[str, ...], value: Any) -> bool:
        """Set a value, making its table when missing; False when something is in the way."""
        table = self.values
        for part in path[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                return False
        table[path[-1]] = value
        return True


def parse(name: str, text: str) -> TomlFile:
    """Parse a file's text; ValueError when it is not TOML."""
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise ValueError("Nested too deeply") from None
    lines = text.replace("\r\n", "\n").split("\n")
    return TomlFile(name=name, lines=lines, values=values, places=dict(scan(text, values)))
