"""Who may read a private copy: `mode = "reader"`."""

import datetime as dt

import click

from bridge.cli import opening
from bridge.cli.ledger import Listing


@click.group(cls=Listing)
def readers() -> None:
    """Let readers into a private copy, list them, and shut them out."""


@readers.command("list")
@opening.pass_config
def list_readers(config_path: str) -> None:
    """List who may read and who may no longer; tokens are stored nowhere and never shown."""
    from rich.console import Console
    from rich.table import Table

    from bridge.store import readers as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        found = rows.everyone(connection)
    if not found:
        click.echo("nobody may read yet; let somebody in with  broadsheet readers add NAME")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("reader", "since", "last came", "revoked"):
        table.add_column(column, overflow="fold")
    for one in found:
        end = f"{one.revoked:%Y-%m-%d %H:%M}" if one.revoked else ""
        came = one.used.isoformat() if one.used else "never"
        table.add_row(one.name, f"{one.created:%Y-%m-%d}", came, end)
    Console(highlight=False).print(table)


@readers.command("add")
@click.argument("name")
@opening.pass_config
def add_reader(config_path: str, name: str) -> None:
    """Let somebody in and print the personal addresses, which cannot be shown again."""
    from bridge.pipeline import access

    with opening.bridge(config_path) as bridge:
        token = access.admit(bridge, name, dt.datetime.now(dt.UTC))
        doors = access.doors(bridge, token)
    click.echo(f"{name.strip()} may read. Hand this over in private; it is shown only once.\n")
    for what, url in doors:
        click.echo(f"{what}\n    {url}")
    click.echo("where a reader asks for name and password: any name, and as the password")
    click.echo(f"    {token}")


@readers.command("revoke")
@click.argument("name")
@opening.pass_config
def revoke_reader(config_path: str, name: str) -> None:
    """Shut somebody out, within seconds; whoever else reads is not touched."""
    from bridge.pipeline import access

    with opening.bridge(config_path) as bridge:
        access.revoke(bridge, name, dt.datetime.now(dt.UTC))
    click.echo(f"{name.strip()} may read no longer")
