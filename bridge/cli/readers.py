"""What readers say: replies that wait for an editor, and complaints."""

import datetime as dt
from typing import TYPE_CHECKING

import click

from bridge.cli import opening
from bridge.cli.ledger import Listing

if TYPE_CHECKING:
    from rich.table import Table

    from bridge.model import Reply, ReplyState, Report, ReportState

SHOWN = 80
"""Characters of a reply in the list."""


@click.group(cls=Listing)
def replies() -> None:
    """Show replies from the fediverse, approve or reject them."""


@replies.command("list")
@click.option("--limit", default=50, show_default=True, help="The newest so many.")
@click.option(
    "--state",
    type=click.Choice(["held", "approved", "rejected"]),
    help="Only replies in this state.",
)
@opening.pass_config
def list_replies(config_path: str, limit: int, state: "ReplyState | None") -> None:
    """Show the newest replies and mentions, and what waits for a decision."""
    from rich.console import Console

    from bridge.store import replies as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        found = rows.newest(connection, limit, state)
        counts = rows.counts(connection)
    if found:
        Console().print(_replies(found))
    click.echo(" · ".join(f"{n} {name}" for name, n in counts.items()) or "nobody replied yet")


@replies.command("show")
@click.argument("name", metavar="REPLY")
@opening.pass_config
def show_reply(config_path: str, name: str) -> None:
    """Show a reply whole, by the name in the list or by its address."""
    from bridge.federation.sanitise import plain
    from bridge.pipeline import moderate

    with opening.bridge(config_path) as bridge:
        found = moderate.find(bridge, name)
    for label, value in (
        ("from", found.name),
        ("address", found.url),
        ("about", found.key or f"@{found.account}"),
        ("said", f"{found.published:%Y-%m-%d %H:%M}" + ("" if found.public else " in private")),
        ("state", found.state),
    ):
        click.echo(f"{label:<8} {value}")
    click.echo("\n" + plain(found.content))


@replies.command("approve")
@click.argument("names", metavar="REPLY...", nargs=-1, required=True)
@opening.pass_config
def approve_replies(config_path: str, names: tuple[str, ...]) -> None:
    """Approve replies; those who wrote them need no approval from then on."""
    _decide(config_path, names, "approved")


@replies.command("reject")
@click.argument("names", metavar="REPLY...", nargs=-1, required=True)
@opening.pass_config
def reject_replies(config_path: str, names: tuple[str, ...]) -> None:
    """Reject replies; they are never shown, and forgotten after 30 days."""
    _decide(config_path, names, "rejected")


@click.group(cls=Listing)
def reports() -> None:
    """Show complaints of other servers' users, and close them."""


@reports.command("list")
@click.option("--limit", default=50, show_default=True, help="The newest so many.")
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only those.")
@opening.pass_config
def list_reports(config_path: str, limit: int, state: "ReportState | None") -> None:
    """Show the newest complaints and what they are about."""
    from rich.console import Console

    from bridge.store import reports as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        found = rows.newest(connection, limit, state)
    if found:
        Console().print(_reports(found))
    else:
        click.echo("no complaints")


@reports.command("close")
@click.argument("number", type=int)
@click.option("--note", help="What was done about it; for the editors only.")
@opening.pass_config
def close_report(config_path: str, number: int, note: str | None) -> None:
    """Close a complaint, by its number in the list."""
    from bridge.pipeline import moderate

    with opening.bridge(config_path) as bridge:
        found = moderate.close_report(bridge, number, note)
    click.echo(f"closed no. {found.number} of {found.actor}")


def _decide(config_path: str, names: tuple[str, ...], state: "ReplyState") -> None:
    from bridge.pipeline import moderate

    now = dt.datetime.now(dt.UTC)
    with opening.bridge(config_path) as bridge:
        for name in names:
            found = moderate.decide(bridge, name, state, now)
            click.echo(f"{state}: {found.name}: {_excerpt(found)}")


def _replies(found: "tuple[Reply, ...]") -> "Table":
    table = _table("reply", "state", "came in", "from", "about", "says")
    for one in found:
        from bridge.pipeline.moderate import name

        state = one.state if one.public else f"{one.state}, private"
        about = one.key or f"@{one.account}"
        table.add_row(name(one), state, _moment(one.received), one.name, about, _excerpt(one))
    return table


def _reports(found: "tuple[Report, ...]") -> "Table":
    table = _table("no.", "state", "came in", "from", "about", "says", "note")
    for one in found:
        about = "\n".join(one.objects)
        moment = _moment(one.received)
        row = (one.state, moment, one.actor, about, one.content, one.note or "")
        table.add_row(str(one.number), *row)
    return table


def _excerpt(reply: "Reply") -> str:
    from bridge.federation.sanitise import plain

    said = plain(reply.content).replace("\n", " ")
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%m-%d %H:%M}"


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
