"""The web face: Flask for what is asked of us, published files in front of it.

No scheduler ever runs here, and no view works for longer than its answer takes.
"""

import json

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
)

from bridge.publish.bucket import Bucket
from bridge.publish.files import Output
from bridge.publish.folder import Folder
from bridge.web import discovery, federation, feeds, health, metrics, search
from bridge.web.bucket_shelf import BucketShelf
from bridge.web.headers import PRIVATE, SECURITY
from bridge.web.published import Published
from bridge.web.shelf import FolderShelf, Shelf
from bridge.wiring import Bridge

BLUEPRINTS = (
    health.blueprint,
    metrics.blueprint,
    discovery.blueprint,
    federation.blueprint,
    search.blueprint,
    feeds.blueprint,
)
"""Every room of the server; the last one takes whatever path is left."""


def create_app(bridge: Bridge) -> Flask:
    """Return the Flask application for one bridge; `bridge.web.wsgi` puts files in front.

    `app.extensions` holds the bridge as `bridge` and the output folder as `published`.
    """
    app = Flask("bridge", static_folder=None)
    app.extensions["bridge"] = bridge
    app.extensions["published"] = Published(
        _shelf(bridge.output),
        ttl=bridge.settings.feeds.ttl,
        private=bridge.site.mode == "reader",
        base_url=bridge.site.base_url,
        hubs=bridge.settings.feeds.hubs,
    )
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(MethodNotAllowed, _refused)
    app.register_error_handler(Exception, _broken)
    app.after_request(_guarded)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _shelf(output: Output) -> Shelf:
    """Return the published files as this process holds them, wherever they stand."""
    if isinstance(output, Bucket):
        return BucketShelf(output.objects.bucket)
    if isinstance(output, Folder):
        return FolderShelf(output.root)
    raise TypeError(f"no web server knows {type(output).__name__}")


def _failed(error: HTTPException) -> Response:
    """Tell the status and nothing of our inside (security no. 44)."""
    status = error.code or 500
    published: Published = current_app.extensions["published"]
    wants_page = request.accept_mimetypes.best_match(("text/html", "application/json"))
    if status == 404 and wants_page == "text/html" and (page := published.error_page()):
        return Response(page, status=status, mimetype="text/html")
    if wants_page == "application/json":
        told = json.dumps({"error": error.name})
        response = Response(told, status=status, mimetype="application/json")
    else:
        response = Response(f"{status} {error.name}\n", status=status, mimetype="text/plain")
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _refused(error: MethodNotAllowed) -> Response:
    """Answer 405 where something stands, else 404 to any method."""
    return _failed(NotFound() if feeds.leads_nowhere(error) else error)


def _broken(error: Exception) -> Response:
    """Log what went wrong and tell the other side only that it did."""
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return _failed(InternalServerError())


def _guarded(response: Response) -> Response:
    private = current_app.extensions["published"].private
    for name, value in SECURITY + (PRIVATE if private else ()):
        response.headers.setdefault(name, value)
    return response
