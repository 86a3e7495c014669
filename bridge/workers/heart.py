"""A node's signs of life, and the taking over of what silent nodes have begun.

Only a cluster needs it: on SQLite the lock of the data folder leaves one node, which takes up
its own work when it starts. Every node looks after every other, and no task is made of that:
a queue may be just what a dead node has left blocked.
"""

import datetime as dt
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import structlog

from bridge import __version__
from bridge.errors import BridgeError
from bridge.store import Connection, Store, nodes
from bridge.store.nodes import Node, Role
from bridge.workers import lease, outbox, record
from bridge.workers.lease import Lease

if TYPE_CHECKING:
    from dbos import DBOSClient

SILENCE = dt.timedelta(seconds=60)
"""After how long without a sign of life a node counts as dead."""

SIGNS = 12
"""Signs of life in that time, and looks at the other nodes."""

KEEP = dt.timedelta(days=1)
"""How long a dead node is still listed."""

log = structlog.get_logger(__name__)


class Heart:
    """Beats for one node for the length of the block; `failed` is set when it must end."""

    def __init__(self, store: Store, node: Node, own: Lease, silence: dt.timedelta) -> None:
        """Take a node that has not joined yet; `own` is renewed with every sign of life."""
        self._store, self.node, self._silence = store, node, silence
        self.lease = own
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._live, name="heart", daemon=True)
        self._client = outbox.client(store.url)
        self._well = True
        self.failed = threading.Event()

    def __enter__(self) -> "Heart":
        """Join before the first task is begun: who is not known is taken for dead."""
        self._join()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave: what is unfinished is taken over at once."""
        self._end.set()
        self._thread.join(timeout=2)  # a beat that hangs in a dead database is not waited for
        self.leave()
        self._client.destroy()

    def leave(self) -> None:
        """Take the node out of the cluster; without the database it will be found silent."""
        with suppress(BridgeError), self._store.begin() as connection:
            nodes.leave(connection, self.node)

    def give_back(self, task: str) -> None:
        """Let a task be begun again which this process may not end, unless somebody has it.

        Waits for the database as long as it takes: without this the task would be lost.
        """
        while True:
            try:
                with self._store.begin() as connection:
                    self._enter(connection)
                    begun = record.begun(self._client)
                    mine = [t for t in begun if (t.id, t.executor) == (task, self.node.id)]
                    record.put_back(self._client, mine)
                    return
            except Exception as error:
                log.warning("cannot give a task back yet", task=task, reason=str(error))
                time.sleep(1)

    def _live(self) -> None:
        while not self._end.wait(self._silence.total_seconds() / SIGNS):
            try:
                self._beat()
                for node, tasks in reap(self._store, self._client).items():
                    log.warning("took over the work of a silent node", node=node, tasks=tasks)
                self._well = True
            except Exception as error:  # whatever it is, the next beat may be better
                if self._well:
                    log.error("no sign of life can be given", reason=str(error))
                self._well = False

    def _beat(self) -> None:
        at = lease.moment()
        with self._store.begin() as connection:
            now = nodes.clock(connection)
            said = nodes.beat(connection, self.node, now, self._silence)
        if said == "taken":
            log.error("another process goes by this node's name", node=self.node.id)
            self.failed.set()
        elif said == "late":
            self._join()
        elif self.lease.renew(at):
            log.warning("was silent too long; work in hand is begun again")

    def _join(self) -> None:
        at = lease.moment()
        with self._store.begin() as connection:
            self._enter(connection)
        if self.lease.renew(at, late=self._thread.is_alive()):
            log.warning("was taken for dead; work in hand is begun again")

    def _enter(self, connection: Connection) -> None:
        now = nodes.clock(connection)
        nodes.join(connection, replace(self.node, seen=now, until=now + self._silence))


def reap(store: Store, client: "DBOSClient") -> Mapping[str, int]:
    """Put what silent nodes had begun back into its queue; return how many tasks of each.

    One node reaps at a time and none joins meanwhile, so that a task which has been begun
    again is left alone. Tasks are listed before the living: who lives has joined before its
    first task.
    """
    with store.begin() as connection:
        if not nodes.alone(connection):
            return {}
        begun = record.begun(client)
        now = nodes.clock(connection)
        living = nodes.alive(connection, now)
        lost = [task for task in begun if task.executor not in living]
        record.put_back(client, lost)
        nodes.forget(connection, now - KEEP)
    return Counter(task.executor for task in lost)


def new_node(executor: str, role: Role, now: dt.datetime) -> Node:
    """Return this process as a node that has not joined yet."""
    return Node(
        id=executor,
        host=socket.gethostname(),
        role=role,
        version=__version__,
        started=now,
        seen=now,
        until=now,
    )


def identity(data_dir: Path) -> str:
    """Return the name of the node that owns a data folder, made at its first start.

    It comes back with the folder, so that a restarted node takes up its work at once; the
    host's name in it is for the reader, the rest keeps apart hosts of the same name.
    """
    path = data_dir / "node"
    try:
        if not path.exists() or not path.stat().st_size:
            path.write_text(os.urandom(4).hex() + "\n")
        return f"{socket.gethostname()}/{path.read_text().strip()}"
    except OSError as error:
        raise BridgeError(
            "cannot keep this node's name",
            where=str(path),
            why=error.strerror or str(error),
            hint="the daemon's user must be able to write there",
        ) from error
