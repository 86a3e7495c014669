"""The keys of the accounts: look at them, replace them."""

import datetime as dt

import click

from bridge.cli import opening
from bridge.cli.ledger import Listing


@click.group(cls=Listing)
def keys() -> None:
    """List the keys of every account, or give accounts new ones."""


@keys.command("list")
@opening.pass_config
def list_keys(config_path: str) -> None:
    """List the keys that are shown to other servers; the private halves never are."""
    from rich.console import Console
    from rich.table import Table

    from bridge.pipeline import actors
    from bridge.store import keys as rows

    now = dt.datetime.now(dt.UTC)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("account", "key", "kind", "made", "shown until"):
        table.add_column(column)
    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        for name in actors.ours(bridge.site).values():
            for pair in rows.shown(connection, name, now):
                end = f"{pair.retires:%Y-%m-%d %H:%M}" if pair.retires else ""
                made = f"{pair.created:%Y-%m-%d %H:%M}"
                table.add_row(name, pair.name, pair.kind, made, end)
    Console(highlight=False).print(table)


@keys.command()
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]…")
@click.option("--all", "everyone", is_flag=True, help="Every account, the server's own too.")
@opening.pass_config
def rotate(config_path: str, accounts: tuple[str, ...], everyone: bool) -> None:
    """Give accounts new keys and tell their followers; do it when a key may have leaked.

    The old key is shown for seven days more, so that what it signed can still be checked. The
    daemon need not stop.
    """
    from bridge.pipeline import actors
    from bridge.pipeline import rotate as verb

    if bool(accounts) == everyone:
        raise click.UsageError("name the accounts, or give --all")
    with opening.bridge(config_path) as bridge:
        names = tuple(actors.ours(bridge.site).values()) if everyone else accounts
        done = verb.rotate(bridge, names, dt.datetime.now(dt.UTC))
    for one in done:
        told = "; its followers are told" if one.told else ""
        click.echo(f"{one.name} signs as {one.key_id}{told}")
