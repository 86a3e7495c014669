"""The web server's start: granian with a WSGI application that each worker process builds."""

import errno
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import structlog

from bridge.config import Settings
from bridge.config.settings import Log
from bridge.errors import BridgeError
from bridge.wiring import open_bridge
from bridge.workers import outbox

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

CONFIG = "BROADSHEET_CONFIG"
"""Names the config to the worker processes, which build the application from it."""

PARENT = "BROADSHEET_UP_PID"
"""Set by `up`: a web server whose daemon has died must not go on holding the port."""

PATIENCE = 5  # seconds a worker process may take to end

log = structlog.get_logger(__name__)


def serve(settings: Settings, *, target: str) -> int:
    """Serve until a signal comes; return the exit code.

    `target` (`module:function`) is called without arguments in each worker process and returns
    the WSGI application. Raises BridgeError when the address cannot be used.
    """
    check_address(settings.server.host, settings.server.port)
    _make_ready(settings)
    os.environ[CONFIG] = str(settings.path)
    server = _server(settings, target)
    server.on_startup(lambda: log.info("serving", url=address(settings)))
    _follow_parent()
    try:
        server.serve()
    except SystemExit as end:
        log.error("a web worker process ended by itself; its message stands above")
        return int(end.code or 1)
    return 0


def _server(settings: Settings, target: str) -> "AbstractServer[Any]":
    """Return granian as the config wants it; imported here, since few commands need it."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    return Granian(
        target,
        address=settings.server.host,
        port=settings.server.port,
        interface=Interfaces.WSGI,
        workers=settings.server.workers or os.cpu_count() or 1,
        blocking_threads=settings.server.blocking_threads,
        websockets=False,
        factory=True,
        workers_kill_timeout=PATIENCE,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(settings.log),
    )


def address(settings: Settings) -> str:
    """Return the URL under which the server listens, which is not always the public one."""
    host = settings.server.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"


def check_address(host: str, port: int) -> None:
    """Raise BridgeError, with the reason, when nothing can listen at `host`:`port`.

    granian shares its port between processes (SO_REUSEPORT), so that a second server would
    start without complaint and take half of the requests.
    """
    try:
        family, kind, proto, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen(1)
    except OSError as error:
        raise BridgeError(
            REFUSALS.get(error.errno or 0, "cannot listen at this address"),
            where=f"{host}:{port}",
            why=error.strerror or str(error),
            hint="see host and port in the [server] section",
        ) from error


REFUSALS = {
    errno.EADDRINUSE: "another program listens at this address",
    errno.EACCES: "this user may not listen at this port",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


def _make_ready(settings: Settings) -> None:
    """Make or upgrade the database once, before worker processes could race to it."""
    with open_bridge(settings, outbox.enqueuer(settings.database)):
        outbox.prepare(settings.database)


def _logging(log: Log) -> dict[str, Any]:
    """Return granian's logging so that its lines end in our handler."""
    through = {"handlers": [], "level": log.level.upper(), "propagate": True}
    return {"loggers": {"_granian": dict(through), "granian.access": dict(through)}}


def _follow_parent() -> None:
    """End this server when the `up` that started it is gone."""
    parent = os.environ.pop(PARENT, "")
    if parent.isdigit():
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
