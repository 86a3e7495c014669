"""Read and write the structured fields that RFC 9421 is made of; nothing more of RFC 9651.

A dictionary whose members are byte sequences (`Signature`, `Content-Digest`), or lists of names
with parameters (`Signature-Input`). Whatever could be read in two ways is refused: a key given
twice, a parameter on a covered component, a value of another kind.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bridge.errors import SignatureError

LONGEST = 8192
MOST_MEMBERS = 32

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_INTEGER = re.compile(r"-?\d{1,15}(?![\d.])")
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_SPACES = re.compile(r" *")
_COMMA = re.compile(r"[ \t]*,[ \t]*")

Parameters = dict[str, str | int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One member of `Signature-Input`: what is covered, and how it was signed."""

    components: tuple[str, ...]
    parameters: Parameters

    def __str__(self) -> str:
        """Return the one spelling of it, which is signed as `@signature-params`."""
        names = " ".join(map(_quoted, self.components))
        given = (f";{name}={_item(value)}" for name, value in self.parameters.items())
        return f"({names}){''.join(given)}"


def read_inputs(header: str, name: str) -> dict[str, Input]:
    """Return the members of a `Signature-Input`; `name` stands in what is told of a fault."""
    reader = _Reader(header, name)
    return reader.members(reader.input)


def read_bytes(header: str, name: str) -> dict[str, bytes]:
    """Return the members of a dictionary of byte sequences."""
    reader = _Reader(header, name)
    return reader.members(reader.bytes)


def write_bytes(value: bytes) -> str:
    """Return a byte sequence as a field has it."""
    return f":{base64.b64encode(value).decode()}:"


def _item(value: str | int) -> str:
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Reader:
    """A field that is read from left to right."""

    def __init__(self, text: str, name: str) -> None:
        if len(text) > LONGEST:
            raise SignatureError(f"the {name} header is too long")
        self._text, self._name, self._at = text.strip(" \t"), name, 0

    def members(self, value: Callable[[], T]) -> dict[str, T]:
        """Read a whole dictionary; every key at most once (security no. 10)."""
        found: dict[str, T] = {}
        while True:
            key = self._take(_KEY)[0]
            if key in found:
                raise SignatureError(
                    f"the {self._name} header names something twice", where=key
                )
            self._expect("=")
            found[key] = value()
            if self._at == len(self._text):
                return found
            if len(found) == MOST_MEMBERS:
                raise SignatureError(f"the {self._name} header is too long")
            self._take(_COMMA)

    def input(self) -> Input:
        """Read a list of covered components and the parameters behind it."""
        self._expect("(")
        components: list[str] = []
        self._take(_SPACES)
        while not self._next(")"):
            components.append(self._string())
            if not self._next(")"):
                self._expect(" ")  # a parameter of a component would stand here
                self._take(_SPACES)
        self._expect(")")
        return Input(components=tuple(components), parameters=self._parameters())

    def bytes(self) -> bytes:
        """Read a byte sequence."""
        try:
            return base64.b64decode(self._take(_BYTES)[1], validate=True)
        except (binascii.Error, ValueError) as error:
            raise self._unreadable() from error

    def _parameters(self) -> Parameters:
        found: Parameters = {}
        while self._next(";"):
            self._at += 1
            self._take(_SPACES)
            name = self._take(_KEY)[0]
            if name in found:
                raise SignatureError("a parameter of the signature is doubled", where=name)
            self._expect("=")
            found[name] = self._string() if self._next('"') else int(self._take(_INTEGER)[0])
        return found

    def _string(self) -> str:
        return re.sub(r"\\(.)", r"\1", self._take(_STRING)[1])

    def _next(self, character: str) -> bool:
        return self._text.startswith(character, self._at)

    def _expect(self, character: str) -> None:
        if not self._next(character):
            raise self._unreadable()
        self._at += len(character)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise self._unreadable()
        self._at = match.end()
        return match

    def _unreadable(self) -> SignatureError:
        return SignatureError(f"the {self._name} header cannot be read")
