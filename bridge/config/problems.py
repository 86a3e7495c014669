"""What is wrong with a configuration, and how it is told: what, where, why, what next."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bridge.config.scanner import KeyPath, Span
from bridge.config.toml_file import TomlFile
from bridge.config.wording import visible

NEXT = {
    "BR101": "make the file readable, and save it as UTF-8",
    "BR102": "rename it, or list the keys with  broadsheet config keys{prefix}",
    "BR103": "correct the line; TOML is described at https://toml.io",
    "BR104": "see what it may be with  broadsheet config keys{prefix}",
    "BR105": "add it; see what it may be with  broadsheet config keys{prefix}",
    "BR106": "rename or unset it; list the variables with  broadsheet config keys",
    "BR107": "give a file that only this account can read (chmod 600)",
    "BR108": "make the keys agree",
    "BR109": "make one of them different",
    "BR110": "copy a file of another paper there and change it",
    "BR111": "put the picture there, or take the key out",
}
"""What to do next, by code; each code is a heading in docs/configuration.md."""

PASSWORDS = (
    re.compile(r"(://[^\s/:@\"']*:)([^\s\"']+)(?=@)"),
    re.compile(r"(password=)([^&\s\"']+)"),
    re.compile(r"(secret_key\s*=\s*[\"'])([^\"']+)"),
)
"""Passwords in URLs: after the user's name, and libpq's parameter; and a bucket's key. Rather
too much than too little is taken for one."""

LONGEST_SOURCE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem; `line` and `span` only when they are certain."""

    code: str
    where: str  # the file's name or the variable's
    what: str
    table: str = ""  # "[server]"
    prefix: str = ""  # for `config keys`: "server"
    hint: str = ""
    span: Span | None = None
    source: str = ""  # the line the span is on

    @property
    def order(self) -> tuple[str, int, int]:
        """Sort by place: file, then line and column."""
        return (
            (self.where, self.span.line, self.span.column) if self.span else (self.where, 0, 0)
        )


def at(
    file: TomlFile, path: KeyPath, code: str, what: str, hint: str = "", *, key: bool = False
) -> Problem:
    """Return a problem with the value at `path`, or with its `key`, where it was written."""
    tables = path[:-2] if isinstance(path[-1], int) else path[:-1]
    span = _span(file, path, key=key)
    variable = _variable(file, path)
    return Problem(
        code=code,
        where=variable or file.name,
        what=what,
        table="" if variable else table_label(tables),
        prefix=".".join(_known(tables)),
        hint=hint,
        span=span,
        source=file.lines[span.line - 1] if span else "",
    )


def in_file(file: TomlFile, code: str, what: str, line: int = 0, column: int = 0) -> Problem:
    """Return a problem with a file as a whole, or with a place in its text."""
    certain = 1 <= line <= len(file.lines)
    span = Span(line=line, column=column, width=1) if certain else None
    source = file.lines[line - 1] if certain else ""
    return Problem(code=code, where=file.name, what=what, span=span, source=source)


def render(problem: Problem) -> str:
    """Lay a problem out for people, in up to four lines; passwords are starred out."""
    where = f"{problem.where}:{problem.span.line}" if problem.span else problem.where
    lines = ["  ".join(part for part in (where, problem.table, problem.what) if part)]
    if problem.span:
        lines += _excerpt(problem.span, problem.source, problem.hint)
    elif problem.hint:
        lines.append(f"         {problem.hint}")
    prefix = f" {problem.prefix}" if problem.prefix else ""
    lines.append(f"  next: {NEXT[problem.code].format(prefix=prefix)}     {problem.code}")
    return "\n".join(visible(mask(line)) for line in lines)


def mask(text: str) -> str:
    """Star out what may be a password in a URL, keeping every column where it was."""
    for pattern in PASSWORDS:
        text = pattern.sub(lambda found: found[1] + "*" * len(found[2]), text)
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant; empty when none is near."""
    close = get_close_matches(word, tuple(known), 1, 0.6)
    return close[0] if close else ""


def table_label(tables: Sequence[str | int]) -> str:
    """Return a table as its header is written: `[server]`, `[[section]] 2 match`."""
    if not tables:
        return ""
    if len(tables) > 1 and isinstance(tables[1], int):
        rest = "".join(f" {part}" for part in tables[2:])
        return f"[[{tables[0]}]] {tables[1] + 1}{rest}"
    return f"[{'.'.join(str(part) for part in tables)}]"


def _span(file: TomlFile, path: KeyPath, *, key: bool) -> Span | None:
    """Return where to point: the value or key itself, else the innermost table around it."""
    if _variable(file, path):
        return None
    for length in range(len(path), 0, -1):
        place = file.places.get(path[:length])
        if place and length == len(path):
            return place.key if key else place.value
        if place:
            return place.key
    return None


def _variable(file: TomlFile, path: KeyPath) -> str:
    """Return the environment variable that set this value, or the whole of which it is part."""
    prefixes = (path[:length] for length in range(len(path), 0, -1))
    return next((file.variables[part] for part in prefixes if part in file.variables), "")


def _known(tables: Sequence[str | int]) -> list[str]:
    """Return the table's name without indices and without a source's own name."""
    names = [part for part in tables if isinstance(part, str)]
    return names[:1] if names[:1] == ["source"] else names


def _excerpt(span: Span, source: str, hint: str) -> list[str]:
    """Return the line with what is underlined in it; of a long line, the piece around it."""
    start = max(0, span.column - 40) if len(source) > LONGEST_SOURCE else 0
    piece = source[start : start + LONGEST_SOURCE]
    carets = _underline(span.column - start, span.width, piece)
    return [f"{span.line:>6} | {piece}", f"{'':>6} | {carets} {hint}".rstrip()]


def _underline(column: int, width: int, source: str) -> str:
    """Return carets under the span: tabs kept, wide characters counted as two columns."""
    before, marked = source[:column], source[column : column + width]
    pad = "".join(
        "\t" if character == "\t" else " " * _columns(character) for character in before
    )
    return pad + "^" * max(1, sum(map(_columns, marked)))


def _columns(character: str) -> int:
    """Return how many columns a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
