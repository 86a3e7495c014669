"""Secrets given as `<key>_file`: the file's content takes the key's place.

Containers and service managers hand secrets over as files; in a file of its own a secret
does not travel with the configuration into backups and bug reports (requirement 86).
"""

import os
import stat
from pathlib import Path

from bridge.config.models import SECRETS
from bridge.config.problems import Problem, at
from bridge.config.scanner import KeyPath
from bridge.config.toml_file import TomlFile

LARGEST = 64 * 1024
MOUNTS = ("/run/secrets/", "/run/credentials/")
"""Where Docker and systemd put secrets: the folder is closed, the file's own mode is theirs
to choose (Docker's default is 0444), so it is not held against anybody."""


def resolve(file: TomlFile, root: Path) -> tuple[Problem, ...]:
    """Put the content of secret files in place of their names; return what went wrong."""
    found = (_resolve_one(file, root, path) for path in SECRETS)
    return tuple(problem for problem in found if problem)


def _resolve_one(file: TomlFile, root: Path, path: tuple[str, ...]) -> Problem | None:
    *tables, name = path
    pointer = (*tables, f"{name}_file")
    written = file.get(*pointer)
    if not isinstance(written, str) or not written:
        return None  # absent, or the models say that it must be a path
    if file.get(*path) is not None:
        return at(file, pointer, "BR108", f"both {name} and {name}_file are given", key=True)
    target = root / written
    try:
        text = _read(target)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return at(file, pointer, "BR107", f"{name}_file: {target}: {why}", _hint(error))
    table = file.get(*tables)
    del table[pointer[-1]]
    table[name] = text
    _move(file, pointer, path)
    file.secret_files[path] = str(target)
    return None


def _read(path: Path) -> str:
    """Return a secret file's text; ValueError or OSError when it must not or cannot be used."""
    # Not blocking: a pipe of this name must not hold the daemon up for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is not a file")
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o077 and not str(path).startswith(MOUNTS):
            raise PermissionError(0, f"has mode {mode:04o}, so that others can use it")
        data = os.read(descriptor, LARGEST + 1)
    finally:
        os.close(descriptor)
    if len(data) > LARGEST:
        raise ValueError("is too large for a secret")
    text = data.decode("utf-8").strip()
    if not text:
        raise ValueError("is empty")
    return text


def _hint(error: Exception) -> str:
    return "chmod 600 lets only its owner read it" if isinstance(error, PermissionError) else ""


def _move(file: TomlFile, pointer: KeyPath, path: KeyPath) -> None:
    """Let problems with the secret point at the key that named its file."""
    if pointer in file.places:
        file.places[path] = file.places[pointer]
    if pointer in file.variables:
        file.variables[path] = file.variables[pointer]
