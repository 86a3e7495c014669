"""Pictures that the accounts show of themselves: files of the operator, named in the config."""

from dataclasses import dataclass
from pathlib import Path

from bridge.config.wording import RefusedError

LARGEST = 2_000_000
"""Bytes; Mastodon takes no larger avatar or header."""

KINDS = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", "png"),
    (b"\xff\xd8\xff", 0, "image/jpeg", "jpg"),
    (b"GIF8", 0, "image/gif", "gif"),
    (b"WEBP", 8, "image/webp", "webp"),
)
"""What a picture may be: the bytes that tell it, where they stand, its type and its ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A picture as it is served; its first bytes say what it is, not its name."""

    data: bytes
    type: str
    ending: str


def read(path: Path) -> Portrait:
    """Return a picture; RefusedError when it is missing, too large or no picture."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise RefusedError(f"cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise RefusedError("is larger than 2 MB")
    for start, offset, type, ending in KINDS:
        if data.startswith(start, offset):
            return Portrait(data=data, type=type, ending=ending)
    raise RefusedError("is no PNG, JPEG, WebP or GIF")
