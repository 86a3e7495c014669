"""One daemon per data folder: a lock that the kernel lets go of when its holder dies.

The file stays; the lock on it (`flock`) is what counts, so a file left behind by `kill -9`
blocks nobody. What it holds is for the message only.
"""

import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import BridgeError, HeldError

NAME = "daemon.lock"


@contextmanager
def held(data_dir: Path, now: dt.datetime) -> Iterator[Path]:
    """Hold the data folder for the length of the block and yield the lock file's path.

    Raises HeldError, which names the holder, when another process has it.
    """
    path = data_dir / NAME
    descriptor = _open(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refusal(data_dir, path) from None
        _sign(descriptor, now)
        yield path
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    """Open the lock file, made with its folder when missing; never inherited by a program."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BridgeError(
            "cannot open the lock of the data folder",
            where=str(path),
            why=error.strerror or str(error),
            hint="the daemon's user must be able to write there",
        ) from error


def _sign(descriptor: int, now: dt.datetime) -> None:
    """Write who holds the lock, for whoever is refused."""
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": now.isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode() + b"\n", 0)


def _refusal(data_dir: Path, path: Path) -> HeldError:
    """Return the error that names the holder, as far as the file tells."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {holder['pid']} on {holder['host']} since {holder['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "a process that has not signed yet"
    return HeldError(
        "another daemon holds the data folder",
        where=str(data_dir),
        why=who,
        hint="stop it, or give this one a data folder of its own",
    )
