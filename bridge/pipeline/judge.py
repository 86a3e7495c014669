"""Judge the documents of a source: what each says, or why it is refused."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bridge.errors import FormatError
from bridge.ingest import formats, retrieve
from bridge.model import Document, DocumentRecord, Newspaper, PrintedEdition, Source

EARLY = dt.timedelta(days=2)
"""A page dated further ahead than this is a misread date or a test page, not an early one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One document, what is remembered of it from now on, and what it says if it is good."""

    record: DocumentRecord
    printed: PrintedEdition | None
    same: bool  # these very bytes were ingested before


def judge(
    source: Source,
    paper: Newspaper,
    found: retrieve.Found,
    before: DocumentRecord | None,
    now: dt.datetime,
) -> Judged | None:
    """Read one file and say what becomes of it; None when it changed while it was read."""
    blank = _blank(source.id, found.path, now)
    record = replace(blank, size=found.size, mtime_ns=found.mtime_ns)
    try:
        document = retrieve.read(source, found)
    except FormatError as error:
        return None if error.code == "changing" else _refused(record, error)
    return judge_document(document, paper, record, before, now)


def judge_document(
    document: Document,
    paper: Newspaper,
    record: DocumentRecord,
    before: DocumentRecord | None,
    now: dt.datetime,
) -> Judged:
    """Parse one document of a paper; FormatError becomes the reason in its record."""
    digest = hashlib.sha256(document.data).hexdigest()
    record = replace(record, sha256=digest, size=len(document.data))
    try:
        printed = parse(document, paper, now)
    except FormatError as error:
        return _refused(record, error)
    same = before is not None and before.sha256 == digest and before.date == printed.date
    same = same and before is not None and before.state in ("ingested", "unchanged")
    record = replace(
        record,
        state="unchanged" if same else "ingested",
        date=printed.date,
        problems=printed.problems,
    )
    return Judged(record=record, printed=printed, same=same)


def parse(document: Document, paper: Newspaper, now: dt.datetime) -> PrintedEdition:
    """Parse a document with what path and config say about it.

    Raises FormatError, also for an edition of the future.
    """
    today = now.astimezone(paper.timezone).date()
    hints = replace(
        retrieve.expected(document.origin),
        language=paper.language,
        title=paper.title,
        latest=today + EARLY,
    )
    printed = formats.parse(document, hints)
    if printed.date > today + EARLY:
        raise FormatError(
            f"is dated {printed.date.isoformat()}, which lies in the future",
            code="future-date",
            where=document.origin,
            hint="correct the date in the page or in its folder's name",
        )
    return printed


def known(records: Mapping[str, DocumentRecord]) -> dict[str, retrieve.Known]:
    """Tell a retriever what is remembered of a source's files."""
    return {
        path: retrieve.Known(
            size=record.size,
            mtime_ns=record.mtime_ns,
            since=record.since,
            done=record.judged,
        )
        for path, record in records.items()
    }


def overlooked(
    source: Source, look: retrieve.Scan, now: dt.datetime
) -> tuple[DocumentRecord, ...]:
    """Return the records of what was not read: files that settle, and what is no document."""
    waiting = tuple(
        replace(
            _blank(source.id, found.path, now),
            size=found.size,
            mtime_ns=found.mtime_ns,
            code="settling",
            reason="is new or still growing; it is read once it has settled",
        )
        for found in look.waiting
    )
    passed = tuple(
        replace(
            _blank(source.id, passed.path, now),
            state="skipped",
            code=passed.code,
            reason=passed.reason,
        )
        for passed in look.passed
    )
    return waiting + passed


def superseded(
    judged: tuple[Judged, ...], newness: Callable[[DocumentRecord], tuple[int, str]]
) -> tuple[Judged, ...]:
    """Set aside each document all of whose pages stand in newer ones of the same edition.

    `newness` orders the documents. A page sent twice under two names must not be read twice.
    """
    holder: dict[tuple[dt.date, str], str] = {}
    kept: list[Judged] = []
    for one in sorted(judged, key=lambda j: newness(j.record), reverse=True):
        pages = one.printed.pages if one.printed else ()
        newer = {holder.get((one.record.date or dt.date.min, page.label)) for page in pages}
        if pages and None not in newer:
            names = ", ".join(sorted(name for name in newer if name))
            kept.append(_set_aside(one, f"its pages stand in {names}, which is newer"))
            continue
        for page in pages:
            holder.setdefault((one.record.date or dt.date.min, page.label), one.record.path)
        kept.append(one)
    return tuple(sorted(kept, key=lambda j: j.record.path))


def _set_aside(one: Judged, reason: str) -> Judged:
    record = replace(one.record, state="quarantined", code="superseded", reason=reason)
    return Judged(record=record, printed=None, same=False)


def refuse(one: Judged, error: FormatError) -> Judged:
    """Return the document as refused after all: its edition as a whole is unusable."""
    return _refused(one.record, error)


def _refused(record: DocumentRecord, error: FormatError) -> Judged:
    reason = f"{error.what}; {error.hint}" if error.hint else error.what
    record = replace(record, state="quarantined", code=error.code, reason=reason)
    return Judged(record=record, printed=None, same=False)


def _blank(source: str, path: str, now: dt.datetime) -> DocumentRecord:
    return DocumentRecord(
        source=source, path=path, state="waiting", first_seen=now, since=now, changed=now
    )
