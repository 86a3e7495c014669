"""The verbs of more than one machine: worker, nodes, migrate-store."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from bridge.config import Settings
    from bridge.store import Store
    from bridge.store.transfer import Moved


@click.command()
@click.option(
    "--silence",
    type=click.FloatRange(min=2, max=3600),
    default=60,
    show_default=True,
    help="Seconds without a sign of life after which other nodes take over.",
)
@opening.pass_config
def worker(config_path: str, silence: float) -> None:
    """Do the work of a cluster, without keeping time: `run` does that.

    Any number may share one PostgreSQL database, each with a data folder of its own. SIGTERM
    finishes the step in hand and ends within ten seconds.
    """
    from bridge.errors import BridgeError
    from bridge.workers import daemon

    settings = opening.load(config_path)
    if settings.database.startswith("sqlite"):
        raise BridgeError(
            "a worker needs a database that machines can share",
            where=str(settings.path),
            why="SQLite has one daemon, which does all the work",
            hint="set `database` in [data] to a PostgreSQL URL, or start `broadsheet run`",
        )
    sys.exit(daemon.run(settings, role="worker", silence=dt.timedelta(seconds=silence)))


@click.command()
@opening.pass_config
def nodes(config_path: str) -> None:
    """List the daemons and workers that share the database, and which of them are silent.

    Exits with 3 when one is silent or none is left.
    """
    from rich.console import Console
    from rich.table import Table

    from bridge.store import nodes as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        now, found = rows.clock(connection), rows.everyone(connection)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("node", "role", "version", "started", "last seen", ""):
        table.add_column(column, overflow="fold")
    for node in found:
        table.add_row(
            node.id,
            node.role,
            node.version,
            f"{node.started:%Y-%m-%d %H:%M:%S}",
            f"{max(0, (now - node.seen).total_seconds()):.0f} s ago",
            "" if node.until > now else "silent",
        )
    Console(highlight=False).print(table)
    sys.exit(0 if found and all(node.until > now for node in found) else 3)


@click.command("migrate-store")
@click.argument("target_url", metavar="TARGET_URL")
@opening.pass_config
def migrate_store(config_path: str, target_url: str) -> None:
    """Move everything from the SQLite file into an empty PostgreSQL database, or nothing.

    Stop the daemon and the web server first. TARGET_URL is what `database` in [data] is to be
    afterwards; give - to have it read from standard input, where nobody sees its password.
    """
    from bridge.store import open_store
    from bridge.workers import lock, outbox

    settings = opening.load(config_path)
    url = sys.stdin.readline().strip() if target_url == "-" else target_url
    _require_makes(settings, url)
    _require_no_web(settings)
    with lock.held(settings.data_dir, dt.datetime.now(dt.UTC)):
        source, target = open_store(settings.database), open_store(url)
        try:
            outbox.prepare(url)
            moved = _move(source, target)
        finally:
            source.close()
            target.close()
    for table in moved:
        click.echo(f"{table.table:<14} {table.rows:>9}  {table.digest[:16]}")
    click.echo(
        "Everything is there. Now set `database` in [data] to the target and start Broadsheet."
        " The SQLite file was left as it is: keep it as a backup, and do not start from it.",
        err=True,
    )


def _move(source: "Store", target: "Store") -> "tuple[Moved, ...]":
    """Copy the rows, and enqueue the work that only the old engine's tables knew of.

    The source's write lock is held meanwhile, so that nothing is added behind our back.
    """
    from bridge.model import Task
    from bridge.store import activities, transfer
    from bridge.workers import outbox

    with source.begin() as origin, target.begin() as connection:
        moved = transfer.move(origin, connection, _tell)
        left = activities.overdue(connection, dt.datetime.now(dt.UTC))
        tasks = (Task(name="fan_out", args=(id,), id=f"fan_out-{id}") for id in left)
        outbox.enqueuer(target.url)(connection, (*tasks, Task(name="tick", fold=True)))
    return moved


def _tell(table: str, rows: int) -> None:
    if rows and rows % 20_000 == 0:
        click.echo(f"{table}: {rows} rows …", err=True)


def _require_makes(settings: "Settings", url: str) -> None:
    from bridge.errors import BridgeError

    if not settings.database.startswith("sqlite"):
        raise BridgeError(
            "there is no SQLite file to move",
            where=str(settings.path),
            hint="the configuration names a PostgreSQL database already",
        )
    if not url.startswith("postgresql"):
        raise click.UsageError("the target must be the URL of a PostgreSQL database")


def _require_no_web(settings: "Settings") -> None:
    """Refuse while something listens where the web server does: it could take in a Follow."""
    from bridge.errors import BridgeError
    from bridge.workers import serve

    try:
        serve.check_address(settings.server.host, settings.server.port)
    except BridgeError as error:
        raise BridgeError(
            "the web server must be stopped first",
            where=error.where,
            why=error.what,
            hint="what it took in meanwhile would be lost",
        ) from error
