"""Who follows, and what was delivered to whom."""

from typing import TYPE_CHECKING

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from rich.table import Table

    from bridge.model import DeliveryState


@click.command()
@click.argument("account", required=False)
@opening.pass_config
def followers(config_path: str, account: str | None) -> None:
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


@click.command()
@click.option("--limit", default=50, show_default=True, help="The newest so many.")
@click.option(
    "--state",
    type=click.Choice(["pending", "delivered", "failed", "gone"]),
    help="Only deliveries in this state.",
)
@opening.pass_config
def deliveries(config_path: str, limit: int, state: "DeliveryState | None") -> None:
    """Show the ledger: who got what, who did not, why, and when it is tried again."""
    from rich.console import Console

    from bridge.store import deliveries as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        newest = rows.newest(connection, limit, state)
        counts = rows.counts(connection)
    table = _table("state", "activity", "inbox", "tries", "next", "last answer")
    for row in newest:
        again = f"{row.due:%m-%d %H:%M}" if row.state == "pending" else ""
        said = " ".join(filter(None, (str(row.status or ""), row.error)))
        tries = str(row.attempts)
        table.add_row(row.state, row.activity, row.inbox, tries, again, said)
    Console().print(table)
    click.echo(" · ".join(f"{n} {name}" for name, n in counts.items()) or "nothing sent yet")


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
