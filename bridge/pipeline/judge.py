"""Judge the documents of a source: what each says, or why it is refused."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bridge.errors import FormatError
from bridge.ingest import formats, matching, retrieve
from bridge.model import Document, DocumentRecord, Newspaper, PrintedEdition, Source

EARLY = dt.timedelta(days=2)
"""A page dated further ahead than this is a misread date or a test page, not an early one."""


SAME_PAGE = 0.5
"""Share of a page's words from which another file with its label is a newer state of it."""


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
    """Set aside each document whose pages stand, alike, in a newer one of the same edition.

    `newness` orders the documents. A page sent twice under two names must not be read twice;
    two pages that merely share a label, since none was printed, both count.
    """
    kept: list[Judged] = []
    for one in sorted(judged, key=lambda j: newness(j.record), reverse=True):
        newer = next((other for other in kept if _holds(other, one)), None)
        if newer is None:
            kept.append(one)
            continue
        reason = f"its page stands in {newer.record.path}, which is newer"
        kept.append(refuse(one, FormatError(reason, code="superseded")))
    return tuple(sorted(kept, key=lambda j: j.record.path))


def _holds(newer: Judged, older: Judged) -> bool:
    new, old = newer.printed, older.printed
    if new is None or old is None or new.date != old.date:
        return False
    if not {page.label for page in old.pages} <= {page.label for page in new.pages}:
        return False
    words, older_words = _words(new), _words(old)
    return len(words & older_words) >= SAME_PAGE * len(older_words)


def _words(printed: PrintedEdition) -> matching.Shingles:
    texts = [block.text for story in printed.stories for block in story.blocks]
    texts += [part.text for article in printed.articles for part in article.body]
    return matching.shingles(matching.tokens("\n".join(texts)))


def of_one_date(judged: tuple[Judged, ...]) -> tuple[Judged, ...]:
    """Refuse pages that print another date than the edition whose folder they lie in.

    A folder's own date decides where any page of it agrees, else the date most pages print.
    """
    folders: dict[str, list[dt.date]] = defaultdict(list)
    for one in judged:
        if one.printed and _folder_date(one):
            folders[_folder(one)].append(one.printed.date)
    return tuple(
        _misfiled(one, _edition_date(one, folders[_folder(one)]))
        if one.printed and _folder_date(one)
        else one
        for one in judged
    )


def _edition_date(one: Judged, printed: list[dt.date]) -> dt.date:
    named = _folder_date(one)
    return named if named in printed else max(sorted(set(printed)), key=printed.count)


def _misfiled(one: Judged, date: dt.date) -> Judged:
    if one.printed is None or one.printed.date == date:
        return one
    what = f"prints the date {one.printed.date}, but lies with the edition of {date}"
    hint = "move it to its own edition, or correct the date"
    return refuse(one, FormatError(what, code="two-dates", hint=hint))


def _folder(one: Judged) -> str:
    return str(PurePosixPath(one.record.path).parent)


def _folder_date(one: Judged) -> dt.date | None:
    return retrieve.expected(f"{_folder(one)}/x").date


def missing_pages(judged: Sequence[Judged]) -> str:
    """Say how many of an edition's pages are here, `3 of 8 pages`; empty when all are."""
    printed = [one.printed for one in judged if one.printed]
    total = next((p.pages_total for p in printed if p.pages_total), None)
    here = len({page.label for p in printed for page in p.pages})
    return f"{here} of {total} pages" if total and here < total else ""


def hold(one: Judged, reason: str) -> DocumentRecord:
    """Return the record of a page that waits for the others of its edition."""
    return replace(one.record, state="waiting", code="incomplete", reason=reason)


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
