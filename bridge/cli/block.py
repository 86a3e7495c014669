"""Whom the accounts do not hear: blocks, silences, and the list of those who are heard."""

import datetime as dt
from typing import TYPE_CHECKING, TextIO

import click

from bridge.cli import opening
from bridge.cli.ledger import Listing

if TYPE_CHECKING:
    from bridge.store.blocks import Severity


@click.group(cls=Listing)
def block() -> None:
    """Block servers or people, silence them, and exchange lists with Mastodon."""


@block.command("list")
@opening.pass_config
def list_blocks(config_path: str) -> None:
    """Show every entry: blocked, silenced and allowed."""
    from rich.console import Console
    from rich.table import Table

    from bridge.store import blocks

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        entries = blocks.listed(connection)
    if not entries:
        click.echo("the list is empty")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("who", "what", "since", "comment"):
        table.add_column(column, overflow="fold")
    for one in entries:
        table.add_row(one.name, one.severity, f"{one.created:%Y-%m-%d}", one.comment)
    Console().print(table)


@block.command("add")
@click.argument("who", metavar="DOMAIN|ADDRESS")
@click.option("--silence", is_flag=True, help="Take replies, but never show them unread.")
@click.option("--comment", default="", help="Why; it stands in the exported list.")
@opening.pass_config
def add_block(config_path: str, who: str, silence: bool, comment: str) -> None:
    """Block a domain with all below it, or one person by the address of the account.

    Their follows end, what they said is let go of, and no inbox hears them any more.
    """
    _put(config_path, who, "silence" if silence else "suspend", comment)


@block.command("remove")
@click.argument("who", metavar="DOMAIN|ADDRESS")
@opening.pass_config
def remove_block(config_path: str, who: str) -> None:
    """Take an entry off the list; who was removed as a follower may follow again."""
    from bridge.pipeline import moderate

    with opening.bridge(config_path) as bridge:
        click.echo(f"{moderate.lift(bridge, who)} is off the list")


@block.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
@opening.pass_config
def import_blocks(config_path: str, file: TextIO) -> None:
    """Add the domain blocks of a Mastodon export (CSV), or of one domain a line."""
    from bridge.pipeline import moderate

    try:
        text = file.read(moderate.LONGEST_LIST + 1)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is not UTF-8 text") from error
    with opening.bridge(config_path) as bridge:
        done = moderate.load(bridge, text, dt.datetime.now(dt.UTC))
    click.echo(f"{done.added} added, {done.skipped} skipped")


@block.command("export")
@opening.pass_config
def export_blocks(config_path: str) -> None:
    """Write the blocked domains as Mastodon imports them (CSV)."""
    from bridge.pipeline import moderate
    from bridge.store import blocks

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        click.echo(moderate.export(blocks.listed(connection)), nl=False)


@click.command()
@click.argument("who", metavar="DOMAIN|ADDRESS")
@click.option("--comment", default="", help="Why.")
@opening.pass_config
def allow(config_path: str, who: str, comment: str) -> None:
    """Allow a domain or person where only listed ones are heard ([federation] allow_list).

    `block list` shows the entry, `block remove` takes it off again.
    """
    _put(config_path, who, "allow", comment)


def _put(config_path: str, who: str, severity: "Severity", comment: str) -> None:
    from bridge.pipeline import moderate

    now = dt.datetime.now(dt.UTC)
    with opening.bridge(config_path) as bridge:
        called, ended = moderate.put(bridge, who, severity, comment, now)
    click.echo(f"{called}: {severity}" + (f"; {ended} follows ended" if ended else ""))
