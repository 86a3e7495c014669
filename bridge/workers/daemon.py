"""The daemon: lock, bridge, engine and clock, from start to the last signal.

Exit codes: 0 stopped or done, 1 failed, 3 partly (`--once`: some task failed or was cut
short); HeldError (11) when another daemon holds the data folder.
"""

import datetime as dt
import logging
import math
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
from bridge.store.nodes import Role
from bridge.wiring import Bridge, open_bridge
from bridge.workers import outbox, serve, tasks
from bridge.workers.clock import Clock, jobs, put_back
from bridge.workers.engine import Engine, Handlers
from bridge.workers.heart import SILENCE, Heart, identity, new_node
from bridge.workers.lease import Lease, Watch
from bridge.workers.lock import held
from bridge.workers.signals import Signals

PATIENCE = 6  # seconds for the step in hand; the engine's own end takes two more
BEAT = 1.0
POLL_ONCE = 0.25  # a run of a minute may look more often than a daemon
TRIES_ONCE = 3  # of a task that the database fails; a daemon has all the time there is

DONE, FAILED, PARTLY = 0, 1, 3

LAST = (Task(name="process_inbox", fold=True), Task(name="tick", fold=True))
"""What a single run does when its sources are read: the tick sees to every delivery due."""

log = structlog.get_logger(__name__)

Server = subprocess.Popen[bytes]
MakeHandlers = Callable[[Bridge, threading.Event, Watch], Handlers]


def run(
    settings: Settings,
    *,
    once: bool = False,
    role: Role = "scheduler",
    silence: dt.timedelta = SILENCE,
    web: Sequence[str] = (),
    handlers: MakeHandlers = tasks.handlers,
) -> int:
    """Work until a signal comes, or with `once` until nothing is due; return the exit code.

    A `worker` keeps no time: it does what the schedulers of its cluster enqueue. After
    `silence` without a sign of life the other nodes of a cluster take over what this one has
    begun. `web` is the command of a web server kept beside it; each ends with the other.
    """
    with (
        held(settings.data_dir, tasks.now()),
        Signals() as signals,
        open_bridge(settings, outbox.enqueuer(settings.database)) as bridge,
        _beside(web) as server,
        _beating(bridge, signals.stop, role, silence) as heart,
    ):
        watch = heart.lease.watch if heart else lambda: signals.stop.is_set
        engine = _engine(bridge, handlers(bridge, signals.stop, watch), heart, once=once)
        with _running(engine, heart):
            if once:
                return _once(bridge, engine, signals.stop)
            planned = jobs(bridge.site, settings.sources) if role == "scheduler" else ()
            clock = Clock(planned, _adder(bridge))
            for task in _publishing(bridge) if planned else ():
                _adder(bridge)(task)
            log.info("starting", role=role, node=engine.executor)
            return _stay(clock, signals.stop, server, heart)


@contextmanager
def _beating(
    bridge: Bridge, stop: threading.Event, role: Role, silence: dt.timedelta
) -> Iterator[Heart | None]:
    """Give signs of life for the length of the block, where there can be other nodes."""
    url = bridge.settings.database
    if url.startswith("sqlite"):
        yield None
        return
    outbox.prepare(url)
    lease = Lease(stop, silence.total_seconds())
    bridge.store.guard = lease.guard
    node = new_node(identity(bridge.settings.data_dir), role, tasks.now())
    with Heart(bridge.store, node, lease, silence) as heart:
        yield heart


def _engine(bridge: Bridge, table: Handlers, heart: Heart | None, *, once: bool) -> Engine:
    """Return the engine of this process, not started yet.

    On SQLite the executor has one name whatever the host is called: the lock of the data
    folder makes its holder the only one, and a container gets a new host name at each start.
    """
    return Engine(
        bridge.settings.database,
        table,
        executor=heart.node.id if heart else "embedded",
        poll=POLL_ONCE if once and not heart else BEAT,  # in a cluster it would hold for all
        tries=TRIES_ONCE if once else math.inf,
        heart=heart,
    )


def up(settings: Settings, web: Sequence[str]) -> int:
    """Run the daemon and the web server `web` (a command) together; return the exit code."""
    serve.check_address(settings.server.host, settings.server.port)
    return run(settings, web=web)


@contextmanager
def _running(engine: Engine, heart: Heart | None) -> Iterator[None]:
    """Run the engine for the length of the block.

    A task that does not end in time cannot be ended: the process leaves hard then, and the
    next start or another node resumes it.
    """
    failure: BaseException | None = None
    try:
        engine.start()
        yield
    except BaseException as error:
        failure = error
        raise
    finally:
        left = engine.stop(PATIENCE)
        if left:
            log.warning("left unfinished, resumed at the next start", tasks=left)
            if failure:
                log.error("the daemon failed", exc_info=failure)
            if heart:
                heart.leave()
            logging.shutdown()
            os._exit(FAILED if failure else DONE)


def _stay(
    clock: Clock, stop: threading.Event, server: Server | None, heart: Heart | None
) -> int:
    """Keep time and watch over what runs beside until `stop` is set."""
    clock.start(tasks.now())
    try:
        log.info("ready")
        notify("READY=1")
        return _watch(clock, stop, server, heart)
    finally:
        notify("STOPPING=1")
        clock.stop()
        if server:
            server.terminate()  # both end at the same time; `_beside` waits for it


def _watch(
    clock: Clock, stop: threading.Event, server: Server | None, heart: Heart | None
) -> int:
    """Wait for `stop`; meanwhile mind the machine's clock, the web server and the heart."""
    wall, steady = tasks.now(), time.monotonic()
    while not stop.wait(BEAT):
        then, wall, before, steady = wall, tasks.now(), steady, time.monotonic()
        by = put_back((then, wall), (before, steady))
        if by:
            clock.put_back(by)
        clock.make_up()
        if server and server.poll() is not None and not stop.is_set():
            log.error("the web server ended; so does the daemon", code=server.returncode)
            return FAILED
        if heart and heart.failed.is_set():
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
