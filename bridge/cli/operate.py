"""The verbs that do the work: ingest, publish, run, serve, up."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from bridge.model import Document
    from bridge.pipeline.ingest import Taken
    from bridge.wiring import Bridge

WEB = "bridge.cli.server:application"
"""What the web server serves, as `module:function`."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True), metavar="FILE…")
@click.option("--paper", "paper_id", metavar="ID", help="The paper, where there are several.")
@opening.pass_config
def ingest(config_path: str, files: tuple[str, ...], paper_id: str | None) -> None:
    """Take in files by hand and publish what they change.

    Files of one date are one edition: give its pages together. Exits with 2 when none of them
    can be used, with 3 when some cannot.
    """
    from bridge.pipeline import ingest as verb
    from bridge.pipeline import publish as press

    with opening.bridge(config_path) as bridge:
        paper = paper_id or _only_paper(bridge)
        taken = verb.ingest_files(bridge, paper, _documents(files), dt.datetime.now(dt.UTC))
        published = press.publish(bridge, paper)
    for record in taken.refused:
        click.echo(f"refused {record.path}: {record.reason} [{record.code}]", err=True)
    click.echo(f"{paper}: {_sentence(taken)}; {len(published.written)} files written")
    sys.exit({"failed": 2, "partly": 3}.get(taken.outcome, 0))


@click.command()
@click.option("--all", "whole", is_flag=True, help="Every edition, not only the live window.")
@click.option("--paper", "paper_id", metavar="ID", help="Only this paper.")
@opening.pass_config
def publish(config_path: str, whole: bool, paper_id: str | None) -> None:
    """Derive feeds and pages from the store; only files whose bytes change are written."""
    from bridge.pipeline import publish as press

    with opening.bridge(config_path) as bridge:
        papers = [paper_id] if paper_id else [paper.id for paper in bridge.site.papers]
        for paper in papers:
            done = press.publish(bridge, paper, whole=whole)
            click.echo(
                f"{paper}: {len(done.written)} of {done.offered} files changed"
                + (f", {len(done.removed)} removed" if done.removed else "")
            )


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end: for cron.")
@opening.pass_config
def run(config_path: str, once: bool) -> None:
    """Run the daemon: watch the sources, publish, deliver.

    SIGTERM finishes the step in hand and ends within ten seconds. A second daemon on the same
    data folder refuses with 11.
    """
    from bridge.workers import daemon

    sys.exit(daemon.run(opening.load(config_path), once=once))


@click.command()
@opening.pass_config
def serve(config_path: str) -> None:
    """Serve feeds, pages and the fediverse over HTTP; never schedules anything."""
    from bridge.workers import serve as server

    sys.exit(server.serve(opening.load(config_path), target=WEB))


@click.command()
@opening.pass_config
def up(config_path: str) -> None:
    """Run daemon and web server together: all a small installation needs."""
    from bridge.workers import daemon

    settings = opening.load(config_path)
    web = (sys.executable, "-m", "bridge", "--config", config_path, "serve")
    sys.exit(daemon.up(settings, web))


def _only_paper(bridge: "Bridge") -> str:
    papers = [paper.id for paper in bridge.site.papers]
    if len(papers) != 1:
        raise click.UsageError(f"say which paper: --paper {' | '.join(papers) or 'ID'}")
    return papers[0]


def _documents(files: tuple[str, ...]) -> "list[Document]":
    from bridge.model import Document

    return [
        Document(name=Path(file).name, origin=file, data=Path(file).read_bytes())
        for file in files
    ]


def _sentence(taken: "Taken") -> str:
    return taken.message or "nothing new"
