"""What the ledger holds, as numbers for Prometheus; read from the rows that `status` reads.

https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4: gauges only,
counted when asked, so that every web process of a cluster gives the same answer.
"""

import datetime as dt
import ipaddress
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, abort, current_app, request

from bridge.store import Connection, deliveries, followers, hosts, inbounds, ledger, nodes
from bridge.wiring import Bridge

STATES = ("pending", "delivered", "failed", "gone")

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer whoever is on this machine or in a network of trusted proxies; others get 404."""
    bridge: Bridge = current_app.extensions["bridge"]
    if not _is_near(bridge):
        abort(404)
    with bridge.store.read() as connection:
        text = "".join(_lines(connection, dt.datetime.now(dt.UTC)))
    response = Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_near(bridge: Bridge) -> bool:
    """Tell whether all that a request came through is this machine or trusted."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    hops = [request.remote_addr or "", *(hop for hop in forwarded if hop)]
    try:
        addresses = [ipaddress.ip_address(hop.strip()) for hop in hops]
    except ValueError:
        return False
    trusted = bridge.settings.server.trusted_proxies
    return all(
        address.is_loopback or any(address in network for network in trusted)
        for address in addresses
    )


def _lines(connection: Connection, now: dt.datetime) -> Iterator[str]:
    counts = deliveries.counts(connection)
    found = {state: counts.get(state, 0) for state in STATES}  # type: ignore[call-overload]
    yield _gauge("deliveries", "Rows of the ledger.", "state", found)
    since = ledger.waiting_since(connection)
    waited = max(0.0, (now - since).total_seconds()) if since else 0.0
    yield _gauge("delivery_waiting_seconds", "Age of the oldest that waits.", "", {"": waited})
    yield _gauge("hosts", "Servers in trouble.", "state", hosts.census(connection, now))
    total = sum(followers.counts(connection).values())
    yield _gauge("followers", "Followers of all accounts.", "", {"": total})
    held = inbounds.held(connection)
    yield _gauge("inbox_waiting", "Activities to be verified.", "", {"": held})
    moment = nodes.clock(connection)
    silent = [node.until <= moment for node in nodes.everyone(connection)]
    living = {"alive": silent.count(False), "silent": silent.count(True)}
    yield _gauge("nodes", "Nodes of the cluster.", "state", living)


def _gauge(name: str, help: str, label: str, values: Mapping[str, float]) -> str:
    """Return a gauge with its explanation, a line for each value of its label."""
    name = f"broadsheet_{name}"
    head = f"# HELP {name} {help}\n# TYPE {name} gauge\n"
    marks = ((f'{{{label}="{key}"}}' if label else "", value) for key, value in values.items())
    return head + "".join(f"{name}{mark} {value:g}\n" for mark, value in marks)
