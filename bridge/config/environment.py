"""Overrides from the environment: `BROADSHEET_<SECTION>__<KEY>` counts more than the file.

A variable holds what would stand in the file: texts without quotes, lists with commas
between the elements (or as TOML), everything else as TOML. The models judge the value.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from bridge.config.models import SECRETS
from bridge.config.problems import Problem, nearest
from bridge.config.reference import Key, keys
from bridge.config.toml_file import TomlFile

PREFIX = "BROADSHEET_"
RESERVED = ("BROADSHEET_CONFIG", "BROADSHEET_DEBUG", "BROADSHEET_UP_PID")
"""Variables of the command line itself: which file to read, and whether to show tracebacks."""


def overlay(file: TomlFile, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """Lay the environment's values over the file's; return the variables nobody knows."""
    known = {key.variable: key for key in keys() if key.variable}
    problems = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in RESERVED:
            continue
        key = known.get(name)
        if key is None:
            problems.append(_unknown(name, known))
        elif file.put(key.path, _value(key, environ[name])):
            file.variables[key.path] = name
    _settle_secrets(file)
    return tuple(problems)


def _value(key: Key, text: str) -> Any:
    """Read a variable's text the way its key is written; what cannot be read stays text."""
    if key.form == "text":
        return text
    if key.form == "list" and not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return read["value"] if len(read) == 1 else text


def _unknown(name: str, known: Mapping[str, Key]) -> Problem:
    # Compared without the prefix, which would make everything look alike.
    ends = [variable.removeprefix(PREFIX) for variable in (*known, *RESERVED)]
    near = nearest(name.removeprefix(PREFIX), ends)
    hint = f"did you mean {PREFIX}{near}?" if near else ""
    return Problem(code="BR106", where=name, what="unknown variable", hint=hint)


def _settle_secrets(file: TomlFile) -> None:
    """Let a variable win over the file in whichever of its two forms a secret is given."""
    for *tables, name in SECRETS:
        pair = ((*tables, name), (*tables, f"{name}_file"))
        if sum(path in file.variables for path in pair) != 1:
            continue
        other = next(path for path in pair if path not in file.variables)
        table = file.get(*tables)
        if isinstance(table, dict):
            table.pop(other[-1], None)
