"""docs/configuration.md: its list of keys is made from the models, its codes are all there."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from bridge.config import Key, keys
from bridge.config.problems import NEXT
from bridge.config.reference import FILES, File, TableInfo, tables

PAGE = Path(__file__).parents[2] / "docs/configuration.md"
START, END = "<!-- keys: made from the models by `make golden` -->", "<!-- end of keys -->"
TITLES: dict[File, str] = {"bridge": "`config/bridge.toml`", "paper": "`config/papers/*.toml`"}


def rendered() -> str:
    """Every table with its keys as a definition of name, kind, default and meaning."""
    lines = [START]
    for file in FILES:
        lines += ["", f"### {TITLES[file]}"]
        for table in tables():
            if table.file == file:
                lines += section(table)
    return "\n".join([*lines, "", END])


def section(table: TableInfo) -> Iterator[str]:
    mine = [key for key in keys() if (key.file, key.path[:-1]) == (table.file, table.path)]
    if not mine:
        return
    if table.header:
        yield from ("", f"#### `{table.header}`", "", table.description)
    yield from ("", "| key | value | default | |", "|---|---|---|---|")
    yield from (row(key) for key in mine)


def row(key: Key) -> str:
    default = f"`{key.default}`" if key.default is not None else "–"
    default = "required" if key.required else default
    meaning = key.description.replace("|", r"\|")
    return f"| `{key.path[-1]}` | {key.kind} | {default} | {meaning} |"


def test_the_list_of_keys_is_current(golden: Callable[[Path, str], None]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    golden(PAGE, f"{before}{rendered()}{after}")


def test_every_code_has_its_heading_and_no_heading_is_left_over() -> None:
    headings = re.findall(r"^### (BR\d+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == sorted(NEXT)
