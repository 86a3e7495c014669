"""The JSON schemas for editors: current, and of one mind with the loader."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.config import keys, schema
from bridge.config.reference import NAME, File

CONFIG = Path(__file__).parents[2] / "config"
FILES: tuple[File, ...] = ("bridge", "paper")


@pytest.mark.parametrize("file", FILES)
def test_the_shipped_schema_is_current(file: File, golden: Callable[[Path, str], None]) -> None:
    golden(CONFIG / f"{file}.schema.json", schema(file))


def resolve(whole: Any, part: Any) -> Any:
    while "$ref" in part:
        part = whole["$defs"][part["$ref"].rsplit("/", 1)[1]]
    return part


@pytest.mark.parametrize("file", FILES)
def test_every_key_is_described_with_its_default(file: File) -> None:
    whole = json.loads(schema(file))
    for key in keys():
        if key.file != file:
            continue
        part = whole
        for name in key.path:
            part = resolve(whole, part)
            part = part.get("items", part)
            part = resolve(whole, part)
            part = part["additionalProperties"] if name == NAME else part["properties"][name]
        assert part["description"], key.name
        assert json.dumps(part.get("default"), ensure_ascii=False) == (key.default or "null")


@pytest.mark.parametrize("file", FILES)
def test_unknown_keys_are_refused_by_editors_too(file: File) -> None:
    whole = json.loads(schema(file))
    for part in (whole, *whole["$defs"].values()):
        assert part["additionalProperties"] is False
