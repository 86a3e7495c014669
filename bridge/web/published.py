"""Answers for published files: status, headers and bytes, without any framework.

RFC 9110 and 9111. The middleware (`bridge.web.wsgi`) and the Flask view (`bridge.web.feeds`)
both answer through here, so that one tells exactly what the other does.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bridge.errors import OutputError
from bridge.publish.filetypes import FileType, cache_control, file_type
from bridge.web.conditional import accepts_gzip, has_tag, unchanged_since
from bridge.web.headers import PRIVATE, SECURITY
from bridge.web.links import link
from bridge.web.shelf import Held, Shelf

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; the body is there for HEAD too, whoever sends it leaves it out."""

    status: str
    headers: Headers
    body: bytes = b""


class Published:
    """The output as a web server sees it."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        ttl: dt.timedelta = dt.timedelta(minutes=15),
        private: bool = False,
        base_url: str = "",
        hubs: tuple[str, ...] = (),
    ) -> None:
        """Take where the files come from, how long feeds may be kept, our address and hubs."""
        self.shelf = shelf
        self.private = private
        self._ttl = int(ttl.total_seconds())
        self._common = SECURITY + (PRIVATE if private else ())
        self._who = "private" if private else "public"
        self._base_url, self._hubs = base_url, hubs

    def answer(self, method: str, path: str, asked: Mapping[str, str]) -> Answer | None:
        """Return the answer for a path; None when no published file or folder stands there.

        `asked` holds the request's headers by their CGI names (`HTTP_IF_NONE_MATCH`). When
        the place of the files cannot be asked the answer is 503, never that there is no file.
        """
        try:
            return self._found(method, path, asked)
        except OutputError:
            return self._later()

    def error_page(self) -> bytes | None:
        """Return the site's own page for addresses that lead nowhere."""
        try:
            held = self.shelf.get("404.html")
        except OutputError:
            return None
        return held.body if held else None

    def _found(self, method: str, path: str, asked: Mapping[str, str]) -> Answer | None:
        name = path[1:] + "index.html" if path.endswith("/") else path[1:]
        kind = file_type(name)
        if kind is None:
            return self._folder(method, path, asked)
        held = encoding = None
        if kind.twin and accepts_gzip(asked.get("HTTP_ACCEPT_ENCODING", "")):
            held = self.shelf.get(f"{name}.gz")
            encoding = "gzip" if held else None
        held = held or self.shelf.get(name)
        if held is None:
            return self._gone(name) or self._folder(method, path, asked)
        if method not in ("GET", "HEAD"):
            return self._refusal()
        if _is_known(held, asked):
            return Answer(status="304 Not Modified", headers=self._validators(held, kind))
        answer = self._whole(held, kind, encoding, asked)
        if beside := link(self._base_url, name, self._hubs):
            answer.headers.append(("Link", beside))
        return answer

    def _whole(
        self, held: Held, kind: FileType, encoding: str | None, asked: Mapping[str, str]
    ) -> Answer:
        opened = asked.get("HTTP_SEC_FETCH_DEST") == "document"
        headers = self._validators(held, kind)
        headers.append(("Content-Type", (opened and kind.in_browser) or kind.type))
        headers.append(("Content-Length", str(len(held.body))))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers.extend(self._common)
        return Answer(status="200 OK", headers=headers, body=held.body)

    def _validators(self, held: Held, kind: FileType) -> Headers:
        """Return what a 200 and a 304 have in common."""
        kept = cache_control(kind, self._ttl, self._who)
        headers = [("ETag", held.etag), ("Cache-Control", kept)]
        if kind.twin:
            browser = ", Sec-Fetch-Dest" if kind.in_browser else ""
            headers.append(("Vary", f"Accept-Encoding{browser}"))
        if held.modified <= time.time():  # no server may date content later than its answer
            headers.append(("Last-Modified", held.last_modified))
        return headers

    def _gone(self, name: str) -> Answer | None:
        """Answer 410 for the pages of a withdrawn article, where its tombstone stands."""
        page = name.removesuffix(".html")
        held = None if page == name else self.shelf.get(f"{page.removesuffix('.diff')}.gone")
        if held is None:
            return None
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(held.body))),
            ("Cache-Control", f"{self._who}, max-age=300"),
            *self._common,
        ]
        return Answer(status="410 Gone", headers=headers, body=held.body)

    def _folder(self, method: str, path: str, asked: Mapping[str, str]) -> Answer | None:
        """Send on to the slash where a folder was asked for without one."""
        if path.endswith("/") or not self.shelf.is_folder(path[1:]):
            return None
        if method not in ("GET", "HEAD"):
            return self._refusal()
        query = asked.get("QUERY_STRING", "")
        target = quote(f"{asked.get('SCRIPT_NAME', '')}{path}/") + (
            f"?{query}" if query else ""
        )
        headers = [("Location", target), ("Content-Length", "0"), *self._common]
        return Answer(status="301 Moved Permanently", headers=headers)

    def _refusal(self) -> Answer:
        return self._plain("405 Method Not Allowed", ("Allow", "GET, HEAD"))

    def _later(self) -> Answer:
        again = (("Retry-After", "30"), ("Cache-Control", "no-store"))
        return self._plain("503 Service Unavailable", *again)

    def _plain(self, status: str, *more: tuple[str, str]) -> Answer:
        body = f"{status}\n".encode()
        headers = [
            *more,
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            *self._common,
        ]
        return Answer(status=status, headers=headers, body=body)


def _is_known(held: Held, asked: Mapping[str, str]) -> bool:
    tags = asked.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        return has_tag(tags, held.etag)
    since = asked.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and unchanged_since(since, held.modified)
