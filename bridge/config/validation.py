"""A file's values against its model: each fault of pydantic becomes a problem with a place."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from bridge.config.problems import Problem, at, nearest
from bridge.config.reference import FILES, NAME, File, keys, table_names
from bridge.config.scanner import KeyPath
from bridge.config.toml_file import TomlFile
from bridge.config.wording import RefusedError, quoted

Fault = Mapping[str, Any]
"""One of pydantic's `ErrorDetails`."""

EXPECTED = {
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in square brackets",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
"""By pydantic's error type; see https://docs.pydantic.dev/latest/errors/validation_errors/."""


def validate(file: TomlFile, kind: File) -> tuple[BaseModel | None, tuple[Problem, ...]]:
    """Return the file as its model, or None and every fault found."""
    try:
        return FILES[kind].model_validate(file.values), ()
    except ValidationError as error:
        faults = error.errors(include_url=False)
    told = (_problem(file, kind, fault) for fault in faults)
    return None, tuple(problem for problem in told if problem)


def _problem(file: TomlFile, kind: File, fault: Fault) -> Problem | None:
    if fault["type"] == "too_short" and fault["input"]:
        return None  # pydantic counts only the good elements; the bad ones are told themselves
    tell = TELLERS.get(fault["type"], _wrong)
    return tell(file, kind, fault["loc"], fault)


def _unknown(file: TomlFile, kind: File, path: KeyPath, fault: Fault) -> Problem:
    """Tell an unknown key or table, with the key that was meant or its right table."""
    name, sort = str(path[-1]), "table" if isinstance(fault["input"], dict) else "key"
    homes = [key.path[:-1] for key in keys() if key.file == kind and key.path[-1] == name]
    if homes and sort == "key":
        home = ".".join(homes[0])
        hint = f"it belongs in [{home}]" if home else "it belongs above the first [table]"
    else:
        near = nearest(name, table_names(kind, _model_path(path[:-1])))
        hint = f'did you mean "{near}"?' if near else ""
    return at(file, path, "BR102", f'unknown {sort} "{name}"', hint, key=True)


def _missing(file: TomlFile, kind: File, path: KeyPath, fault: Fault) -> Problem:
    """Tell a key or table that must be there, with how to write it."""
    name = str(path[-1])
    key = next(
        (key for key in keys() if (key.file, key.path) == (kind, _model_path(path))), None
    )
    if key is None:
        header = "[[section]]" if name == "section" else f"[{name}]"
        return at(file, path, "BR105", f"there is no {header}")
    return at(file, path, "BR105", f"{name} is missing", f"such as  {name} = {key.example}")


def _choice(file: TomlFile, kind: File, path: KeyPath, fault: Fault) -> Problem:
    expected = str(fault["ctx"]["expected"]).replace("'", '"')
    near = nearest(str(fault["input"]), expected.replace('"', "").replace(", ", " ").split())
    hint = f'did you mean "{near}"?' if near and near != "or" else ""
    what = f"{_name(path)} must be {expected}, not {quoted(fault['input'])}"
    return at(file, path, "BR104", what, hint)


def _refused(file: TomlFile, kind: File, path: KeyPath, fault: Fault) -> Problem:
    """Tell what one of our own forms says."""
    refused: RefusedError = fault["ctx"]["error"]
    colon = "" if refused.what.startswith(("must ", "is ")) else ":"
    return at(file, path, "BR104", f"{_name(path)}{colon} {refused.what}", refused.hint)


def _wrong(file: TomlFile, kind: File, path: KeyPath, fault: Fault) -> Problem:
    expected = EXPECTED.get(fault["type"]) or str(fault["msg"])
    expected = expected.format(**fault.get("ctx", {}))
    what = f"{_name(path)} {expected}, not {quoted(fault['input'])}"
    bare = str(fault["input"]).lstrip("-").isdigit() or fault["input"] in ("true", "false")
    hint = "write it without quotes" if isinstance(fault["input"], str) and bare else ""
    return at(file, path, "BR104", what, hint)


TELLERS: Mapping[str, Callable[[TomlFile, File, KeyPath, Fault], Problem]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "too_short": _missing,
    "literal_error": _choice,
    "value_error": _refused,
}


def _name(path: KeyPath) -> str:
    """Return a key as a message names it; an element of a list by its number."""
    if isinstance(path[-1], int):
        return f"{path[-2]} no. {path[-1] + 1}"
    return str(path[-1])


def _model_path(path: KeyPath) -> tuple[str, ...]:
    """Return the path as the reference lists it: no indices, NAME for a source's name."""
    names = [part for part in path if isinstance(part, str)]
    if names[:1] == ["source"] and len(names) > 1:
        names[1] = NAME
    return tuple(names)
