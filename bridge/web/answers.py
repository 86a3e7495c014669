"""What the fediverse's rooms share: their bridge, their clock, and the form of an answer."""

import datetime as dt
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from bridge.federation import vocabulary
from bridge.federation.vocabulary import ACTIVITY_JSON
from bridge.model import Json
from bridge.model import Request as Received
from bridge.pipeline import receive
from bridge.wiring import Bridge

MAX_AGE = 180
"""Seconds an answer may be kept; a correction shall not hide for longer."""


def bridge_of(extensions: dict[str, object] | None = None) -> Bridge:
    """Return the bridge of the application in hand."""
    found = (extensions or current_app.extensions)["bridge"]
    assert isinstance(found, Bridge)  # noqa: S101 - create_app put it there
    return found


def base() -> str:
    """Return what all our addresses start with."""
    return bridge_of().site.base_url


def clock() -> dt.datetime:
    """Return the moment of the request."""
    return dt.datetime.now(dt.UTC)


def answer(document: Json, mimetype: str = ACTIVITY_JSON, status: int = 200) -> Response:
    """Answer with a document."""
    body = vocabulary.dump(document)
    return finish(Response(body, status=status, content_type=mimetype))


def finish(response: Response, *, max_age: int = MAX_AGE) -> Response:
    """Set what every answer of these rooms has; 304 when the other side has it already."""
    guarded = bridge_of().settings.federation.authorized_fetch
    response.headers["Vary"] = "Accept, Signature" if guarded else "Accept"
    response.headers["Access-Control-Allow-Origin"] = "*"  # RFC 7033 §5
    who = "private" if guarded else "public"
    response.headers["Cache-Control"] = f"{who}, max-age={max_age}"
    if response.status_code == 200:
        response.add_etag()  # unless it has one
    response.make_conditional(request)
    return response


def told(given: receive.Answer) -> Response:
    """Answer in one line of text."""
    text = f"{given.reason}\n" if given.reason else ""
    response = Response(text, status=given.status, mimetype="text/plain")
    if given.retry_after is not None:
        response.headers["Retry-After"] = str(given.retry_after)
    return response


def received() -> Received:
    """Return the request as it was signed."""
    query = request.query_string.decode("latin-1")
    path = quote(request.path, safe="/:@!$&'()*+,;=~-._")
    return Received(
        method=request.method,
        path=f"{path}?{query}" if query else path,
        headers=tuple(request.headers.items()),
        body=_body(),
    )


def _body() -> bytes:
    """Return the body; 413 above the limit, whatever length the sender names."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    limit = bridge_of().settings.federation.inbox_max_bytes
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    # A stream that ends at the limit is cut off in silence, hence one byte more.
    request.max_content_length = limit + 1
    body = request.get_data(cache=False)
    if len(body) > limit:
        raise RequestEntityTooLarge
    return body
