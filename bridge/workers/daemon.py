"""The daemon: lock, bridge, engine and clock, from start to the last signal.

Exit codes: 0 stopped or done, 1 failed, 3 partly (`--once`: some task failed or was cut
short); HeldError (11) when another daemon holds the data folder.
"""

import datetime as dt
import logging
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

from bridge.config import Settings
from bridge.model import Run, Task
from bridge.store import runs
from bridge.wiring import Bridge, open_bridge
from bridge.workers import outbox, serve, tasks
from bridge.workers.clock import Clock, jobs, put_back
from bridge.workers.engine import Engine, Handlers, executor_id
from bridge.workers.lock import held
from bridge.workers.signals import Signals

PATIENCE = 6  # seconds for the step in hand; the engine's own end takes two more
BEAT = 1.0
POLL_ONCE = 0.25  # a run of a minute may look more often than a daemon

DONE, FAILED, PARTLY = 0, 1, 3

LAST = (Task(name="process_inbox", fold=True), Task(name="tick", fold=True))
"""What a single run does when its sources are read: the tick sees to every delivery due."""

log = structlog.get_logger(__name__)

Server = subprocess.Popen[bytes]
MakeHandlers = Callable[[Bridge, threading.Event], Handlers]


def run(
    settings: Settings,
    *,
    once: bool = False,
    web: Sequence[str] = (),
    handlers: MakeHandlers = tasks.handlers,
) -> int:
    """Work until a signal comes, or with `once` until nothing is due; return the exit code.

    `web` is the command of a web server to be kept beside the daemon: each ends with the other.
    """
    url = settings.database
    with (
        held(settings.data_dir, tasks.now()),
        Signals() as signals,
        open_bridge(settings, outbox.enqueuer(url)) as bridge,
        _beside(web) as server,
        _running(
            Engine(
                url,
                handlers(bridge, signals.stop),
                executor=executor_id(url),
                poll=POLL_ONCE if once else BEAT,
            )
        ) as engine,
    ):
        if once:
            return _once(bridge, engine, signals.stop)
        return _stay(bridge, engine, signals.stop, server)


def up(settings: Settings, web: Sequence[str]) -> int:
    """Run the daemon and the web server `web` (a command) together; return the exit code."""
    serve.check_address(settings.server.host, settings.server.port)
    return run(settings, web=web)


@contextmanager
def _running(engine: Engine) -> Iterator[Engine]:
    """Run the engine for the length of the block.

    A task that does not end in time cannot be ended: the process leaves hard then, and the
    next start resumes it.
    """
    failure: BaseException | None = None
    try:
        engine.start()
        yield engine
    except BaseException as error:
        failure = error
        raise
    finally:
        left = engine.stop(PATIENCE)
        if left:
            log.warning("left unfinished, resumed at the next start", tasks=left)
            if failure:
                log.error("the daemon failed", exc_info=failure)
            logging.shutdown()
            os._exit(FAILED if failure else DONE)


def _stay(bridge: Bridge, engine: Engine, stop: threading.Event, server: Server | None) -> int:
    """Keep time and watch over the web server until `stop` is set."""
    add = _adder(bridge)
    for task in _publishing(bridge):
        add(task)
    clock = Clock(jobs(bridge.site, bridge.settings.sources), add)
    clock.start(tasks.now())
    try:
        log.info("ready", sources=len(bridge.settings.sources), node=engine.executor)
        notify("READY=1")
        return _watch(clock, server, stop)
    finally:
        notify("STOPPING=1")
        clock.stop()
        if server:
            server.terminate()  # both end at the same time; `_beside` waits for it


def _watch(clock: Clock, server: Server | None, stop: threading.Event) -> int:
    """Wait for `stop`; meanwhile mind the machine's clock and the web server."""
    wall, steady = tasks.now(), time.monotonic()
    while not stop.wait(BEAT):
        then, wall, before, steady = wall, tasks.now(), steady, time.monotonic()
        by = put_back((then, wall), (before, steady))
        if by:
            clock.put_back(by)
        if server and server.poll() is not None and not stop.is_set():
            log.error("the web server ended; so does the daemon", code=server.returncode)
            return FAILED
    return DONE


def _once(bridge: Bridge, engine: Engine, stop: threading.Event) -> int:
    """Look into every source and work until nothing is due now."""
    begun = tasks.now()
    add = _adder(bridge)
    for source in bridge.settings.sources:
        add(Task(name="ingest", args=(source.id,), partition=source.id, fold=True))
    for task in (*_publishing(bridge), *LAST):
        _drain(engine, stop)
        add(task)
    _drain(engine, stop)
    return outcome(bridge, begun, engine.failed + stop.is_set())


def outcome(bridge: Bridge, begun: dt.datetime, failed: int) -> int:
    """Return the exit code of a run: what became of each source since, and of the tasks."""
    with bridge.store.read() as connection:
        last = runs.last(connection)
    since = {last[s.id].outcome for s in bridge.settings.sources if _ran(last, s.id, begun)}
    if since <= {"done"} and not failed:
        return DONE
    return FAILED if since == {"failed"} else PARTLY


def _ran(last: Mapping[str, Run], source: str, begun: dt.datetime) -> bool:
    return source in last and last[source].started >= begun


def _drain(engine: Engine, stop: threading.Event) -> None:
    while not engine.idle() and not stop.wait(POLL_ONCE):
        pass


def _publishing(bridge: Bridge) -> tuple[Task, ...]:
    """Return the tasks that bring the files in step with config, program and store.

    Nothing new need come in for that: the config may have changed, or the files be gone.
    """
    return tuple(
        Task(name="publish", args=(paper.id,), partition=paper.id, fold=True)
        for paper in bridge.site.papers
    )


def _adder(bridge: Bridge) -> Callable[[Task], None]:
    """Return what enqueues one task in a transaction of its own."""

    def add(task: Task) -> None:
        with bridge.store.begin() as connection:
            bridge.enqueue(connection, (task,))

    return add


@contextmanager
def _beside(web: Sequence[str]) -> Iterator[Server | None]:
    """Run the web server, if there is one, for the length of the block, and see to its end."""
    if not web:
        yield None
        return
    environment = {**os.environ, serve.PARENT: str(os.getpid())}
    server = subprocess.Popen(web, env=environment)  # noqa: S603  our own command, no shell
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(serve.PATIENCE + 1)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def notify(state: str) -> None:
    """Tell the service manager, if it asked to be told (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.send(state.encode())
