"""Readers of a private copy and their tokens: what is known of them, and how a log hides them.

A token is 160 random bits behind a prefix by which logs, and whoever looks for leaked secrets,
know it. Only its digest is ever stored; a fast digest is enough for what cannot be guessed.
"""

import base64
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field

PREFIX = "rd_"
TOKEN = re.compile(rf"{PREFIX}[a-z2-7]{{32}}")

HIDDEN = "…"
"""What stands in a log in the place of a token."""

_SHOWN = re.compile(rf"(?<=/r/)[^/\s?\"']{{16,}}|{PREFIX}[a-z2-7]{{8,}}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who may read a private copy; `revoked` is None as long as that holds."""

    name: str
    digest: str = field(repr=False)  # of the token: SHA-256, hexadecimal
    created: dt.datetime
    used: dt.date | None = None  # the last day, UTC
    revoked: dt.datetime | None = None


def token(random: bytes) -> str:
    """Return a token made of 20 random bytes."""
    return PREFIX + base64.b32encode(random).decode().lower()


def digest(text: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def hide(text: str) -> str:
    """Return the text without tokens, whole or mistyped (security no. 86)."""
    return _SHOWN.sub(HIDDEN, text)
