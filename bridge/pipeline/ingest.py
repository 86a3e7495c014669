"""Ingest: look into a source, read what is new, and store what it changes.

An edition, its articles, their activities, the state of its documents and the task to publish
are committed together: a crash at any point leaves either all of it or none, and the next look
finds the files again (security nos. 75 and 87).
"""

import datetime as dt
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bridge.errors import BridgeError, FormatError
from bridge.ingest import changes, identity, normalise, retrieve
from bridge.model import (
    Document,
    DocumentRecord,
    Edition,
    Newspaper,
    Problem,
    RunOutcome,
    Source,
    StoredArticle,
    Task,
)
from bridge.pipeline import announce, images
from bridge.pipeline.judge import (
    Judged,
    hold,
    judge,
    judge_document,
    known,
    missing_pages,
    of_one_date,
    overlooked,
    refuse,
    superseded,
)
from bridge.store import Connection, articles, documents, editions, runs
from bridge.wiring import Bridge

BY_HAND = "by-hand"
"""The name of the source to which files given to `broadsheet ingest` belong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one look at a source came to."""

    source: str
    outcome: RunOutcome
    counts: dict[str, int]  # e.g. new, revised, restored, suspected, withheld, quarantined
    refused: tuple[DocumentRecord, ...]  # documents set aside in this look

    @property
    def message(self) -> str:
        """Return one line, e.g. `9 new, 1 quarantined`; empty when nothing was new."""
        return ", ".join(f"{number} {name}" for name, number in self.counts.items() if number)


def ingest(bridge: Bridge, source_id: str, now: dt.datetime) -> Taken:
    """Take in what is new in a source.

    Raises BridgeError when the source itself cannot be looked into; a bad file does not stop
    the others, it is quarantined with its reason.
    """
    source = bridge.source(source_id)
    paper = bridge.paper(source.paper)
    with bridge.store.read() as connection:
        before = documents.of_source(connection, source.id)
    try:
        look = retrieve.RETRIEVERS[source.kind](source, known(before), now)
    except BridgeError as error:
        _note_failure(bridge, source.id, error, now)
        raise
    judged = [judge(source, paper, f, before.get(f.path), now) for f in look.ready]
    fresh = tuple(one for one in judged if one is not None)
    beside = _siblings(source, paper, look, before, fresh, now)
    pages = superseded(fresh + beside, lambda record: (record.mtime_ns, record.path))
    pages, held = _held(bridge, source, of_one_date(pages), look, before, now)
    files = {found.path: found for found in (*look.ready, *look.unchanged)}

    def read(path: str) -> Document:
        return retrieve.read(source, files[path])

    others = (*overlooked(source, look, now), *held)
    return _take(bridge, paper, source.id, pages, others, read, now)


def ingest_files(
    bridge: Bridge, paper_id: str, files: Sequence[Document], now: dt.datetime
) -> Taken:
    """Take in documents given by hand; those of one date are one edition."""
    paper = bridge.paper(paper_id)
    source = f"{paper.id}/{BY_HAND}"
    with bridge.store.read() as connection:
        before = documents.of_source(connection, source)
    judged = []
    for document in files:
        record = DocumentRecord(
            source=source,
            path=document.origin,
            state="waiting",
            first_seen=now,
            since=now,
            changed=now,
        )
        earlier = before.get(document.origin)
        judged.append(judge_document(document, paper, record, earlier, now))
    given = {document.origin: place for place, document in enumerate(files)}
    pages = superseded(tuple(judged), lambda record: (given[record.path], record.path))
    read = {document.origin: document for document in files}.__getitem__
    return _take(bridge, paper, source, pages, (), read, now)


def _held(
    bridge: Bridge,
    source: Source,
    judged: tuple[Judged, ...],
    look: retrieve.Scan,
    before: dict[str, DocumentRecord],
    now: dt.datetime,
) -> tuple[tuple[Judged, ...], tuple[DocumentRecord, ...]]:
    """Part what is taken in now from the pages that wait for the rest of their edition."""
    if not source.wait:
        return judged, ()
    waiting: list[Judged] = []
    reasons: dict[dt.date, str] = {}
    for date, pages in _by_date(judged).items():
        lacking = missing_pages(pages)
        marked = any(str(PurePosixPath(p.record.path).parent) in look.complete for p in pages)
        seen = [before.get(page.record.path, page.record).first_seen for page in pages]
        until = min(seen) + source.wait
        if lacking and not marked and now < until and not _is_stored(bridge, source, date):
            waiting += pages
            zone = bridge.paper(source.paper).timezone
            reasons[date] = f"{lacking} are here; the others are awaited until " + (
                f"{until.astimezone(zone):%H:%M}"
            )
    records = tuple(hold(one, reasons[one.record.date or now.date()]) for one in waiting)
    return tuple(one for one in judged if one not in waiting), records


def _is_stored(bridge: Bridge, source: Source, date: dt.date) -> bool:
    with bridge.store.read() as connection:
        return editions.get(connection, source.paper, date) is not None


def _siblings(
    source: Source,
    paper: Newspaper,
    look: retrieve.Scan,
    before: dict[str, DocumentRecord],
    fresh: Sequence[Judged],
    now: dt.datetime,
) -> tuple[Judged, ...]:
    """Read again the unchanged pages of the editions that changed: a story may jump to them."""
    dates = {one.record.date for one in fresh if one.printed and not one.same}
    again = []
    for found in look.unchanged:
        record = before[found.path]
        if record.date in dates and record.state in ("ingested", "unchanged"):
            one = judge(source, paper, found, record, now)
            if one is not None and one.printed:
                again.append(one)
    return tuple(again)


def _take(
    bridge: Bridge,
    paper: Newspaper,
    source: str,
    pages: tuple[Judged, ...],
    others: tuple[DocumentRecord, ...],
    read: images.Read,
    now: dt.datetime,
) -> Taken:
    """Store what was judged: each edition in a transaction of its own, then the rest."""
    run = _begin(bridge, source, now) if pages else None
    counts: Counter[str] = Counter()
    refused, records = [one for one in pages if one.printed is None], list(others)
    for date, printed in _by_date(pages).items():
        if all(one.same for one in printed):
            counts["unchanged"] += len(printed)
            records += [one.record for one in printed]
            continue
        try:
            edition = _edition(bridge, paper, printed, read, now)
        except FormatError as error:
            refused += [refuse(one, error) for one in printed]
            continue
        aside = [one.record.path for one in refused if one.record.date == date]
        counts += _store(bridge, paper, source, edition, printed, aside, now)
    counts["quarantined"] = len(refused)
    bad = tuple(one.record for one in refused)
    outcome: RunOutcome = "done" if not bad else "partly" if len(bad) < len(pages) else "failed"
    taken = Taken(source=source, outcome=outcome, counts=dict(counts), refused=bad)
    _close(bridge, run, taken, (*records, *bad), now)
    return taken


def _edition(
    bridge: Bridge,
    paper: Newspaper,
    printed: Sequence[Judged],
    read: images.Read,
    now: dt.datetime,
) -> Edition:
    said = [one.printed for one in printed if one.printed]
    return images.place(normalise.edition(said, paper), said, read, bridge.output, now)


def _by_date(judged: Sequence[Judged]) -> dict[dt.date, tuple[Judged, ...]]:
    """Group the good documents into editions, each in the order of their paths."""
    groups: dict[dt.date, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.printed is not None:
            groups[one.printed.date].append(one)
    return {
        date: tuple(sorted(group, key=lambda one: one.record.path))
        for date, group in sorted(groups.items())
    }


def _store(
    bridge: Bridge,
    paper: Newspaper,
    source: str,
    edition: Edition,
    pages: Sequence[Judged],
    aside: Sequence[str],
    now: dt.datetime,
) -> Counter[str]:
    """Write one edition and all that follows from it in one transaction.

    `aside` are paths of documents that gave pages of it before and no longer do.
    """
    given: dict[editions.Origin, tuple[str, ...]] = {(source, path): () for path in aside}
    for one in pages:
        labels = one.printed.pages if one.printed else ()
        given[source, one.record.path] = tuple(page.label for page in labels)
    with bridge.store.begin() as connection:
        editions.reserve(connection, paper.id, edition.date)
        covered = editions.covered(connection, paper.id, edition.date, given)
        stored = articles.of_edition(connection, paper.id, edition.date)
        found = changes.compare(edition.articles, stored, covered)
        is_new = editions.save(connection, paper.id, edition, given, now)
        told = _write(connection, paper, edition, stored, found, now)
        announce.announce(bridge, connection, told, now)
        records = [replace(one.record, problems=_problems(edition, one)) for one in pages]
        documents.save(connection, records)
        if found or is_new:
            task = Task(name="publish", args=(paper.id,), partition=paper.id, fold=True)
            bridge.enqueue(connection, (task,))
    return _counts(found)


def _counts(found: changes.Changes) -> Counter[str]:
    return Counter(
        new=len(found.new),
        revised=len(found.revised),
        moved=len(found.moved),
        restored=len(found.restored),
        suspected=len(found.missing),
        withheld=len(found.withheld),
    )


def _write(
    connection: Connection,
    paper: Newspaper,
    edition: Edition,
    stored: Sequence[StoredArticle],
    found: changes.Changes,
    now: dt.datetime,
) -> tuple[StoredArticle, ...]:
    """Write the changes; return what followers should hear of: new and corrected articles."""
    new = identity.enrol(
        found.new,
        among=edition.articles,
        known=stored,
        paper=paper,
        date=edition.date,
        token=lambda: secrets.token_bytes(4),
        summary=normalise.summary,
        now=now,
    )
    articles.insert_all(connection, new, now)
    articles.restore(connection, found.restored)
    articles.suspect(connection, [gone.key for gone in found.missing])
    for match in found.moved:
        articles.move(connection, identity.moved(match, normalise.summary(match.article)))
    return (*new, *_revise(connection, found.revised, now))


def _revise(
    connection: Connection, matches: Sequence[changes.Match], now: dt.datetime
) -> Iterator[StoredArticle]:
    for match in matches:
        article = identity.revised(match, normalise.summary(match.article), now)
        if articles.revise(connection, article, now, match.note):
            yield article


def _problems(edition: Edition, one: Judged) -> tuple[Problem, ...]:
    return tuple(
        problem
        for problem in edition.problems
        if problem.where is None or problem.where.startswith(one.record.path)
    )


def _begin(bridge: Bridge, source: str, now: dt.datetime) -> int:
    with bridge.store.begin() as connection:
        runs.interrupt(connection, source, now)
        return runs.start(connection, source, now)


def _close(
    bridge: Bridge,
    run: int | None,
    taken: Taken,
    records: Sequence[DocumentRecord],
    now: dt.datetime,
) -> None:
    with bridge.store.read() as connection:
        stored = documents.of_source(connection, taken.source)
    if run is None and all(_like(stored.get(record.path), record) for record in records):
        return  # nothing was new: nothing is written
    with bridge.store.begin() as connection:
        documents.save(connection, records)
        if run is not None:
            message = taken.message or None
            runs.finish(connection, run, taken.outcome, taken.counts, message, now)


def _like(stored: DocumentRecord | None, record: DocumentRecord) -> bool:
    def shape(one: DocumentRecord) -> tuple[object, ...]:
        return (one.size, one.mtime_ns, one.state, one.code, one.reason)

    return stored is not None and shape(stored) == shape(record)


def _note_failure(bridge: Bridge, source: str, error: BridgeError, now: dt.datetime) -> None:
    """Record that a source cannot be looked into, once as long as it stays so."""
    with bridge.store.begin() as connection:
        last = runs.last(connection).get(source)
        if last and last.outcome == "failed" and last.message == str(error):
            return
        run = runs.start(connection, source, now)
        runs.finish(connection, run, "failed", {}, str(error), now)
