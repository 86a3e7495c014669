"""Every key of the configuration, read off the models: for messages, docs and `config keys`."""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bridge.config.forms import Within, Written
from bridge.config.models import BridgeFile
from bridge.config.paper_models import PaperFile

File = Literal["bridge", "paper"]
Form = Literal["text", "list", "literal"]
FILES: dict[File, type[BaseModel]] = {"bridge": BridgeFile, "paper": PaperFile}
NAME = "NAME"
"""Stands for the name an operator gives to a `[source.NAME]` table."""

KINDS = {bool: "true or false", int: "a whole number", str: "a text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: where it stands, what it may hold and what it is for."""

    file: File
    path: tuple[str, ...]
    kind: str
    form: Form
    default: str | None  # as written in TOML; None when it has none
    required: bool
    example: str | None  # as written in TOML
    description: str

    @property
    def name(self) -> str:
        """Return the path as `config keys` shows it: `server.port`."""
        return ".".join(self.path)

    @property
    def variable(self) -> str | None:
        """Return the environment variable that overrides it; None for a paper's keys."""
        return f"BROADSHEET_{'__'.join(self.path).upper()}" if self.file == "bridge" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """One table: its header and what it is about."""

    file: File
    path: tuple[str, ...]
    header: str  # empty for the file itself
    description: str


def keys(prefix: str = "") -> tuple[Key, ...]:
    """Return every key whose name starts with the parts of `prefix`, bridge.toml's first."""
    wanted = tuple(part for part in prefix.split(".") if part)
    return tuple(key for key in _all_keys() if key.path[: len(wanted)] == wanted)


def tables() -> tuple[TableInfo, ...]:
    """Return every table, each before its own sub-tables."""
    return tuple(
        TableInfo(file=file, path=path, header=header, description=_unwrap(model.__doc__ or ""))
        for file, root in FILES.items()
        for path, header, model in _walk(root, (), "")
    )


def toml_text(value: object) -> str:
    """Return a default or example as it stands in TOML, which for these is also JSON."""
    return json.dumps(value, ensure_ascii=False)


def table_names(file: File, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return what may stand in the table at `path`, whose own names count as any name."""
    model = next((model for at, _, model in _walk(FILES[file], (), "") if at == path), None)
    return tuple(model.model_fields) if model else ()


@functools.cache
def _all_keys() -> tuple[Key, ...]:
    return tuple(
        _key(file, (*path, name), field)
        for file, root in FILES.items()
        for path, _, model in _walk(root, (), "")
        for name, field in model.model_fields.items()
        if not _tables_in(field)
    )


def _walk(
    model: type[BaseModel], path: tuple[str, ...], header: str
) -> Iterator[tuple[tuple[str, ...], str, type[BaseModel]]]:
    """Yield a model and those inside it, with their paths and headers."""
    yield path, header, model
    for name, field in model.model_fields.items():
        for inner, several in _tables_in(field):
            below = (*path, name, NAME) if several is dict else (*path, name)
            dotted = ".".join(below)
            yield from _walk(
                inner, below, f"[[{dotted}]]" if several is tuple else f"[{dotted}]"
            )


def _tables_in(field: FieldInfo) -> list[tuple[type[BaseModel], type | None]]:
    """Return the model a field holds, and whether one, named ones or a list of it."""
    annotation = _bare(field.annotation)
    several = get_origin(annotation)
    candidates = get_args(annotation) if several in (dict, tuple) else (annotation,)
    return [
        (inner, several)
        for inner in candidates
        if isinstance(inner, type) and issubclass(inner, BaseModel)
    ]


def _key(file: File, path: tuple[str, ...], field: FieldInfo) -> Key:
    annotation = _bare(field.annotation)
    default = field.get_default()
    has_default = not field.is_required() and default is not None
    return Key(
        file=file,
        path=path,
        kind=_kind(annotation, field.metadata),
        form=_form(annotation),
        default=toml_text(default) if has_default else None,
        required=field.is_required(),
        example=toml_text(field.examples[0]) if field.examples else None,
        description=_unwrap(field.description or ""),
    )


def _bare(annotation: Any) -> Any:
    """Take `| None` off, and what pydantic is told beside a tuple."""
    if get_origin(annotation) in (Union, UnionType):
        return next(inner for inner in get_args(annotation) if inner is not NoneType)
    return annotation


def _kind(annotation: Any, metadata: list[Any]) -> str:
    """Say in words what a key may hold."""
    if get_origin(annotation) is Annotated:
        return _kind(annotation.__origin__, [*annotation.__metadata__, *metadata])
    if get_origin(annotation) is tuple:
        return f"a list, each {_kind(get_args(annotation)[0], [])}"
    if get_origin(annotation) is Literal:
        return " or ".join(f'"{choice}"' for choice in get_args(annotation))
    written = next((item.kind for item in metadata if isinstance(item, Written)), None)
    return (written or KINDS[annotation]) + _bounds(metadata)


def _bounds(metadata: list[Any]) -> str:
    """Say what is the least and the most."""
    for item in metadata:
        if isinstance(item, Within):
            return f", {item.low} to {item.high}"
    low = next((item.ge for item in metadata if hasattr(item, "ge")), None)
    high = next((item.le for item in metadata if hasattr(item, "le")), None)
    return f", {low} to {high}" if low is not None else ""


def _form(annotation: Any) -> Form:
    """Say how the text of an environment variable is to be read."""
    while get_origin(annotation) is Annotated:
        annotation = annotation.__origin__
    if get_origin(annotation) is tuple:
        return "list"
    return "text" if annotation is str or get_origin(annotation) is Literal else "literal"


def _unwrap(text: str) -> str:
    """Join the lines of each paragraph."""
    paragraphs = (" ".join(part.split()) for part in text.strip().split("\n\n"))
    return "\n\n".join(paragraphs)
