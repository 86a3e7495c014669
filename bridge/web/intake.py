"""The inboxes in front of Flask, for the activity that comes as activities do.

A framework costs more than checking and storing an activity. Whatever is unusual about a
request (its coding, its length, an inbox of nobody) is left to the view behind, which tells
what is wrong; both ask the same throttle and `pipeline.receive`.
"""

import datetime as dt
from typing import Any

import structlog

from bridge.errors import StoreError
from bridge.model import Request, addresses
from bridge.pipeline import actors, receive
from bridge.web.headers import PRIVATE, SECURITY
from bridge.web.published import Answer
from bridge.web.throttle import Throttle
from bridge.wiring import Bridge

BUSY = 60
"""Seconds after which a sender may try again when the database cannot take anything."""

STATUS = {
    202: "202 Accepted",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    415: "415 Unsupported Media Type",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}

UNUSUAL = ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")
"""Headers of requests that are left to the view."""

log = structlog.get_logger(__name__)


class Intake:
    """Answers POST requests to the inboxes of one bridge."""

    def __init__(self, bridge: Bridge, throttle: Throttle) -> None:
        """Take the throttle of the view, so that each request is counted once."""
        self._bridge, self._throttle = bridge, throttle
        base = bridge.site.base_url
        shared = addresses.shared_inbox(base)
        own = map(addresses.inbox, actors.ours(bridge.site))
        self._paths = frozenset(
            url.removeprefix(base) for url in (shared, *own) if bridge.federates
        )
        private = PRIVATE if bridge.site.mode == "reader" else ()
        self._common = [("Content-Type", "text/plain; charset=utf-8"), *SECURITY, *private]

    def answer(self, environ: dict[str, Any]) -> Answer | None:
        """Take in a request and answer it; None when that is the view's to do."""
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] not in self._paths:
            return None
        length = environ.get("CONTENT_LENGTH") or ""
        limit = self._bridge.settings.federation.inbox_max_bytes
        if not (length.isascii() and length.isdecimal()) or int(length) > limit:
            return None
        if any(name in environ for name in UNUSUAL):
            return None
        body = environ["wsgi.input"].read(int(length))
        if len(body) < int(length):
            return self._told(receive.Answer(status=400, reason="the body ended early"))
        return self._told(self._take_in(environ, body))

    def _take_in(self, environ: dict[str, Any], body: bytes) -> receive.Answer:
        wait = self._throttle.wait(
            environ.get("REMOTE_ADDR", ""),
            environ.get("HTTP_X_FORWARDED_FOR", ""),
            environ.get("HTTP_SIGNATURE", ""),
        )
        if wait is not None:
            return receive.Answer(status=429, reason="too many", retry_after=wait)
        try:
            now = dt.datetime.now(dt.UTC)
            answer = receive.receive(self._bridge, _request(environ, body), now)
        except StoreError as error:
            log.warning("an activity could not be stored", reason=str(error))
            return receive.Answer(status=503, reason="try again later", retry_after=BUSY)
        if answer.verified:
            self._throttle.count(answer.verified)
        return answer

    def _told(self, answer: receive.Answer) -> Answer:
        body = f"{answer.reason}\n".encode() if answer.reason else b""
        headers = [*self._common, ("Content-Length", str(len(body)))]
        if answer.retry_after is not None:
            headers.append(("Retry-After", str(answer.retry_after)))
        return Answer(status=STATUS[answer.status], headers=headers, body=body)


def _request(environ: dict[str, Any], body: bytes) -> Request:
    """Return the request as it was signed; the paths of inboxes need no quoting."""
    query = environ.get("QUERY_STRING", "")
    headers = [
        (name[5:].replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    kept = ("CONTENT_TYPE", "CONTENT_LENGTH")  # CGI names these two in its own way
    headers += [(n.replace("_", "-").lower(), environ[n]) for n in kept if environ.get(n)]
    path = environ["PATH_INFO"]
    return Request(
        method="POST",
        path=f"{path}?{query}" if query else path,
        headers=tuple(headers),
        body=body,
    )
