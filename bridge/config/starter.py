"""The commented files an installation starts with, made from the models' own words.

The shipped `config/bridge.toml` is `starter("bridge")`: it loads to exactly the defaults, and
so does it with every commented key put into force.
"""

import textwrap
from collections.abc import Iterator, Mapping

from bridge.config.reference import NAME, File, Key, TableInfo, keys, tables, toml_text

WIDTH = 92
SOURCE = "incoming"
"""The name of a starter's first source."""

EXAMPLES = (("beat",),)
"""Tables of which a starter has none, but shows how one is written."""

HEADS: Mapping[File, str] = {
    "bridge": """\
#:schema ./bridge.schema.json
# Broadsheet: the publication as a whole. Each newspaper has a file of its own in papers/.
#
# A line that starts with "# key =" is a default: take the "# " away and change it. Durations
# are written "90s", "15m", "1h30m" or "7d", sizes "512KiB" or "20MB". Relative folders start
# at the folder above this one. The environment counts more than this file: server.port is
# BROADSHEET_SERVER__PORT there. Check with `broadsheet check`, see what is in force with
# `broadsheet config show --origin`.
""",
    "paper": """\
#:schema ../paper.schema.json
# One newspaper: itself, where its pages come from, and its sections in print order.
#
# A line that starts with "# key =" is a default: take the "# " away and change it.
""",
}


def starter(file: File, given: Mapping[str, object] | None = None) -> str:
    """Return a whole commented file; `given` maps names such as `paper.id` to values.

    Keys that are required or stand above the first table are in force, the others commented.
    """
    values = given or {}
    listed = {key.path: key for key in keys() if key.file == file}
    pieces = [HEADS[file]]
    for table in tables():
        if table.file == file:
            mine = [key for path, key in listed.items() if path[:-1] == table.path]
            pieces.append("\n".join(_table(table, mine, values)) + "\n" if mine else "")
    return "\n".join(piece for piece in pieces if piece)


def _table(table: TableInfo, mine: list[Key], values: Mapping[str, object]) -> Iterator[str]:
    """Yield a table's comment, header and keys."""
    off = "#     " if table.path in EXAMPLES else ""
    if table.header:
        yield from _comment(table.description)
        yield off + table.header.replace(NAME, SOURCE)
    for number, key in enumerate(mine):
        if number or table.header:
            yield ""
        yield from _comment(key.description)
        line = _line(key, values)
        yield off + line.lstrip("# ") if off else line


def _line(key: Key, values: Mapping[str, object]) -> str:
    """Return a key in force, its commented default, or an example set off further."""
    name = key.path[-1]
    if key.name in values:
        return f"{name} = {toml_text(values[key.name])}"
    if key.required:
        return f"{name} = {key.example}"
    if len(key.path) == 1:
        return f"{name} = {key.default}"
    if key.default is None:
        return f"#     {name} = {key.example}"
    return f"# {name} = {key.default}"


def _comment(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from (f"# {line}" for line in textwrap.wrap(paragraph, WIDTH - 2))
