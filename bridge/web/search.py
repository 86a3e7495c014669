"""The archive searched: a page that works without script, and every search as a feed.

Nothing here is written, and how often one address may ask is limited (security no. 41): a
search is the only thing a stranger can make this server work for.
"""

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState

from bridge.model.query import REASONS, QueryError, Reason
from bridge.pipeline import search
from bridge.publish import search as shown
from bridge.publish.feeds import Feeds
from bridge.publish.filetypes import FEEDS
from bridge.publish.search import Results, Terms
from bridge.publish.text import line
from bridge.web.answers import bridge_of
from bridge.web.throttle import Throttle

PAGE_AGE = 300
"""Seconds a page of results may be kept, as long as any page."""

SHOWN = 500
"""Characters of a refused query that are shown again."""

RENDERED: dict[str, Callable[[Feeds], bytes]] = {
    "rss.xml": lambda made: made.rss,
    "atom.xml": lambda made: made.atom,
    "feed.json": lambda made: made.json,
}

blueprint = Blueprint("search", __name__)


@blueprint.record
def _set_up(state: BlueprintSetupState) -> None:
    server = bridge_of(state.app.extensions).settings.server
    throttle = Throttle(server.search_rate, server.trusted_proxies)
    state.app.extensions["search_throttle"] = throttle


@blueprint.before_request
def _within_limits() -> Response | None:
    if not bridge_of().site.search:
        abort(404)
    throttle: Throttle = current_app.extensions["search_throttle"]
    forwarded = request.headers.get("X-Forwarded-For", "")
    wait = throttle.wait(request.remote_addr or "", forwarded, "")
    if wait is None:
        return None
    headers = {"Retry-After": str(wait), "Cache-Control": "no-store"}
    return Response("429 Too Many Requests\n", 429, headers, mimetype="text/plain")


@blueprint.get("/search")
def page() -> Response:
    """Answer with the form, and with what was found once something is looked for."""
    bridge, asked = bridge_of(), request.args
    found: Results | None = None
    wrong: Reason | None = None
    try:
        terms = _terms()
        if terms.text.strip():
            found = search.results(bridge, terms, asked.get("page", 1, type=int))
    except QueryError as error:
        terms, wrong = Terms(text=line(asked.get("q", ""))[:SHOWN]), error.reason
    paper = search.speaker(bridge.site, terms.within)
    body = shown.page(bridge.site, paper, terms, found, wrong, federates=bridge.federates)
    response = Response(body, 400 if wrong else 200, mimetype="text/html")
    return _finish(response, PAGE_AGE)


@blueprint.get("/search.rss", defaults={"form": "rss.xml"})
@blueprint.get("/search.atom", defaults={"form": "atom.xml"})
@blueprint.get("/search.json", defaults={"form": "feed.json"})
def feed(form: str) -> Response:
    """Answer with a search as a feed; 400 and the reason for one that asks for nothing."""
    try:
        made, changed = search.feed(bridge_of(), _terms())
    except QueryError as error:
        text = f"400 The search cannot be answered: {REASONS[error.reason]}\n"
        return Response(text, status=400, mimetype="text/plain")
    kind = FEEDS[form]
    opened = request.headers.get("Sec-Fetch-Dest") == "document"
    response = Response(
        RENDERED[form](made), content_type=(opened and kind.in_browser) or kind.type
    )
    response.headers["Vary"] = "Sec-Fetch-Dest"
    response.last_modified = changed
    return _finish(response, int(bridge_of().settings.feeds.ttl.total_seconds()))


def _terms() -> Terms:
    """Return what the address asks for; raises QueryError for a date that is none."""
    asked = request.args
    return Terms(
        text=line(asked.get("q", "")),
        within=asked.get("in", ""),
        since=_date("since"),
        until=_date("until"),
    )


def _date(name: str) -> dt.date | None:
    said = request.args.get(name, "")
    try:
        return dt.date.fromisoformat(said) if said else None
    except ValueError:
        raise QueryError("date") from None


def _finish(response: Response, max_age: int) -> Response:
    """Set what every answer of this room has; 304 when the other side has it already."""
    who = "private" if bridge_of().site.mode == "reader" else "public"
    response.headers["Cache-Control"] = f"{who}, max-age={max_age}"
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response
