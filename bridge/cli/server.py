"""What each web worker process builds: the WSGI application of the config it was given.

The composition stands here because the web room and the engine's outbox do not know each other.
"""

import os
from wsgiref.types import WSGIApplication

from bridge.cli import opening
from bridge.web import wsgi
from bridge.wiring import open_bridge
from bridge.workers import outbox
from bridge.workers.serve import CONFIG


def application() -> WSGIApplication:
    """Open the bridge of the config that the environment names, and return its web face."""
    settings = opening.load(os.environ.get(CONFIG, "config/bridge.toml"))
    return wsgi.application(open_bridge(settings, outbox.enqueuer(settings.database)))
