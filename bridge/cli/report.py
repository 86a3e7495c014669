"""What is going on: status, runs, editions."""

import datetime as dt
import sys

import click

from bridge.cli import opening


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@opening.pass_config
def status(config_path: str, as_json: bool) -> None:
    """Tell whether today's paper is out: daemon, papers, sources, documents, deliveries.

    Exits with 3 when a source failed or a document was set aside.
    """
    from bridge.cli import overview

    now = dt.datetime.now(dt.UTC)
    with opening.bridge(config_path) as bridge:
        found = overview.look(bridge, now)
    if as_json:
        for line in overview.lines(found):
            click.echo(line)
    else:
        overview.show(found, now)
    sys.exit(3 if found.troubled else 0)


@click.command()
@click.option("--limit", default=20, show_default=True, help="The newest so many.")
@opening.pass_config
def runs(config_path: str, limit: int) -> None:
    """List the latest runs of every source and what they brought."""
    from rich.console import Console
    from rich.table import Table

    from bridge.store import runs as rows

    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        latest = rows.latest(connection, limit)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("started", "source", "outcome", "what"):
        table.add_column(column, overflow="fold")
    for run in latest:
        table.add_row(
            f"{run.started:%Y-%m-%d %H:%M:%S}", run.source, run.outcome, run.message or ""
        )
    Console(highlight=False).print(table)


@click.command()
@click.option("--limit", default=14, show_default=True, help="The newest so many.")
@opening.pass_config
def editions(config_path: str, limit: int) -> None:
    """List the newest editions of every paper and how complete they are."""
    from rich.console import Console
    from rich.table import Table

    from bridge.store import articles
    from bridge.store import editions as rows

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("paper", "date", "number", "pages", "articles"):
        table.add_column(column)
    with opening.bridge(config_path) as bridge, bridge.store.read() as connection:
        for paper in bridge.site.papers:
            for issue in rows.newest(connection, paper.id, limit):
                seen = str(len(issue.pages))
                pages = f"{seen} of {issue.pages_total}" if issue.pages_total else seen
                count = len(articles.of_edition(connection, paper.id, issue.date))
                table.add_row(
                    paper.id, issue.date.isoformat(), issue.number or "", pages, str(count)
                )
    Console(highlight=False).print(table)
