"""What a URL means once every spelling of it is made one; nothing here touches the network.

RFC 3986, with the strictness of security nos. 12, 30 and 52: http and https only, no user
information, no control characters, and one origin whatever the case, the default port, the
trailing dot or the script of the host name.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

import idna

PORTS = {"http": 80, "https": 443}
"""The schemes that are spoken, with their default ports."""

LONGEST = 2048
"""Longer URLs are refused: no actor, inbox or feed has one."""

_KEPT = "/%:@!$&'()*+,;=~-._"
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """A URL taken apart; equal parts mean the same place."""

    scheme: str  # "http" or "https"
    host: str  # ASCII, lower case, no trailing dot; an IPv6 address without brackets
    port: int
    path: str  # with query, starts with a slash

    @property
    def netloc(self) -> str:
        """Return host and port as a Host header has them: no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return scheme, host and port as one comparable text."""
        return f"{self.scheme}://{self.netloc}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


@lru_cache(maxsize=2048)  # each request and delivery asks about the same few, many times
def parse(text: str) -> Url:
    """Take a URL apart; a fragment is dropped. Raises ValueError, which says what is wrong."""
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    if _CONTROL.search(text):
        raise ValueError("a space, backslash or control character in it")
    parts = urlsplit(text)
    if parts.scheme not in PORTS:
        raise ValueError(f"scheme {parts.scheme!r} is not http or https")
    if "@" in parts.netloc:
        raise ValueError("a user name or password in it")
    host = _host(parts.hostname or "")
    port = parts.port if parts.port is not None else PORTS[parts.scheme]
    if port == 0:
        raise ValueError("port 0")
    path = quote(parts.path or "/", safe=_KEPT)
    query = quote(parts.query, safe=_KEPT + "?[]")
    return Url(
        scheme=parts.scheme, host=host, port=port, path=f"{path}?{query}" if query else path
    )


def canonical(text: str) -> str:
    """Return the one spelling of a URL, fragment kept; ValueError when it is unusable."""
    url, hash, fragment = text.partition("#")
    return f"{parse(url)}{hash}{quote(fragment, safe=_KEPT + '?')}"


def origin(text: str) -> str:
    """Return the canonical origin of a URL; ValueError when it is unusable."""
    return parse(text).origin


def same_origin(one: str, other: str) -> bool:
    """Say whether two URLs share scheme, host and port; unusable ones share nothing."""
    try:
        return parse(one).origin == parse(other).origin
    except ValueError:
        return False


def netloc(host: str) -> str:
    """Return one spelling of a Host header's value; an unusable one stays as it is."""
    try:
        return parse(f"https://{host}").netloc
    except ValueError:
        return host


def _host(name: str) -> str:
    if not name:
        raise ValueError("no host name")
    if ":" in name:  # an IPv6 address: urlsplit checked it; a zone would name our interface
        if "%" in name:
            raise ValueError("an IPv6 zone in it")
        return str(ipaddress.IPv6Address(name))
    host = name if name.isascii() else _ascii(name)
    host = host.lower().removesuffix(".")
    if len(host) > 253 or not _HOST.fullmatch(host) or ".." in host:
        raise ValueError(f"{name!r} is not a host name")
    return host


def _ascii(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"{name!r} is not a host name: {error}") from error
