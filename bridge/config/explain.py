"""What is in force and where each value came from, for `config show [--origin]`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bridge.config.build import database, federates, user_agent
from bridge.config.loader import Loaded, read
from bridge.config.problems import mask
from bridge.config.reference import toml_text
from bridge.config.scanner import KeyPath
from bridge.config.toml_file import TomlFile

SECRET = ("bucket", "secret_key")
"""A value that is a secret as a whole; a URL with a password in it is still worth showing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One key as it is in force."""

    file: str  # the file it belongs to
    key: str  # `server.port`, `section.1.slug` (counted from 1)
    text: str  # as written in TOML; passwords starred out
    origin: str  # "default", "config/bridge.toml:12", a variable's name, a secret's file


def explain(path: Path, environ: Mapping[str, str]) -> tuple[Value, ...]:
    """Return every value in force; ConfigError as `load` raises it."""
    loaded = read(path, environ)
    values = [*_values(loaded.file, loaded.model, _derived(loaded))]
    for file, paper in loaded.papers:
        values += _values(file, paper, {})
    return tuple(values)


def _derived(loaded: Loaded) -> dict[KeyPath, Any]:
    """Return what keys without a fixed default come to."""
    model, settings = loaded.model, loaded.settings
    return {
        ("data", "database"): database(settings.root, settings.data_dir, model.data.database),
        ("http", "user_agent"): user_agent(model),
        ("federation", "enabled"): federates(model),
    }


def _values(
    file: TomlFile, model: BaseModel, derived: Mapping[KeyPath, Any]
) -> Iterator[Value]:
    for path, written in _leaves(model, ()):
        value = derived.get(path, written)
        if value is not None:
            text = '"***"' if path == SECRET else mask(toml_text(value))
            yield Value(
                file=file.name,
                key=".".join(str(part + 1 if isinstance(part, int) else part) for part in path),
                text=text,
                origin=_origin(file, path),
            )


def _leaves(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    """Yield every key of a model with its path; a list of tables is counted through."""
    if isinstance(value, BaseModel):
        pairs: list[tuple[str | int, object]] = [*dict(value).items()]
    elif isinstance(value, dict):
        pairs = [*value.items()]
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        pairs = [*enumerate(value)]
    else:
        yield path, value
        return
    for name, inner in pairs:
        yield from _leaves(inner, (*path, name))


def _origin(file: TomlFile, path: KeyPath) -> str:
    """Say where a value came from, most telling first."""
    if path in file.secret_files:
        return f"file {file.secret_files[path]}"
    if path in file.variables:
        return file.variables[path]
    if path in file.places:
        return f"{file.name}:{file.places[path].key.line}"
    names = [part for part in path if isinstance(part, str)]
    # Places are all or nothing, so a key that was written may have none.
    return file.name if not file.places and file.get(*names) is not None else "default"
