"""What every signature scheme must check on a request: headers, host, time, digest, key id."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime

from bridge.errors import SignatureError
from bridge.federation.signatures.fields import read_bytes
from bridge.model import KeyKind, Request, urls

Headers = tuple[tuple[str, str], ...]

WINDOW = dt.timedelta(hours=1)
"""How far a sender's clock may be off, either way (security no. 6)."""

_HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d{2}:\d{2}:\d{2} (GMT|UTC|\+0000)"
)

DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
"""What a Content-Digest may be made with; others are passed over, but do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a signature says of itself, once all but the key has been checked."""

    key_id: str
    algorithm: str  # as labelled; empty where the key decides
    kinds: frozenset[KeyKind]  # of key that the label goes with
    covered: tuple[str, ...]  # lower case, in order
    signature: bytes
    text: bytes  # what was signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request with what it is measured against."""

    request: Request
    now: dt.datetime
    hosts: Collection[str]
    window: dt.timedelta
    scheme: str = "https"  # what the sender used: a proxy may have unwrapped it

    @property
    def authority(self) -> str:
        """Return the Host header in its one spelling."""
        return urls.netloc(self.single("host"))

    @property
    def target(self) -> str:
        """Return the whole URL that was asked for."""
        return f"{self.scheme}://{self.authority}{self.request.path}"

    @property
    def query(self) -> str:
        """Return the query string with its question mark; empty when there is none."""
        _, mark, query = self.request.path.partition("?")
        return mark + query

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of a header; the name in lower case."""
        return tuple(
            value.strip(" \t") for key, value in self.request.headers if key.lower() == name
        )

    def has(self, name: str) -> bool:
        """Say whether a header was sent at all."""
        return bool(self.values(name))

    def single(self, name: str) -> str:
        """Return the value of a header that must be there exactly once (nos. 3 and 10)."""
        values = self.values(name)
        if len(values) != 1:
            many = f"sent {len(values)} times" if values else "missing"
            raise SignatureError(f"the {name.title()} header is {many}")
        return values[0]

    def check_host(self) -> None:
        """Refuse a request that was meant for another host (no. 5)."""
        host = self.single("host")
        if urls.netloc(host) not in {urls.netloc(ours) for ours in self.hosts}:
            raise SignatureError("the Host header names another server", where=repr(host))

    def check_date(self) -> None:
        """Refuse a Date header outside the window."""
        self.check_moment(http_date(self.single("date")), "the date")

    def check_moment(self, moment: dt.datetime, name: str) -> None:
        """Refuse a moment outside the window, before or after now (no. 6)."""
        off = moment - self.now
        if abs(off) > self.window:
            raise SignatureError(
                f"{name} is outside the window",
                why=f"off by {off.total_seconds():+.0f} s, "
                f"at most {self.window.total_seconds():.0f}",
            )

    def check_digest(self) -> None:
        """Refuse a body whose SHA-256 is not the one in the Digest header (no. 4)."""
        found = []
        for part in self.single("digest").split(","):
            algorithm, equals, value = part.strip().partition("=")
            if not equals:
                raise SignatureError("the Digest header cannot be read")
            if algorithm.lower() == "sha-256":
                found.append(decoded(value, "the digest"))
        if len(found) != 1:
            raise SignatureError("the Digest header needs exactly one SHA-256 value")
        if not hmac.compare_digest(found[0], hashlib.sha256(self.request.body).digest()):
            raise SignatureError("the body does not match its digest")

    def check_content_digest(self) -> None:
        """Refuse a body that does not match every known value of its Content-Digest."""
        given = read_bytes(self.single("content-digest"), "Content-Digest")
        known = {name: value for name, value in given.items() if name in DIGESTS}
        if not known:
            raise SignatureError("the Content-Digest header needs a SHA-256 or SHA-512 value")
        for name, value in known.items():
            if not hmac.compare_digest(value, DIGESTS[name](self.request.body).digest()):
                raise SignatureError("the body does not match its digest", where=name)

    def check_key_id(self, key_id: str) -> None:
        """Refuse a key id that is no web address of another server (no. 12)."""
        try:
            url = urls.parse(key_id)
        except ValueError as error:
            raise SignatureError("the keyId is not usable", why=str(error)) from error
        if url.netloc in {urls.netloc(ours) for ours in self.hosts}:
            raise SignatureError("the keyId is on our own host")


def http_now(now: dt.datetime) -> str:
    """Return a moment as a Date header has it."""
    return format_datetime(now.astimezone(dt.UTC), usegmt=True)


def http_date(text: str) -> dt.datetime:
    """Read a date as RFC 9110 writes it; SignatureError otherwise."""
    if not _HTTP_DATE.fullmatch(text):
        raise SignatureError("the Date header is not an HTTP date", where=repr(text[:60]))
    try:
        return parsedate_to_datetime(text).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise SignatureError("the Date header names no day", where=repr(text)) from error


def decoded(text: str, name: str) -> bytes:
    """Decode strict base64; SignatureError otherwise."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError(f"{name} is not base64") from error
