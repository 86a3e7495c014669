"""The state of everything on one screen: gathered once, shown to eyes or as JSON lines."""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bridge import __version__
from bridge.model import DocumentRecord, Issue, Newspaper, Run, Source
from bridge.store import (
    Connection,
    articles,
    deliveries,
    documents,
    editions,
    followers,
    hosts,
    inbounds,
    nodes,
    runs,
)
from bridge.store.nodes import Node
from bridge.wiring import Bridge
from bridge.workers import lock

SHOWN = 12
"""Set-aside documents that are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """One paper: its newest edition and how many articles each section has in it."""

    paper: Newspaper
    issue: Issue | None
    sections: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source: its last run, and what became of its documents."""

    source: str
    run: Run | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything `status` tells."""

    base_url: str
    mode: str
    daemon: str | None  # who holds the data folder
    papers: tuple[PaperView, ...]
    sources: tuple[SourceView, ...]
    aside: tuple[DocumentRecord, ...]  # quarantined, skipped or waiting, latest first
    followers: int
    ledger: Mapping[str, int]
    inbox: int  # activities that wait to be verified
    resting: int  # servers that do not answer, or asked us to wait
    nodes: tuple[Node, ...]  # of a cluster; on SQLite there are none
    clock: dt.datetime  # the database's, by which nodes are alive

    def is_silent(self, node: Node) -> bool:
        """Tell whether a node counts as dead."""
        return node.until <= self.clock

    @property
    def troubled(self) -> bool:
        """Tell whether to look: a failed source, a document set aside, a silent node."""
        failed = any(s.run is not None and s.run.outcome == "failed" for s in self.sources)
        aside = any(record.state == "quarantined" for record in self.aside)
        return failed or aside or any(map(self.is_silent, self.nodes))


def look(bridge: Bridge, now: dt.datetime) -> Overview:
    """Gather the state in one read transaction."""
    with bridge.store.read() as connection:
        last, counted = runs.last(connection), documents.counts(connection)
        names = dict.fromkeys([*map(_id, bridge.settings.sources), *counted])
        return Overview(
            base_url=bridge.site.base_url,
            mode=bridge.site.mode,
            daemon=holder(bridge.settings.data_dir / lock.NAME),
            papers=tuple(_view(connection, paper) for paper in bridge.site.papers),
            sources=tuple(
                SourceView(source=name, run=last.get(name), counts=_by_name(counted.get(name)))
                for name in names
            ),
            aside=documents.in_state(
                connection, ("quarantined", "skipped", "waiting"), limit=500
            ),
            followers=sum(followers.counts(connection).values()),
            ledger=_by_name(deliveries.counts(connection)),
            inbox=inbounds.held(connection),
            resting=hosts.census(connection, now)["resting"],
            nodes=nodes.everyone(connection),
            clock=nodes.clock(connection),
        )


def _view(connection: Connection, paper: Newspaper) -> PaperView:
    issue = next(iter(editions.newest(connection, paper.id, 1)), None)
    found = articles.of_edition(connection, paper.id, issue.date) if issue else ()
    sections = {
        section.slug: sum(stored.section == section.slug for stored in found)
        for section in paper.sections
    }
    return PaperView(paper=paper, issue=issue, sections=sections)


def holder(path: "os.PathLike[str]") -> str | None:
    """Return who holds the lock file, in words; None when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        told = json.loads(os.pread(descriptor, 1000, 0) or b"{}")
        return f"running since {told.get('started', '?')} (process {told.get('pid', '?')})"
    else:
        return None
    finally:
        os.close(descriptor)


def show(found: Overview, now: dt.datetime, console: Console | None = None) -> None:
    """Print the overview for a person."""
    console = console or Console(highlight=False)
    _title(console, f"Broadsheet {__version__} · {found.mode} · {found.base_url}")
    daemon = found.daemon or "not running; start it with  broadsheet run"
    if found.daemon or not found.nodes:
        _line(console, "●" if found.daemon else "○", f"daemon {daemon}", bool(found.daemon))
    for node in found.nodes:
        silent = found.is_silent(node)
        _line(console, "○" if silent else "●", _node(node, found.clock, silent), not silent)
    for view in found.papers:
        console.print()
        _title(console, f"{view.paper.title}  {view.paper.id}")
        for line in _paper(view):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    console.print()
    _title(console, "Sources")
    for source in found.sources:
        good = source.run is None or source.run.outcome not in ("failed", "partly")
        _line(console, "✓" if good else "!", _source(source, now), good)
        mine = [record for record in found.aside if record.source == source.source]
        _aside(console, mine)
    console.print()
    _title(console, "Fediverse")
    waiting, failed = found.ledger.get("pending", 0), found.ledger.get("failed", 0)
    said = f"{found.followers} followers · {found.ledger.get('delivered', 0)} delivered"
    said += f" · {waiting} waiting · {failed} given up · {found.resting} servers rest"
    _line(console, "✓" if not failed else "!", said, not failed)


def lines(found: Overview) -> Iterator[str]:
    """Yield JSON objects with a `message_type`, one a line, for other programs."""
    yield _json("daemon", running=found.daemon is not None, holder=found.daemon)
    for node in found.nodes:
        yield _json(
            "node",
            id=node.id,
            role=node.role,
            version=node.version,
            seen=node.seen.isoformat(),
            silent=found.is_silent(node),
        )
    yield from map(_paper_line, found.papers)
    yield from map(_source_line, found.sources)
    for record in found.aside:
        yield _json(
            "document",
            source=record.source,
            path=record.path,
            state=record.state,
            code=record.code,
            reason=record.reason,
            since=record.changed.isoformat(),
        )
    told = {"followers": found.followers, "inbox": found.inbox, "resting": found.resting}
    yield _json("fediverse", **told, **found.ledger)


def _paper_line(view: PaperView) -> str:
    issue = view.issue
    return _json(
        "paper",
        paper=view.paper.id,
        edition=issue.date.isoformat() if issue else None,
        number=issue.number if issue else None,
        pages=[page.label for page in issue.pages] if issue else [],
        pages_total=issue.pages_total if issue else None,
        sections=dict(view.sections),
    )


def _source_line(view: SourceView) -> str:
    run = view.run
    return _json(
        "source",
        source=view.source,
        outcome=run.outcome if run else None,
        started=run.started.isoformat() if run else None,
        message=run.message if run else None,
        documents=dict(view.counts),
    )


def _paper(view: PaperView) -> Iterator[str]:
    issue = view.issue
    if issue is None:
        yield "no edition yet"
        return
    pages = len(issue.pages)
    parts = (
        issue.date.isoformat(),
        issue.masthead.weekday,
        issue.masthead.lunar_date,
        f"No. {issue.number}" if issue.number else None,
        f"{pages} of {issue.pages_total} pages" if issue.pages_total else f"{pages} pages",
    )
    yield " · ".join(part for part in parts if part)
    titles = {section.slug: section.title for section in view.paper.sections}
    yield " · ".join(f"{titles[slug]} {count}" for slug, count in view.sections.items())


def _source(view: SourceView, now: dt.datetime) -> str:
    read = view.counts.get("ingested", 0) + view.counts.get("unchanged", 0)
    text = f"{view.source}  {read} documents read"
    if view.run:
        said = f": {view.run.message}" if view.run.message else ""
        text += f"  {_ago(now - view.run.started)} {view.run.outcome}{said}"
    return text


def _node(node: Node, now: dt.datetime, silent: bool) -> str:
    seen = f"silent, last seen {_ago(now - node.seen)}" if silent else "alive"
    return f"node {node.id} · {node.role} · {node.version} · {seen}"


def _aside(console: Console, records: list[DocumentRecord]) -> None:
    for record in records[:SHOWN]:
        text = Text(f"{record.path}  {record.state}: {record.reason} [{record.code}]")
        text.stylize("red" if record.state == "quarantined" else "yellow")
        console.print(Padding(text, (0, 0, 0, 4)))
    if len(records) > SHOWN:
        console.print(Padding(Text(f"and {len(records) - SHOWN} more"), (0, 0, 0, 4)))


def _ago(past: dt.timedelta) -> str:
    for name, seconds in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if past.total_seconds() >= seconds:
            return f"{int(past.total_seconds() // seconds)} {name} ago"
    return "just now"


def _title(console: Console, text: str) -> None:
    console.print(Text(text, style="bold"))


def _line(console: Console, mark: str, text: str, good: bool) -> None:
    line = Text(f"  {mark} ", style="green" if good else "yellow")
    console.print(line.append(text, style="default"))


def _json(kind: str, **values: object) -> str:
    return json.dumps({"message_type": kind, **values}, ensure_ascii=False)


def _id(source: Source) -> str:
    return source.id


def _by_name(counts: Mapping[Any, int] | None) -> dict[str, int]:
    return {str(name): number for name, number in (counts or {}).items()}
