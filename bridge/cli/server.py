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
    """Open the bridge of the config that the environment names, and return its web face.

    A WSGI server of another make may be there before any daemon: what comes in then must find
    the engine's tables. They are made only when missing, since the engine is slow to import.
    """
    settings = opening.load(os.environ.get(CONFIG, "config/bridge.toml"))
    bridge = open_bridge(settings, outbox.enqueuer(settings.database))
    with bridge.store.read() as connection:
        prepared = outbox.is_prepared(connection)
    if not prepared:
        outbox.prepare(settings.database)
    return wsgi.application(bridge)
