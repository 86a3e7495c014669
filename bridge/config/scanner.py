"""Where each key of a TOML text stands: `tomllib` gives values but no positions.

The scanner walks a text that `tomllib` has already accepted, so it only has to find the
borders of keys and values, not to judge them. What it found is held against the parsed
values: unless both name exactly the same keys there are no positions at all, because a wrong
line number costs more than none. Grammar: https://toml.io/en/v1.0.0
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys from the top down; an element of an array stands under its 0-based index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of one line."""

    line: int  # 1-based
    column: int  # 0-based, in characters
    width: int  # in characters; cut off at the line's end


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a key and its value are written; a table's `value` is its header."""

    key: Span
    value: Span


Places = Mapping[KeyPath, Place]

KEY_PART = re.compile(r'[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'')
SPACE = re.compile(r"[ \t]*")
GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]+")


def scan(text: str, values: Mapping[str, Any]) -> Places:
    """Return the place of every key in `values`, which `text` parses to, or nothing at all."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    try:
        scanner.document()
    except (LookupError, RecursionError):
        return {}
    return scanner.places if set(scanner.places) == set(key_paths(values)) else {}


def key_paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of everything inside a parsed TOML value."""
    pairs: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        yield (*path, key)
        yield from key_paths(inner, (*path, key))


class _Scanner:
    """One pass over one text; `places` grows while it goes."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.places: dict[KeyPath, Place] = {}
        self._last: dict[KeyPath, int] = {}  # newest index of each array of tables

    def document(self) -> None:
        """Walk the whole text."""
        table: KeyPath = ()
        self._take(GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._take(GAP)

    def _header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]` and return the path of the table it opens."""
        start = self.at
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.at += brackets
        parts = self._key()
        self.at += brackets
        whole = self._span(start, self.at)
        path: KeyPath = ()
        for part, span in parts:
            path = self._enter((*path, part), Place(key=span, value=whole))
        if brackets == 2:
            path = self._append(path, parts[-1], whole)
        # A header wins over the earlier mention of its table in the header of a sub-table.
        self.places[path] = Place(key=parts[-1][1], value=whole)
        return path

    def _enter(self, path: KeyPath, place: Place) -> KeyPath:
        """Note a table on the way; an array of tables is entered at its newest element."""
        self.places.setdefault(path, place)
        return (*path, self._last[path]) if path in self._last else path

    def _append(self, path: KeyPath, part: tuple[str, Span], whole: Span) -> KeyPath:
        """Open the next element of an array of tables; `_enter` may have added an index."""
        array = path[:-1] if isinstance(path[-1], int) else path
        self._last[array] = self._last.get(array, -1) + 1
        return (*array, self._last[array])

    def _pair(self, table: KeyPath) -> None:
        """Read `key = value` inside a table."""
        parts = self._key()
        self._take(SPACE)
        self.at += 1  # the equals sign
        self._take(SPACE)
        path, start = table, self.at
        for part, span in parts:
            path = (*path, part)
            self.places.setdefault(path, Place(key=span, value=span))
        self._value(path)
        self.places[path] = Place(key=parts[-1][1], value=self._span(start, self.at))

    def _key(self) -> list[tuple[str, Span]]:
        """Read a bare, quoted or dotted key."""
        parts = []
        while True:
            self._take(SPACE)
            start = self.at
            raw = self._take(KEY_PART)
            name = tomllib.loads(f"k = {raw}")["k"] if raw[0] in "\"'" else raw
            parts.append((name, self._span(start, self.at)))
            self._take(SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        """Step over a value, noting what stands inside arrays and inline tables."""
        opening = self.text[self.at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._take(STRING)
        else:
            self.at += len(self._peek(SCALAR).rstrip())

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        self._take(GAP)
        index = 0
        while self.text[self.at] != "]":
            start = self.at
            self._value((*path, index))
            span = self._span(start, self.at)
            self.places[*path, index] = Place(key=span, value=span)
            index += 1
            self._take(GAP)
            if self.text[self.at] == ",":
                self.at += 1
                self._take(GAP)
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        self._take(GAP)
        while self.text[self.at] != "}":
            self._pair(path)
            self._take(GAP)
            if self.text[self.at] == ",":
                self.at += 1
                self._take(GAP)
        self.at += 1

    def _peek(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise LookupError(self.at)
        return found.group()

    def _take(self, pattern: re.Pattern[str]) -> str:
        piece = self._peek(pattern)
        self.at += len(piece)
        return piece

    def _span(self, start: int, end: int) -> Span:
        line = bisect_right(self._lines, start)
        newline = self.text.find("\n", start, end)
        return Span(
            line=line,
            column=start - self._lines[line - 1],
            width=(end if newline < 0 else newline) - start,
        )
