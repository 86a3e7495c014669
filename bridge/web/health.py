"""Whether the process lives and whether it is of use; for supervisors and load balancers."""

from flask import Blueprint, Response, current_app

from bridge.store import editions, upgrade
from bridge.wiring import Bridge

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def live() -> Response:
    """Answer 200 as long as the process answers at all."""
    return _plain("ok", 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer 200 when the database can be read and is of this program's version, else 503."""
    bridge: Bridge = current_app.extensions["bridge"]
    try:
        with bridge.store.read() as connection:
            editions.newest(connection, "", 1)
            current = upgrade.is_current(connection)
    except Exception as error:  # whatever it is, this process is of no use until it is mended
        current_app.logger.warning("not ready: %s", error)
        return _plain("the database is not ready", 503)
    return _plain("ok", 200) if current else _plain("the database is of another version", 503)


def _plain(text: str, status: int) -> Response:
    response = Response(f"{text}\n", status=status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
