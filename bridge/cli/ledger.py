"""Who follows, what was delivered to whom, and what the operator does about either."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from rich.table import Table

    from bridge.model import Delivery, DeliveryState
    from bridge.store.ledger import Choice
    from bridge.wiring import Bridge


class Listing(click.Group):
    """A group whose `list` need not be named: `deliveries --state failed`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front of what names no verb and asks for no help."""
        if not args or args[0] not in (*self.commands, *self.get_help_option_names(ctx)):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Listing)
def followers() -> None:
    """Count the followers of every account, list those of one, or remove one."""


@followers.command("list")
@click.argument("account", required=False)
@opening.pass_config
def list_followers(config_path: str, account: str | None) -> None:
    """Count the followers of every account, or list those of one."""
    from rich.console import Console

    from bridge.pipeline import actors
    from bridge.store import followers as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        if account:
            for follower in rows.of_account(connection, account):
                click.echo(f"{follower.since:%Y-%m-%d %H:%M}  {follower.id}")
            return
        table = _table("account", "followers")
        counts = rows.counts(connection)
        for name in sorted(actors.sections(bridge.site)):
            table.add_row(name, str(counts.get(name, 0)))
    Console().print(table)


@followers.command("remove")
@click.argument("follower", metavar="ID")
@click.option("--account", metavar="NAME", help="Only as a follower of this account.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@opening.pass_config
def remove_follower(
    config_path: str, follower: str, account: str | None, dry_run: bool
) -> None:
    """Take a follower away, by the address that `followers list ACCOUNT` shows.

    Nothing more is sent to them. Their server is not told, so they may follow again.
    """
    from bridge.pipeline import verify
    from bridge.store import followers as rows

    with opening.bridge(config_path) as bridge, bridge.store.begin() as connection:
        found = [
            one.actor
            for one in rows.of(connection, follower)
            if account is None or one.actor == account
        ]
        for name in found if not dry_run else ():
            verify.end_follow(connection, name, follower)
    if not found:
        raise click.ClickException(f"{follower} follows no such account")
    does = "would no longer follow" if dry_run else "no longer follows"
    click.echo(f"{follower} {does} {', '.join(found)}")


@click.group(cls=Listing)
def deliveries() -> None:
    """Show the ledger, try deliveries again, or drop them."""


@deliveries.command("list")
@click.option("--limit", default=50, show_default=True, help="The newest so many.")
@click.option(
    "--state",
    type=click.Choice(["pending", "delivered", "failed", "gone"]),
    help="Only deliveries in this state.",
)
@opening.pass_config
def list_deliveries(config_path: str, limit: int, state: "DeliveryState | None") -> None:
    """Show the ledger: who got what, who did not, why, and when it is tried again."""
    from rich.console import Console

    from bridge.store import deliveries as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        newest = rows.newest(connection, limit, state)
        counts = rows.counts(connection)
    Console().print(_ledger(newest))
    click.echo(" · ".join(f"{n} {name}" for name, n in counts.items()) or "nothing sent yet")


@deliveries.command("hosts")
@click.option("--limit", default=50, show_default=True, help="The longest failing so many.")
@opening.pass_config
def list_hosts(config_path: str, limit: int) -> None:
    """Show the servers that fail, rest or refuse our signature, and until when."""
    from rich.console import Console

    from bridge.federation import retry
    from bridge.store import hosts as rows

    now = dt.datetime.now(dt.UTC)
    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        found = rows.troubled(connection, now, limit)
    table = _table("host", "state", "failing since", "next", "last heard from", "last answer")
    for host in found:
        state = "dead" if retry.is_dead(host, now) else "failing" if host.failures else "waits"
        moments = (host.failing, host.until, host.heard)
        table.add_row(host.name, state, *map(_moment, moments), host.error or "")
    if found:
        Console().print(table)
    else:
        click.echo("every server answers")


def _choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which deliveries are meant."""
    options = (
        click.option("--host", metavar="HOST", help="All for this server."),
        click.option("--article", metavar="KEY", help="All about this article."),
        click.option("--id", "number", type=int, help="One, by its number in the list."),
        click.option("--dry-run", is_flag=True, help="Say what would be done, do nothing."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@deliveries.command("retry")
@_choosing
@opening.pass_config
def retry_deliveries(
    config_path: str, host: str | None, article: str | None, number: int | None, dry_run: bool
) -> None:
    """Try deliveries again now that failed or wait, as if for the first time."""
    from bridge.pipeline.deliver import shard_tasks
    from bridge.store import ledger

    with opening.bridge(config_path) as bridge, bridge.store.begin() as connection:
        choice = _choice(bridge, host, article, number)
        rows = ledger.first(connection, choice, choice.again)
        count = ledger.size(connection, choice, choice.again)
        if not dry_run:
            now = dt.datetime.now(dt.UTC)
            bridge.enqueue(connection, shard_tasks(ledger.again(connection, choice, now)))
    _tell(rows, count, "would be tried again" if dry_run else "will be tried again at once")


@deliveries.command("drop")
@_choosing
@opening.pass_config
def drop_deliveries(
    config_path: str, host: str | None, article: str | None, number: int | None, dry_run: bool
) -> None:
    """Give up deliveries that still wait; they are never sent."""
    from bridge.store import ledger

    with opening.bridge(config_path) as bridge, bridge.store.begin() as connection:
        choice = _choice(bridge, host, article, number)
        rows = ledger.first(connection, choice, ("pending",))
        count = ledger.size(connection, choice, ("pending",))
        if not dry_run:
            ledger.drop(connection, choice)
    _tell(rows, count, "would be dropped" if dry_run else "dropped")


def _choice(
    bridge: "Bridge", host: str | None, article: str | None, number: int | None
) -> "Choice":
    from bridge.model import addresses
    from bridge.model.urls import netloc
    from bridge.store.ledger import Choice

    if sum(value is not None for value in (host, article, number)) != 1:
        raise click.UsageError("say which: --host HOST, --article KEY or --id N")
    if article is not None:
        return Choice(object=addresses.object_id(bridge.site.base_url, article))
    return Choice(host=None if host is None else netloc(host), id=number)


def _tell(rows: "Iterable[Delivery]", count: int, what: str) -> None:
    """Name the first rows and say what becomes of all; exit with 1 when there are none."""
    from rich.console import Console

    if not count:
        raise click.ClickException("no delivery that this could apply to")
    named = tuple(rows)
    Console().print(_ledger(named))
    if count > len(named):
        click.echo(f"… and {count - len(named)} more")
    click.echo(f"{count} {'delivery' if count == 1 else 'deliveries'}: {what}")


def _ledger(rows: "Iterable[Delivery]") -> "Table":
    table = _table("id", "state", "activity", "inbox", "tries", "next", "last answer")
    for row in rows:
        again = _moment(row.due) if row.state == "pending" else ""
        said = " ".join(filter(None, (str(row.status or ""), row.error)))
        tries = str(row.attempts)
        table.add_row(str(row.id), row.state, row.activity, row.inbox, tries, again, said)
    return table


def _moment(moment: dt.datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment else ""


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
