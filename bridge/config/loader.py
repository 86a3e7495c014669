"""From a path to settings, or to every problem at once: read, lay over, check, build."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bridge.config import environment, secret_files, toml_file
from bridge.config.build import build
from bridge.config.checks import Files, cross_check
from bridge.config.models import BridgeFile
from bridge.config.paper_models import PaperFile
from bridge.config.problems import Problem, in_file, render
from bridge.config.settings import Settings
from bridge.config.toml_file import TomlFile
from bridge.config.validation import validate
from bridge.errors import ConfigError

LARGEST = 1024 * 1024
CONFIG_FOLDER = "config"
PAPERS_FOLDER = "papers"
SYNTAX = re.compile(r"(?P<what>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|.*)\)")

PLAINER = {
    "Illegal character '\\n'": "the line ends inside a text",
    "Cannot overwrite a value": "this key is there twice",
    "Cannot declare": "this table is there twice",
}
"""What `tomllib` means by its messages, where they do not say it to everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration without problems: its settings, and what they were made from."""

    settings: Settings
    file: TomlFile
    model: BridgeFile
    papers: tuple[tuple[TomlFile, PaperFile], ...]


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a `bridge.toml`, the papers beside it and the environment.

    Raises ConfigError with every problem there is, each laid out over a few lines.
    """
    return read(path, environ).settings


def read(path: Path, environ: Mapping[str, str]) -> Loaded:
    """Do what `load` does, and keep what the settings were made from."""
    root = deployment_folder(path)
    problems: list[Problem] = []
    file = _parsed(path, problems)
    # Without a readable file the environment is still checked, by itself.
    draft = file or TomlFile(name=str(path))
    problems += environment.overlay(draft, environ)
    problems += secret_files.resolve(draft, root)
    model, faults = validate(draft, "bridge")
    problems += faults
    papers = _papers(path.parent / PAPERS_FOLDER, problems)
    files = tuple(paper for paper, _ in papers)
    problems += cross_check(Files(root=root, bridge=file and draft, papers=files))
    if problems:
        raise _error(problems)
    good = cast(BridgeFile, model)
    settings = build(path, root, good, tuple(cast(PaperFile, paper) for _, paper in papers))
    pairs = tuple((paper, cast(PaperFile, checked)) for paper, checked in papers)
    return Loaded(settings=settings, file=draft, model=good, papers=pairs)


def deployment_folder(path: Path) -> Path:
    """Return where relative paths start: the folder of bridge.toml, or the one above when
    that is called `config`.
    """
    folder = path.absolute().parent
    return folder.parent if folder.name == CONFIG_FOLDER else folder


def _papers(
    folder: Path, problems: list[Problem]
) -> tuple[tuple[TomlFile, PaperFile | None], ...]:
    """Return every paper's file that is TOML, with its model unless it has a fault."""
    paths = sorted(found for found in folder.glob("*.toml") if not found.name.startswith("."))
    if not paths:
        what = "there is no paper: no *.toml in this folder"
        problems.append(Problem(code="BR110", where=str(folder), what=what))
    papers = []
    for path in paths:
        file = _parsed(path, problems)
        if file:
            model, faults = validate(file, "paper")
            problems += faults
            papers.append((file, cast(PaperFile | None, model)))
    return tuple(papers)


def _parsed(path: Path, problems: list[Problem]) -> TomlFile | None:
    """Return a file's values; None and a problem when it cannot be read or is not TOML."""
    name = str(path)
    try:
        text = _text(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        problems.append(Problem(code="BR101", where=name, what=f"cannot be read: {why}"))
        return None
    try:
        return toml_file.parse(name, text)
    except ValueError as error:
        lines = text.replace("\r\n", "\n").split("\n")
        problems.append(_syntax(TomlFile(name=name, lines=lines), str(error)))
        return None


def _text(path: Path) -> str:
    """Return a file's text without the mark some editors put in front."""
    with path.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError("it is larger than 1 MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"it is not UTF-8 (line {line})") from None


def _syntax(file: TomlFile, message: str) -> Problem:
    """Tell what `tomllib` says; it names the place at the end of its message."""
    found = SYNTAX.fullmatch(message)
    said = found["what"] if found else message
    plainer = next((PLAINER[start] for start in PLAINER if said.startswith(start)), said)
    what = f"not valid TOML: {plainer}"
    if not found or not found["line"]:
        return in_file(file, "BR103", what)
    return in_file(file, "BR103", what, int(found["line"]), int(found["column"]) - 1)


def _error(problems: list[Problem]) -> ConfigError:
    told = tuple(render(problem) for problem in sorted(problems, key=lambda one: one.order))
    count = "a problem" if len(told) == 1 else f"{len(told)} problems"
    return ConfigError(f"the configuration has {count}", told)
