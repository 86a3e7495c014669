"""The fediverse's view of us: discovery, accounts, posts, and the inboxes.

Objects and activities have addresses of their own that always answer with JSON, so that no
cache can hand a browser's page to a server or the reverse; only an account's address sends a
browser on to its page.
"""

import datetime as dt
from dataclasses import replace
from hashlib import sha256
from time import monotonic
from typing import Literal
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge, UnsupportedMediaType

import bridge as package
from bridge.federation import vocabulary
from bridge.federation.vocabulary import ACTIVITY_JSON, JRD_JSON, LD_JSON
from bridge.model import Actor, Json, StoredArticle, addresses
from bridge.model import Request as Received
from bridge.pipeline import actors, announce, receive
from bridge.store import activities, articles, followers
from bridge.web.throttle import Throttle
from bridge.wiring import Bridge

PAGE = 20
PAGES = 50
"""An outbox is read back so far and no further; the site itself holds all of it."""
MAX_AGE = 180
"""Seconds an answer may be kept; a correction shall not hide for longer."""

PROFILE_AGE = 60
"""Seconds for which an account's document is kept in memory."""

blueprint = Blueprint("federation", __name__)


@blueprint.record
def _set_up(state: BlueprintSetupState) -> None:
    settings = _bridge(state.app.extensions).settings
    throttle = Throttle(settings.federation.inbox_rate, settings.server.trusted_proxies)
    state.app.extensions["inbox_throttle"] = throttle


@blueprint.before_request
def _only_when_federating() -> None:
    if not _bridge().federates:
        abort(404)


@blueprint.get("/.well-known/webfinger")
def webfinger() -> Response:
    """Lead from `acct:` address, id or page to an account (RFC 7033)."""
    resource = request.args.get("resource") or abort(400)
    actor = vocabulary.find(resource, _actors(), _base()) or abort(404)
    return _answer(vocabulary.webfinger(actor, _base()), JRD_JSON)


@blueprint.get("/.well-known/host-meta")
def host_meta() -> Response:
    """Lead to WebFinger (RFC 6415)."""
    return _finish(Response(vocabulary.host_meta(_base()), mimetype=vocabulary.XRD_XML))


@blueprint.get("/.well-known/nodeinfo")
def nodeinfo_index() -> Response:
    """Lead to NodeInfo."""
    return _answer(vocabulary.nodeinfo_index(_base()), "application/json")


@blueprint.get("/nodeinfo/<any('2.0', '2.1'):version>")
def nodeinfo(version: Literal["2.0", "2.1"]) -> Response:
    """Tell what runs here."""
    site = _bridge().site
    with _bridge().store.read() as connection:
        counted = (articles.counts(connection, paper.id) for paper in site.papers)
        posts = sum(states.get("live", 0) for paper in counted for states in paper.values())
    software, users = package.__version__, len(actors.sections(site))
    told = vocabulary.nodeinfo(version, software=software, site=site, users=users, posts=posts)
    return _answer(told, vocabulary.NODEINFO_JSON.format(version))


@blueprint.get("/ap/actors/<name>")
def actor(name: str) -> Response:
    """Answer with an account's document, a browser with the way to its page."""
    page, document, tag = _profile(name)
    kinds = (ACTIVITY_JSON, "application/ld+json", LD_JSON, "text/html")
    if request.accept_mimetypes.best_match(kinds) == "text/html":
        return _finish(Response(status=303, headers={"Location": page}))
    response = Response(document, content_type=ACTIVITY_JSON)
    response.set_etag(tag)
    return _finish(response)


@blueprint.get("/ap/actors/<name>/outbox")
def outbox(name: str) -> Response:
    """Answer with how many posts there are, or a page of them for `?page=`."""
    found = _actor(name)
    url = addresses.outbox(addresses.actor_id(_base(), name))
    if "page" not in request.args:
        return _answer(vocabulary.collection(url, _posts(found), first=f"{url}?page=1"))
    number = request.args.get("page", 0, type=int)
    if not 1 <= number <= PAGES:
        abort(404)
    entries, more = _page(found, number)
    items = [announce.creation(_bridge(), entry, found).body for entry in entries]
    following = f"{url}?page={number + 1}" if more else None
    return _answer(vocabulary.page(url, f"{url}?page={number}", items, next_url=following))


@blueprint.get("/ap/actors/<name>/followers")
def followers_of(name: str) -> Response:
    """Answer with how many follow; who they are is nobody's business."""
    _must_exist(name)
    with _bridge().store.read() as connection:
        total = followers.count(connection, name)
    url = addresses.followers(addresses.actor_id(_base(), name))
    return _answer(vocabulary.collection(url, total))


@blueprint.get("/ap/actors/<name>/<any('following', 'featured'):collection>")
def empty(name: str, collection: str) -> Response:
    """Answer for what every account is asked for and none of ours has."""
    _must_exist(name)
    url = f"{addresses.actor_id(_base(), name)}/{collection}"
    return _answer(vocabulary.collection(url, 0, items=()))


@blueprint.get("/ap/o/<key>")
def post(key: str) -> Response:
    """Answer with an article as a post; 410 and a Tombstone once it is withdrawn."""
    entry = _article(key)
    if entry.state == "withdrawn":
        return _answer(vocabulary.tombstone(key, _base(), entry.updated), status=410)
    return _answer(announce.post(_bridge(), entry, _author(entry)))


@blueprint.get("/ap/activities/<name>")
def activity(name: str) -> Response:
    """Answer with an activity that was sent, or with the Create of an article."""
    with _bridge().store.read() as connection:
        sent = activities.get(connection, addresses.activity_id(_base(), name))
    key = name.removesuffix("-create")
    if key != name:
        entry = _article(key)
        if entry.state == "withdrawn":
            return _answer(vocabulary.tombstone(key, _base(), entry.updated), status=410)
        sent = sent or announce.creation(_bridge(), entry, _author(entry))
    return _answer(sent.body if sent else abort(404))


@blueprint.post("/ap/inbox", defaults={"name": None})
@blueprint.post("/ap/actors/<name>/inbox")
def inbox(name: str | None) -> Response:
    """Take in an activity; the shared inbox and those of the accounts are one."""
    if name is not None:
        _must_exist(name)
    wait = _throttle().wait(request)
    if wait is not None:
        return _told(receive.Answer(status=429, reason="too many", retry_after=wait))
    answer = receive.receive(_bridge(), _received(), _now())
    if answer.verified:
        _throttle().count(answer.verified)
    return _told(answer)


@blueprint.get("/ap/inbox", defaults={"name": None})
@blueprint.get("/ap/actors/<name>/inbox")
def inbox_is_not_read(name: str | None) -> Response:
    """Refuse to show what came in."""
    raise MethodNotAllowed(valid_methods=["POST"])


def _received() -> Received:
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
    limit = _bridge().settings.federation.inbox_max_bytes
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    # A stream that ends at the limit is cut off in silence, hence one byte more.
    request.max_content_length = limit + 1
    body = request.get_data(cache=False)
    if len(body) > limit:
        raise RequestEntityTooLarge
    return body


def _page(found: Actor, number: int) -> tuple[tuple[StoredArticle, ...], bool]:
    """Return a page of an account's articles, newest first, and whether there are more."""
    if found.paper is None:
        return (), False
    end = number * PAGE
    with _bridge().store.read() as connection:
        entries = articles.latest(connection, found.paper, found.section, end + 1)
    return entries[end - PAGE : end], len(entries) > end and number < PAGES


def _posts(found: Actor) -> int:
    if found.paper is None or found.section is None:
        return 0
    with _bridge().store.read() as connection:
        return articles.count(connection, found.paper, found.section)


def _profile(name: str) -> tuple[str, bytes, str]:
    """Return an account's page, its document and the tag of that, made once a minute at most.

    The config is read at the start and a key is kept for ever, so only a database that was
    put back can change them while we run.
    """
    profiles: dict[str, tuple[float, tuple[str, bytes, str]]]
    profiles = current_app.extensions.setdefault("profiles", {})
    until, profile = profiles.get(name, (0.0, ("", b"", "")))
    if monotonic() >= until:
        found = _actor(name)
        pair = actors.key(_bridge(), name, _now())
        found = replace(found, created=pair.created)
        document = vocabulary.dump(vocabulary.actor(found, pair.public, _bridge().site))
        profile = found.url, document, sha256(document).hexdigest()[:32]
        profiles[name] = monotonic() + PROFILE_AGE, profile
    return profile


def _article(key: str) -> StoredArticle:
    with _bridge().store.read() as connection:
        return articles.get(connection, key) or abort(404)


def _author(entry: StoredArticle) -> Actor:
    return _actor(addresses.actor_name(entry.paper, entry.section))


def _actor(name: str) -> Actor:
    return next((found for found in _actors() if found.name == name), None) or abort(404)


def _must_exist(name: str) -> None:
    if name not in actors.ours(_bridge().site).values():
        abort(404)


def _actors() -> tuple[Actor, ...]:
    with _bridge().store.read() as connection:
        return actors.everyone(_bridge(), connection, _now())


def _answer(document: Json, mimetype: str = ACTIVITY_JSON, status: int = 200) -> Response:
    body = vocabulary.dump(document)
    return _finish(Response(body, status=status, content_type=mimetype))


def _finish(response: Response) -> Response:
    """Set what every answer of this room has; 304 when the other side has it already."""
    response.headers["Vary"] = "Accept"
    response.headers["Access-Control-Allow-Origin"] = "*"  # RFC 7033 §5
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    if response.status_code == 200:
        response.add_etag()  # unless it has one
    response.make_conditional(request)
    return response


def _told(answer: receive.Answer) -> Response:
    text = f"{answer.reason}\n" if answer.reason else ""
    response = Response(text, status=answer.status, mimetype="text/plain")
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    return response


def _bridge(extensions: dict[str, object] | None = None) -> Bridge:
    found = (extensions or current_app.extensions)["bridge"]
    assert isinstance(found, Bridge)  # noqa: S101 - create_app put it there
    return found


def _throttle() -> Throttle:
    throttle: Throttle = current_app.extensions["inbox_throttle"]
    return throttle


def _base() -> str:
    return _bridge().site.base_url


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
