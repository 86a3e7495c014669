"""Send one request and read its answer within time and size; redirects are checked per hop.

Security nos. 47 to 60 and 96. There is no session: no cookies, no netrc, no proxies from the
environment, and a prepared request costs half of what a session would add to each delivery.
"""

import http.client
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3

from bridge.errors import AddressError, RemoteError
from bridge.http.guard import Guard
from bridge.http.transport import CALL, Adapter, Call
from bridge.http.values import Counts, Headers, HttpPolicy, Response
from bridge.model import urls

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ANSWER_KEPT = 4_096
"""Bytes of a POST's answer that are kept, for the reason in it."""
ANSWER_READ = 65_536
"""Bytes of a POST's answer that are read so that its connection can be used again."""
ANSWER_SECONDS = 2.0
"""How long a POST's answer may take after its status, which is all that counts."""

_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)

Sign = Callable[[str], Headers]
"""Give the headers that sign a GET of this URL."""


class Http:
    """The guarded client; one per process, safe to use from many threads."""

    def __init__(self, policy: HttpPolicy, guard: Guard | None = None) -> None:
        """Load the certificates once; `guard` is for tests that bring their own resolver."""
        self.policy = policy
        self.counts = Counts()
        self._adapter = Adapter(policy, guard or Guard(policy.allow), self.counts)

    def close(self) -> None:
        """Close every idle connection."""
        self._adapter.close()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        headers: Headers = (),
        sign: Sign | None = None,
        limit: int | None = None,
        timeout: float | None = None,
        redirects: int | None = None,
        same_origin: bool = False,
    ) -> Response:
        """Fetch a URL; an answer of any status is returned.

        `headers` and what `sign` gives for each hop go only to the first URL's origin.
        `limit` is in bytes, `timeout` in seconds; `redirects=0` returns the redirect itself,
        `same_origin` refuses to be led elsewhere. Raises AddressError (the guard), RemoteError.
        """
        call = self._call(timeout)
        hops = self.policy.redirects if redirects is None else redirects
        target = start = _parse(url)
        for left in range(hops, -1, -1):
            own = _own(headers, sign, target) if target.origin == start.origin else ()
            raw = self._send("GET", target, (*own, ("Accept", accept)), None, call)
            place = raw.headers.get("Location")
            if hops == 0 or raw.status not in REDIRECTS or place is None:
                return _response(raw, target, self.policy.limit if limit is None else limit)
            raw.close()  # its body is never read: it may be a bomb
            target = _next(target, place, start if same_origin else None) if left else target
        raise _failed("too many redirects", target, f"more than {hops}", transient=False)

    def post(
        self, url: str, *, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Response:
        """Send a body; redirects are never followed.

        Once a status has come, whatever is odd about the rest of the answer is no failure.
        Raises AddressError where the guard refuses, RemoteError when no status came.
        """
        call = self._call(timeout, body_follows=bool(body))
        target = _parse(url)
        raw = self._send("POST", target, headers, body, call)
        call.deadline = min(call.deadline, monotonic() + ANSWER_SECONDS)
        try:
            answer = _response(raw, target, ANSWER_READ)
        except RemoteError:
            return _without_body(raw, target)
        return replace(answer, body=answer.body[:ANSWER_KEPT])

    def _call(self, timeout: float | None, *, body_follows: bool = False) -> Call:
        seconds = self.policy.timeout if timeout is None else timeout
        return Call(deadline=monotonic() + seconds, body_follows=body_follows)

    def _send(
        self, method: str, target: urls.Url, headers: Headers, body: bytes | None, call: Call
    ) -> Any:
        request = requests.PreparedRequest()
        request.method, request.url, request.body = method, str(target), body
        length = () if body is None else (("Content-Length", str(len(body))),)
        common = ("User-Agent", self.policy.user_agent), ("Accept-Encoding", "gzip, deflate")
        # a plain dict: what goes to the wire is not asked for again
        request.headers = dict((*common, *headers, *length))  # type: ignore[assignment]
        token = CALL.set(call)
        try:
            # stream: the body is read below, against the limit
            return self._adapter.send(request, stream=True, timeout=call.left()).raw
        except _FAILURES as error:
            raise _failed("no answer", target, _innermost(error)) from error
        finally:
            CALL.reset(token)


def _body(raw: Any, limit: int, target: urls.Url) -> bytes:
    """Read and decompress a body up to its limit; the connection is closed when that fails."""
    parts, size = [], 0
    try:
        for part in raw.stream(16_384, decode_content=True):
            size += len(part)
            if size > limit:
                why = f"larger than {limit} bytes"
                raise _failed("refused the answer", target, why, transient=False)
            parts.append(part)
    except _FAILURES as error:
        raise _failed("the answer broke off", target, _innermost(error)) from error
    finally:
        if not raw.isclosed():
            raw.close()
    return b"".join(parts)


def _response(raw: Any, target: urls.Url, limit: int) -> Response:
    return replace(_without_body(raw, target), body=_body(raw, limit, target))


def _without_body(raw: Any, target: urls.Url) -> Response:
    headers = tuple((str(name), str(value)) for name, value in raw.headers.iteritems())
    return Response(status=raw.status, headers=headers, url=str(target), body=b"")


def _own(headers: Headers, sign: Sign | None, target: urls.Url) -> Headers:
    return (*headers, *(sign(str(target)) if sign else ()))


def _parse(url: str) -> urls.Url:
    try:
        return urls.parse(url)
    except ValueError as error:
        raise AddressError("refused the URL", where=repr(url[:200]), why=str(error)) from error


def _next(current: urls.Url, place: str, stay: urls.Url | None) -> urls.Url:
    try:
        target = _parse(urljoin(str(current), place))
    except ValueError as error:
        raise AddressError("refused a redirect", where=str(current), why=str(error)) from error
    if stay is not None and target.origin != stay.origin:
        why = f"it leads to {target.origin}"
        raise AddressError("refused a redirect to another host", where=str(current), why=why)
    return target


def _failed(what: str, target: urls.Url, why: str, *, transient: bool = True) -> RemoteError:
    return RemoteError(what, transient=transient, where=str(target), why=why)


def _innermost(error: BaseException) -> str:
    """Return the reason at the bottom: the libraries wrap it three times over."""
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return str(error)[:200] or type(error).__name__
