"""The door of a private copy: nothing is answered to who shows no token (`mode = "reader"`).

A token is shown as part of the address, as a password, or by the cookie which a browser gets at
its first visit. It is looked up by its digest, so that the time this takes says nothing of the
tokens there are; 160 random bits cannot be guessed, whatever is tried (security no. 86).
"""

import base64
import binascii
import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication

import structlog

from bridge.errors import BridgeError
from bridge.model import Reader, access, addresses
from bridge.publish.words import words
from bridge.store import Store, readers
from bridge.web.headers import PRIVATE, SECURITY
from bridge.web.personal import STYLE, Personal, Way
from bridge.web.published import Answer
from bridge.web.throttle import Throttle
from bridge.wiring import Bridge

FRESH = 2.0
"""Seconds after which a process asks again who may read: a revoked token works no longer."""

BLIND = 60.0
"""Seconds for which the last list holds while the database cannot be asked."""

REFUSALS = 60
"""Refusals a minute that one address is told the reason of; then 429."""

REMEMBERED = 400 * 86_400
"""Seconds a browser stays signed in, as long as browsers allow."""

OPEN = STYLE | {"/robots.txt", "/livez", "/readyz", "/metrics"}
"""What everybody may ask for; measurements have a guard of their own."""

_FOLDER = f"/{addresses.PERSONAL}/"
_NO_STORE = ("Cache-Control", "private, no-store")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a request shows: a token, or nothing; `path` is what it asks for."""

    token: str
    way: Way | None
    path: str


class Known:
    """Who may read, as this process last heard."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the database and a clock in seconds."""
        self._store, self._clock = store, clock
        self._heard = float("-inf")
        self._readers: dict[str, Reader] = {}

    def find(self, token: str) -> Reader | None:
        """Return whose token this is; BridgeError when it cannot be known."""
        now = self._clock()
        if now - self._heard >= FRESH:
            self._ask(now)
        return self._readers.get(access.digest(token))

    def greet(self, reader: Reader, day: dt.date) -> None:
        """Note that somebody came today; once a day, and never at the cost of the answer."""
        if reader.used is not None and reader.used >= day:
            return
        self._readers[reader.digest] = replace(reader, used=day)
        try:
            with self._store.begin() as connection:
                readers.touch(connection, reader.digest, day)
        except BridgeError as error:
            log.warning("a reader's visit was not noted", reader=reader.name, error=str(error))

    def _ask(self, now: float) -> None:
        try:
            with self._store.read() as connection:
                self._readers = {one.digest: one for one in readers.in_force(connection)}
            self._heard = now
        except BridgeError:
            if now - self._heard >= BLIND:
                raise


class Door:
    """The middleware in front of everything: lets readers in, as `bridge.web.personal` says."""

    def __init__(
        self, application: WSGIApplication, bridge: Bridge, known: Known | None = None
    ) -> None:
        """Take the whole server behind."""
        self._application = application
        self._known = known or Known(bridge.store)
        self._base_url = bridge.site.base_url
        self._throttle = Throttle(REFUSALS, bridge.settings.server.trusted_proxies)
        self._say = words(bridge.site.papers[0].language if bridge.site.papers else "en")
        secure = self._base_url.startswith("https:")
        self._cookie = "__Host-broadsheet" if secure else "broadsheet"
        self._terms = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "") or "/"
        if path in OPEN:  # in plain text: the page of what is not there names the site
            return self._application({**environ, "HTTP_ACCEPT": "text/plain"}, start_response)
        shown = self._shown(environ, path)
        answer = self._answer(environ, shown)
        start_response(answer.status, answer.headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    def _answer(self, environ: dict[str, Any], shown: Shown) -> Answer:
        try:
            reader = self._known.find(shown.token) if shown.way else None
        except BridgeError as error:
            log.error("nobody can be let in", error=str(error))
            return _plain("503 Service Unavailable", ("Retry-After", "30"))
        if reader is None or shown.way is None:
            return self._refusal(environ, shown)
        self._known.greet(reader, dt.datetime.now(dt.UTC).date())
        return self._let_in(environ, shown, shown.way)

    def _shown(self, environ: Mapping[str, str], path: str) -> Shown:
        """Return the token that a request shows; an address counts before all else."""
        if path.startswith(_FOLDER):
            token, _, rest = path.removeprefix(_FOLDER).partition("/")
            return Shown(token=token, way="address", path=f"/{rest}")
        password = _password(environ.get("HTTP_AUTHORIZATION", ""))
        if password is not None:
            return Shown(token=password, way="password", path=path)
        try:
            sent = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(self._cookie)
        except CookieError:
            sent = None
        if sent is not None:
            return Shown(token=sent.value, way="cookie", path=path)
        return Shown(token="", way=None, path=path)

    def _let_in(self, environ: dict[str, Any], shown: Shown, way: Way) -> Answer:
        personal = Personal(base_url=self._base_url, token=shown.token, way=way)
        answer = _ask(self._application, _asked(environ, shown, personal))
        if way != "address" or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return personal.made(answer, environ)
        opened = environ.get("HTTP_SEC_FETCH_DEST", "")
        page = dict(answer.headers).get("Content-Type", "").startswith("text/html")
        if page and opened == "document":
            answer = _moved(environ, shown.path)
        else:
            answer = personal.made(answer, environ)
        if opened == "document" or (page and not opened):
            kept = f"{self._cookie}={shown.token}; Max-Age={REMEMBERED}{self._terms}"
            answer.headers.append(("Set-Cookie", kept))
        return answer

    def _refusal(self, environ: dict[str, Any], shown: Shown) -> Answer:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        wait = self._throttle.wait(environ.get("REMOTE_ADDR", ""), forwarded, "")
        if wait is not None:
            return _plain("429 Too Many Requests", ("Retry-After", str(wait)))
        asks = ("WWW-Authenticate", 'Basic realm="Broadsheet", charset="UTF-8"')
        answer = _plain("401 Unauthorized", asks, text=self._say("private.refused"))
        if shown.way == "cookie":
            void = f"{self._cookie}=; Max-Age=0{self._terms}"
            answer.headers.append(("Set-Cookie", void))
        return answer


def _password(header: str) -> str | None:
    """Return the password of `Authorization: Basic`; None when there is none (RFC 7617).

    Whoever has one field only may put the token in the other: an empty password means the name.
    """
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(coded.strip()).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return (password or name).strip()


def _asked(environ: dict[str, Any], shown: Shown, personal: Personal) -> dict[str, Any]:
    """Return the request as the server behind sees it: no token, no coding, and whole."""
    asked = {**environ, "PATH_INFO": shown.path}
    for name in ("HTTP_ACCEPT_ENCODING", "HTTP_COOKIE", "HTTP_AUTHORIZATION"):
        asked.pop(name, None)
    if shown.way == "address":
        asked["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + personal.folder
    if environ["REQUEST_METHOD"] == "HEAD":
        asked["REQUEST_METHOD"] = "GET"
    if tags := environ.get("HTTP_IF_NONE_MATCH"):
        asked["HTTP_IF_NONE_MATCH"] = personal.unmarked(tags)
    return asked


def _ask(application: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Return the whole answer of an application."""
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], Any]:
        told[:] = status, headers
        return told.append  # nothing of ours writes this way

    chunks = application(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return Answer(status=told[0], headers=list(told[1]), body=body)


def _moved(environ: Mapping[str, str], path: str) -> Answer:
    """Send a browser on to the address without its token: it is what people pass on."""
    query = environ.get("QUERY_STRING", "")
    target = quote(f"{environ.get('SCRIPT_NAME', '')}/{path.lstrip('/')}")
    where = f"{target}?{query}" if query else target
    headers = [("Location", where), ("Content-Length", "0"), _NO_STORE, *SECURITY, *PRIVATE]
    return Answer(status="303 See Other", headers=headers)


def _plain(status: str, *more: tuple[str, str], text: str = "") -> Answer:
    body = f"{status}\n\n{text}\n".encode() if text else f"{status}\n".encode()
    headers = [
        *more,
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        _NO_STORE,
        *SECURITY,
        *PRIVATE,
    ]
    return Answer(status=status, headers=headers, body=body)
