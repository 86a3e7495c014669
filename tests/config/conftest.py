"""A deployment folder to spoil: one good paper and an empty bridge.toml, unless told else."""

from collections.abc import Callable
from pathlib import Path

import pytest

PAPER = """\
[paper]
id = "herald"
title = "The Harbour Herald"
language = "en"
timezone = "Europe/Lisbon"
authority = "herald.example"

[source.daily]
kind = "folder"
path = "incoming/herald"

[[section]]
slug = "front"
title = "Front page"
"""

Deploy = Callable[..., Path]


@pytest.fixture
def paper() -> str:
    """A paper's file with nothing wrong in it."""
    return PAPER


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """Write a configuration and return its path, relative as an operator would give it."""
    monkeypatch.chdir(tmp_path)

    def write(bridge: str | bytes = "", papers: dict[str, str | bytes] | None = None) -> Path:
        texts = {f"papers/{name}.toml": text for name, text in (papers or {}).items()}
        texts = texts or {"papers/herald.toml": PAPER}
        for name, text in {"bridge.toml": bridge, **texts}.items():
            path = Path("config") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Path("config/bridge.toml")

    return write
