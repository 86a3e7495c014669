"""How others find us: WebFinger, host-meta, NodeInfo, and the accounts' own pictures.

All of it is read without a signature, whatever else is guarded: it names no more than the
pages do, and without it nobody could sign.
"""

from typing import Literal

from flask import Blueprint, Response, abort, request

import bridge as package
from bridge.federation import vocabulary
from bridge.federation.vocabulary import JRD_JSON, XRD_XML
from bridge.pipeline import actors, portraits
from bridge.store import articles
from bridge.web.answers import answer, base, bridge_of, clock, finish

PORTRAIT_AGE = 86_400
"""Seconds a picture may be kept: another one has another address."""

blueprint = Blueprint("discovery", __name__)


@blueprint.before_request
def _only_when_federating() -> None:
    if not bridge_of().federates:
        abort(404)


@blueprint.get("/.well-known/webfinger")
def webfinger() -> Response:
    """Lead from `acct:` address, id or page to an account (RFC 7033); 410 for a former one."""
    asked = request.args.getlist("resource")
    if len(asked) != 1 or not vocabulary.is_resource(asked[0]):
        abort(400)  # RFC 7033 §4.2
    bridge = bridge_of()
    with bridge.store.read() as connection:
        known = actors.everyone(bridge, connection, clock())
        former = actors.former(bridge, connection)
    found = vocabulary.find(asked[0], known, base())
    if found is None:
        abort(410 if vocabulary.user(asked[0], base()) in former else 404)
    wanted = request.args.getlist("rel")
    return answer(vocabulary.webfinger(found, base(), wanted), JRD_JSON)


@blueprint.get("/.well-known/host-meta")
def host_meta() -> Response:
    """Lead to WebFinger (RFC 6415)."""
    return finish(Response(vocabulary.host_meta(base()), mimetype=XRD_XML))


@blueprint.get("/.well-known/host-meta.json")
def host_meta_json() -> Response:
    """Lead to WebFinger, in the other form of RFC 6415."""
    return answer(vocabulary.host_meta_json(base()), JRD_JSON)


@blueprint.get("/.well-known/nodeinfo")
def nodeinfo_index() -> Response:
    """Lead to NodeInfo."""
    return answer(vocabulary.nodeinfo_index(base()), "application/json")


@blueprint.get("/nodeinfo/<any('2.0', '2.1'):version>")
def nodeinfo(version: Literal["2.0", "2.1"]) -> Response:
    """Tell what runs here."""
    site = bridge_of().site
    with bridge_of().store.read() as connection:
        counted = (articles.counts(connection, paper.id) for paper in site.papers)
        posts = sum(states.get("live", 0) for paper in counted for states in paper.values())
    software, users = package.__version__, len(actors.ours(site)) - 1
    told = vocabulary.nodeinfo(version, software=software, site=site, users=users, posts=posts)
    return answer(told, vocabulary.NODEINFO_JSON.format(version))


@blueprint.get("/ap/portraits/<name>")
def portrait(name: str) -> Response:
    """Answer with a picture that accounts show; its address is made of its bytes."""
    found = portraits.find(bridge_of().site, name) or abort(404)
    return finish(Response(found.data, content_type=found.type), max_age=PORTRAIT_AGE)
