"""The forms a document can have; every one answers *is it mine?* and *what does it say?*

Third parties add a form through the entry-point group `broadsheet.formats`; the entry must be
an object (a module will do) with the two functions of `Format`.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol, cast

from bridge.errors import FormatError
from bridge.ingest.formats import edition, pdf, text
from bridge.model import Document, Expected, PrintedEdition

MAX_BYTES = 25_000_000
"""The largest document that is read; an edition's text has some 200,000 bytes. PDFs have their
own limit, for they are never taken apart in this process."""

_MARK = re.compile(rb"[^\0 \t\r\n\f]")

GROUP = "broadsheet.formats"
"""Entry points that add formats."""


class Format(Protocol):
    """What stands in `FORMATS`; both functions are pure and never read a file."""

    NAME: str

    def recognises(self, document: Document) -> bool:
        """Tell whether the document has this form; decided by its first bytes and its name."""

    def parse(self, document: Document, expected: Expected) -> PrintedEdition:
        """Return what the document says; FormatError when it says nothing usable."""


FORMATS: tuple[Format, ...] = (text, edition, pdf)
"""The forms built in."""


def parse(document: Document, expected: Expected) -> PrintedEdition:
    """Return what a document says.

    Raises FormatError: `empty`, `too-large`, `unknown` when no form claims it, `ambiguous` when
    two do, and whatever the form itself finds wrong.
    """
    if not _MARK.search(document.data):
        raise FormatError("the file is empty", code="empty", where=document.origin)
    if len(document.data) > MAX_BYTES and not pdf.recognises(document):
        raise FormatError(
            f"the file has {len(document.data):,} bytes, more than {MAX_BYTES:,}",
            code="too-large",
            where=document.origin,
            hint="give each page of the edition as a file of its own",
        )
    return identify(document, all_formats()).parse(document, expected)


def identify(document: Document, formats: Sequence[Format]) -> Format:
    """Return the one form that claims a document; FormatError when none or several do."""
    claims = [form for form in formats if form.recognises(document)]
    if len(claims) == 1:
        return claims[0]
    if not claims:
        raise FormatError(
            "no format knows this kind of file", code="unknown", where=document.origin
        )
    names = ", ".join(form.NAME for form in claims)
    raise FormatError(
        f"several formats claim the file: {names}", code="ambiguous", where=document.origin
    )


@cache
def all_formats() -> tuple[Format, ...]:
    """Return the forms built in and those installed beside them."""
    found = [cast(Format, entry.load()) for entry in sorted(entry_points(group=GROUP))]
    return (*FORMATS, *found)
