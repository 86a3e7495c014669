"""A private copy as one reader sees it: answers whose addresses work without signing in.

Feeds, catalogues and other data are read by programs that keep neither cookies nor passwords
for pictures and links, so that every address of ours in them begins with the reader's own.
Pages opened under such an address keep it in every link; pages of a browser that is signed in
only where they offer a feed to be copied. Purely decided: bytes and headers in, the same out.
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bridge.model import access, addresses
from bridge.publish.files import SMALLEST
from bridge.publish.filetypes import FEEDS
from bridge.publish.site import ASSETS
from bridge.publish.text import uri
from bridge.web.conditional import accepts_gzip
from bridge.web.published import Answer, Headers

Way = Literal["address", "password", "cookie"]
"""How a token was shown."""

STYLE = frozenset(f"/assets/{name}" for name in ASSETS)
"""What pages link to and everybody may have: nothing of the paper is in it."""

FORMS = tuple(f"{addresses.SEARCH}.{form}" for form in ("rss", "atom", "json"))
"""Feeds that are no files: those of a search."""

DATA = re.compile(r"(?!image/).*(?:xml|json|opml)", re.IGNORECASE)
_LINK = re.compile(rb'((?:href|src|action)=")(/(?!/)[^"]*)')
_TAG = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """The addresses of one reader; `way` is how this request showed the token."""

    base_url: str
    token: str
    way: Way

    @property
    def folder(self) -> str:
        """Return what the paths of this reader start with."""
        return addresses.personal("", self.token)

    @property
    def mark(self) -> str:
        """Return what this reader's entity tags end with."""
        return access.digest(self.token)[:8]

    def unmarked(self, tags: str) -> str:
        """Return entity tags as they are for everybody."""
        return re.sub(rf"-{self.mark}(?:-gz(?!ip))?", "", tags)

    def made(self, answer: Answer, asked: Mapping[str, str]) -> Answer:
        """Return an answer as this reader gets it; `asked` holds the headers by CGI names."""
        told = _joined(answer.headers)
        if "Link" in told:
            told["Link"] = self._in_data(told["Link"].encode()).decode()
        kept = told.get("Cache-Control", "private, no-cache")
        told["Cache-Control"] = kept.replace("public", "private")
        if self.way != "address":
            told["Vary"] = _more(told.get("Vary", ""), "Cookie", "Authorization")
        body = answer.body
        if answer.status.startswith("304"):
            told["ETag"] = self._as_asked(told.get("ETag", ""), asked)
        elif answer.status[:3] in ("200", "226"):
            body = self._rewritten(body, told, asked)
        return replace(answer, headers=list(told.items()), body=body)

    def _rewritten(self, body: bytes, told: dict[str, str], asked: Mapping[str, str]) -> bytes:
        """Return a body with this reader's addresses, and set what headers say of it."""
        kind = told.get("Content-Type", "")
        if kind.startswith("text/html"):
            body = _LINK.sub(self._in_page, body)
        elif DATA.match(kind):
            body = self._in_data(body)
        else:
            return body
        told["Vary"] = _more(told.get("Vary", ""), "Accept-Encoding")
        packed = len(body) >= SMALLEST and accepts_gzip(asked.get("HTTP_ACCEPT_ENCODING", ""))
        if packed:
            body = gzip.compress(body, 6, mtime=0)
            told["Content-Encoding"] = "gzip"
        if "ETag" in told:
            told["ETag"] = f'{told["ETag"][:-1]}-{self.mark}{"-gz" if packed else ""}"'
        told["Content-Length"] = str(len(body))
        return body

    def _in_data(self, body: bytes) -> bytes:
        base = uri(self.base_url)
        ours = addresses.personal(base, self.token)
        return body.replace(f"{base}/".encode(), f"{ours}/".encode())

    def _in_page(self, link: re.Match[bytes]) -> bytes:
        path = link[2].decode("utf-8", "replace").partition("?")[0]
        if path in STYLE or not (self.way == "address" or _is_feed(path)):
            return link[0]
        return link[1] + self.folder.encode() + link[2]

    def _as_asked(self, tag: str, asked: Mapping[str, str]) -> str:
        """Return the tag by which the reader knows what did not change."""
        tags = _TAG.findall(asked.get("HTTP_IF_NONE_MATCH", ""))
        return next((one for one in tags if self.unmarked(one) == tag), tag)


def _joined(headers: Headers) -> dict[str, str]:
    """Return headers by name, what is said in several lines in one (RFC 9110 §5.2)."""
    told: dict[str, str] = {}
    for name, value in headers:
        told[name] = f"{told[name]}, {value}" if name in told else value
    return told


def _is_feed(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name in FEEDS or name in FORMS


def _more(vary: str, *names: str) -> str:
    """Return a `Vary` header that names these too."""
    known = [name.strip() for name in vary.split(",") if name.strip()]
    return ", ".join(dict.fromkeys([*known, *names]))
