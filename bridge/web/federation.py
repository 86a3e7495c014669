"""The fediverse's view of us: accounts, posts, and the inboxes.

Objects and activities have addresses of their own that always answer with JSON, so that no
cache can hand a browser's page to a server or the reverse; only an account's address sends a
browser on to its page.
"""

import datetime as dt
from hashlib import sha256
from time import monotonic

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import MethodNotAllowed

from bridge.federation import vocabulary
from bridge.federation.vocabulary import ACTIVITY_JSON, LD_JSON
from bridge.model import Actor, Json, addresses
from bridge.pipeline import actors, creations, pinned, posts, receive, visitors
from bridge.store import activities, followers, quotes
from bridge.web.answers import answer, base, bridge_of, clock, finish, received, told
from bridge.web.throttle import Throttle

PAGE = 20
PAGES = 50
"""An outbox is read back so far and no further; the site itself holds all of it."""

PROFILE_AGE = 5
"""Seconds for which an account's document is kept in memory: a new key must be seen soon."""
PROFILE_MAX_AGE = 60
"""Seconds for which others may keep it, for the same reason."""

OPEN = frozenset({"inbox", "inbox_is_not_read"})
"""Views that ask for no signature of their own, whatever is guarded."""

blueprint = Blueprint("federation", __name__)


@blueprint.record
def _set_up(state: BlueprintSetupState) -> None:
    settings = bridge_of(state.app.extensions).settings
    throttle = Throttle(settings.federation.inbox_rate, settings.server.trusted_proxies)
    state.app.extensions["inbox_throttle"] = throttle


@blueprint.before_request
def _may_be_asked() -> Response | None:
    """Turn away who asks where nothing federates, or unsigned where only servers may read.

    The server's own account is read by anybody: else two such servers could never meet.
    """
    bridge = bridge_of()
    if not bridge.federates:
        abort(404)
    view = (request.endpoint or "").rpartition(".")[2]
    own = (request.view_args or {}).get("name") == addresses.INSTANCE
    if not bridge.settings.federation.authorized_fetch or view in OPEN or own:
        return None
    if view == "actor" and _wants_page():
        return None
    refusal = visitors.refusal(bridge, received(), clock())
    return None if refusal is None else told(refusal)


@blueprint.get("/ap/actors/<name>")
def actor(name: str) -> Response:
    """Answer with an account's document, a browser with the way to its page."""
    page, document, tag = _profile(name)
    if _wants_page():
        return finish(Response(status=303, headers={"Location": page}))
    response = Response(document, content_type=ACTIVITY_JSON)
    response.set_etag(tag)
    return finish(response, max_age=PROFILE_MAX_AGE)


@blueprint.get("/ap/actors/<name>/outbox")
def outbox(name: str) -> Response:
    """Answer with how many posts there are, or a page of them for `?page=`."""
    found = _actor(name)
    url = addresses.outbox(addresses.actor_id(base(), name))
    if "page" not in request.args:
        total = posts.count(bridge_of(), found, clock())
        return answer(vocabulary.collection(url, total, first=f"{url}?page=1"))
    number = request.args.get("page", 0, type=int)
    if not 1 <= number <= PAGES:
        abort(404)
    made, more = posts.outbox(bridge_of(), found, clock(), (number - 1) * PAGE, PAGE)
    following = f"{url}?page={number + 1}" if more and number < PAGES else None
    items = [activity.body for activity in made]
    return answer(vocabulary.page(url, f"{url}?page={number}", items, next_url=following))


@blueprint.get("/ap/actors/<name>/followers")
def followers_of(name: str) -> Response:
    """Answer with how many follow, if that is told; who they are is nobody's business."""
    _must_exist(name)
    total: int | None = None
    if bridge_of().settings.federation.follower_counts:
        with bridge_of().store.read() as connection:
            total = followers.count(connection, name)
    return answer(vocabulary.collection(_place(name, "followers"), total))


@blueprint.get("/ap/actors/<name>/following")
def following(name: str) -> Response:
    """Answer that an account follows nobody."""
    _must_exist(name)
    return answer(vocabulary.collection(_place(name, "following"), 0, items=()))


@blueprint.get("/ap/actors/<name>/featured")
def featured(name: str) -> Response:
    """Answer with the pinned posts: the newest edition, and what the account is."""
    found = _actor(name)
    with bridge_of().store.read() as connection:
        items = pinned.featured(bridge_of(), connection, found)
    url = _place(name, "featured")
    return answer(vocabulary.collection(url, len(items), items=items))


@blueprint.get("/ap/actors/<name>/about")
def introduction(name: str) -> Response:
    """Answer with the post that says what an account is."""
    found = _actor(name)
    if found.paper is None:
        abort(404)
    return answer(pinned.introduction(bridge_of(), found))


@blueprint.get("/ap/actors/<name>/editions/<date>")
def latest_edition(name: str, date: str) -> Response:
    """Answer with the post of an edition that is pinned, or was."""
    found = _actor(name)
    with bridge_of().store.read() as connection:
        post = pinned.of_edition(bridge_of(), connection, found, _date(date))
    return answer(post or abort(404))


@blueprint.get("/ap/editions/<paper>/<date>")
def edition(paper: str, date: str) -> Response:
    """Answer with the collection of an edition's posts, the context of each of them."""
    return answer(posts.edition(bridge_of(), paper, _date(date)) or abort(404))


@blueprint.get("/ap/o/<key>")
def post(key: str) -> Response:
    """Answer with an article as a post; 410 and a Tombstone once it is withdrawn."""
    return _told_as(posts.find(bridge_of(), key, clock()))


@blueprint.get("/ap/o/<key>/replies")
def replies(key: str) -> Response:
    """Answer with the replies to an article that an editor has approved, each by its id."""
    return answer(posts.replies_to(bridge_of(), key) or abort(404))


@blueprint.get("/ap/quotes/<name>")
def quote(name: str) -> Response:
    """Answer with the stamp that a quotation of a post was agreed to (FEP-044f)."""
    with bridge_of().store.read() as connection:
        found = quotes.get(connection, name) or abort(404)
    return answer(vocabulary.authorization(found, base()))


@blueprint.get("/ap/activities/<name>")
def activity(name: str) -> Response:
    """Answer with an activity that was sent, or with the Create of an article."""
    key = name.removesuffix("-create")
    found = posts.find(bridge_of(), key, clock()) if key != name else None
    if found is not None and found.gone:
        return _told_as(found)
    with bridge_of().store.read() as connection:
        sent = activities.get(connection, addresses.activity_id(base(), name))
    if sent is None and key != name:
        sent = creations.find(bridge_of(), key, clock())
    return answer(sent.body if sent else abort(404))


@blueprint.post("/ap/inbox", defaults={"name": None})
@blueprint.post("/ap/actors/<name>/inbox")
def inbox(name: str | None) -> Response:
    """Take in an activity; the shared inbox and those of the accounts are one."""
    if name is not None:
        _must_exist(name)
    throttle: Throttle = current_app.extensions["inbox_throttle"]
    wait = throttle.wait(
        request.remote_addr or "",
        request.headers.get("X-Forwarded-For", ""),
        request.headers.get("Signature", ""),
    )
    if wait is not None:
        return told(receive.Answer(status=429, reason="too many", retry_after=wait))
    taken = receive.receive(bridge_of(), received(), clock())
    if taken.verified:
        throttle.count(taken.verified)
    return told(taken)


@blueprint.get("/ap/inbox", defaults={"name": None})
@blueprint.get("/ap/actors/<name>/inbox")
def inbox_is_not_read(name: str | None) -> Response:
    """Refuse to show what came in."""
    raise MethodNotAllowed(valid_methods=["POST"])


def _wants_page() -> bool:
    kinds = (ACTIVITY_JSON, "application/ld+json", LD_JSON, "text/html")
    return request.accept_mimetypes.best_match(kinds) == "text/html"


def _profile(name: str) -> tuple[str, bytes, str]:
    """Return an account's page, its document and the tag of that, made anew now and then."""
    profiles: dict[str, tuple[float, tuple[str, bytes, str]]]
    profiles = current_app.extensions.setdefault("profiles", {})
    until, profile = profiles.get(name, (0.0, ("", b"", "")))
    if monotonic() >= until:
        _must_exist(name)
        bridge, now = bridge_of(), clock()
        actors.key(bridge, name, now)
        with bridge.store.read() as connection:
            made = actors.document(bridge, connection, name, now)
        document = vocabulary.dump(made)
        profile = made["url"], document, sha256(document).hexdigest()[:32]
        profiles[name] = monotonic() + PROFILE_AGE, profile
    return profile


def _place(name: str, collection: str) -> str:
    return f"{addresses.actor_id(base(), name)}/{collection}"


def _date(text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        abort(404)
    return date if date.isoformat() == text else abort(404)


def _actor(name: str) -> Actor:
    _must_exist(name)
    bridge = bridge_of()
    with bridge.store.read() as connection:
        everyone = actors.everyone(bridge, connection, clock())
    return next(found for found in everyone if found.name == name)


def _must_exist(name: str) -> None:
    """End with 404 for an account that never was, with 410 for one that is no more."""
    bridge = bridge_of()
    if name in actors.ours(bridge.site).values():
        return
    with bridge.store.read() as connection:
        abort(410 if name in actors.former(bridge, connection) else 404)


def _told_as(found: posts.Found | None) -> Response:
    if found is None:
        abort(404)
    document: Json = found.document
    return answer(document, status=410 if found.gone else 200)
