"""Announce an edition in the fediverse, or see first what would go to whom and when."""

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from rich.table import Table

    from bridge.pipeline.agenda import Agenda
    from bridge.wiring import Bridge


@click.command()
@click.argument("paper", required=False)
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The edition; else the newest.")
@click.option("--now", "at_once", is_flag=True, help="Without spacing, cap or quiet hours.")
@click.option("--dry-run", is_flag=True, help="Show what would go to whom, and send nothing.")
@opening.pass_config
def announce(
    config_path: str,
    paper: str | None,
    date: dt.datetime | None,
    at_once: bool,
    dry_run: bool,
) -> None:
    """Post what of an edition was not posted yet, at the pace of its accounts.

    This happens by itself when an edition comes in. By hand it is of use after the first
    followers came, or with --dry-run to see what is planned. Nothing is posted twice.
    """
    from rich.console import Console

    from bridge.pipeline import agenda

    now, day = dt.datetime.now(dt.UTC), date.date() if date else None
    with opening.bridge(config_path) as bridge:
        named = paper or _only(bridge)
        found = agenda.announce_edition(
            bridge, named, day, now, at_once=at_once, dry_run=dry_run
        )
        zone = bridge.paper(named).timezone
    if found.points:
        Console().print(_table(found, zone))
    _tell(found, dry_run=dry_run)


def _only(bridge: "Bridge") -> str:
    """Return the paper that is meant where none is named."""
    from bridge.errors import UserError

    papers = [one.id for one in bridge.site.papers]
    if len(papers) != 1:
        raise UserError("say which paper", tuple(papers))
    return papers[0]


def _table(found: "Agenda", zone: ZoneInfo) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("when", "account", "what", "about"):
        table.add_column(column, overflow="fold")
    for column in ("followers", "servers"):
        table.add_column(column, justify="right")
    table.add_column("")
    for point in found.points:
        table.add_row(
            f"{point.at.astimezone(zone):%m-%d %H:%M}",
            f"@{point.account}",
            f"{point.verb} ({point.form})",
            point.about,
            str(point.people),
            str(point.servers),
            "" if point.new else "planned before",
        )
    return table


def _tell(found: "Agenda", *, dry_run: bool) -> None:
    """Say how much it is, and why the rest is not."""
    new = sum(point.new for point in found.points)
    verb = "would be announced" if dry_run else "announced"
    click.echo(f"{new} {verb}, {len(found.points) - new} planned before")
    if found.late:
        click.echo(f"{found.late} came in too late: they stand in the outbox only")
    if found.unheard:
        names = ", ".join(f"@{name}" for name in found.unheard)
        click.echo(f"nobody follows {names}")
