"""The operator's guide says what is true: commands, options, exit codes, links and paths."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bridge import errors
from bridge.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
GUIDE = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
BLOCK = re.compile(r"^( *)```(?:sh|cron)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
SHIPPED = re.compile(r"`((?:deploy|docs|config|requirements)/[A-Za-z0-9_./-]+)`")


def pages() -> list[object]:
    return [pytest.param(page, id=page.name) for page in GUIDE]


def command_lines(page: Path) -> Iterator[list[str]]:
    """Yield the words behind each `broadsheet` in a block of commands, and in `inline` ones."""
    text = page.read_text("utf-8")
    blocks = [block.replace("\\\n", " ") for _, block in BLOCK.findall(text)]
    inline = re.findall(r"`(broadsheet [a-z][^`]*)`", BLOCK.sub("", text))
    for line in [line for block in blocks for line in block.splitlines()] + inline:
        for part in re.split(r"&&|\||;", line):
            words = shlex.split(part, comments=True)
            for place, word in enumerate(words):
                # Not `podman run … broadsheet`, whose last word is the image.
                called = Path(word).name == "broadsheet" and words[:2] != ["podman", "run"]
                if called and place + 1 < len(words) and words[place + 1] in main.commands:
                    yield words[place + 1 :]


def parse(words: list[str]) -> None:
    """Parse a command line as click would; a verb or option that is not there raises."""
    command: click.Command = main
    while isinstance(command, click.Group):
        assert words, f"{command.name} wants a verb"
        command = command.commands[words[0]]
        words = words[1:]
    if words not in (["--help"], ["-h"]):
        command.make_parser(click.Context(command)).parse_args(list(words))


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", pages())
def test_every_command_and_option_exists(page: Path) -> None:
    for words in command_lines(page):
        parse(words)


def test_the_check_itself_finds_a_wrong_option() -> None:
    with pytest.raises(click.NoSuchOption):
        parse(["run", "--twice"])
    with pytest.raises(KeyError):
        parse(["config", "hide"])


def test_every_verb_is_in_the_operators_table() -> None:
    text = (ROOT / "docs/operate.md").read_text("utf-8")
    verbs = [
        f"| `broadsheet {command.name}{f' {inner}' if inner else ''}` |"
        for command in COMMANDS
        for inner in (command.commands if isinstance(command, click.Group) else [""])
    ]
    assert [verb for verb in verbs if verb not in text] == []


def test_every_exit_code_is_explained() -> None:
    text = (ROOT / "docs/operate.md").read_text("utf-8")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.BridgeError)}
    assert codes == {1, 2, 10, 11, 12}
    assert [code for code in sorted(codes | {0, 3}) if f"| {code} | " not in text] == []


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for file, anchor in LINK.findall(text):
        if "://" in file or file.startswith("mailto:"):
            continue
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not anchor or anchor in anchors(target), f"{file}#{anchor}"


@pytest.mark.parametrize("page", pages())
def test_shipped_files_that_are_named_exist(page: Path) -> None:
    named = SHIPPED.findall(page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
