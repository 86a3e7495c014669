"""A text dump of one or more pages: what a PDF, OCR or layout program's text export ends in.

There is no specification; the conventions are those of print (`docs/` describes what is read).
Any file that is not JSON, XML, HTML, a picture or an archive by its first bytes counts as text.
"""

from bridge.errors import FormatError
from bridge.ingest.segment import segment
from bridge.ingest.segment.characters import decode
from bridge.model import Document, Expected, PrintedEdition

NAME = "text"

OTHER = (
    b"{",
    b"[",
    b"<?xml",
    b"<!DOCTYPE",
    b"<!doctype",
    b"<html",
    b"<HTML",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x7fELF",
    b"SQLite format 3",
)
"""First bytes of files that are something else; `[` begins JSON unless it has a `.txt` name."""

MAX_LINES = 30_000
"""Lines of a text that are read, blank ones too: a hundred dense pages. Reading takes time in
proportion, so this bounds what a hostile file can cost (security no. 79)."""

ENDINGS = (".txt", ".text", ".asc", "")
"""Names that a text dump may have; `""` is a name without an ending."""


def recognises(document: Document) -> bool:
    """Tell whether the document is a text dump, by its name and first bytes."""
    ending = "." + document.name.rsplit(".", 1)[-1].lower() if "." in document.name else ""
    if ending not in ENDINGS:
        return False
    head = document.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return ending == ".txt" or not head.startswith(OTHER)


def parse(document: Document, expected: Expected) -> PrintedEdition:
    """Return the stories of a text dump.

    Raises FormatError: `empty`, `binary`, `encoding`, `too-large`, `no-date`, `no-article`.
    """
    if document.data.lstrip()[:8].startswith(OTHER[7:]):
        raise FormatError("the file is binary, no text", code="binary", where=document.origin)
    text = decode(document.data, document.origin)
    if len(text.splitlines()) > MAX_LINES:
        raise FormatError(
            f"the text has more than {MAX_LINES} lines",
            code="too-large",
            where=document.origin,
            hint="give each page of the edition as a file of its own",
        )
    return segment(text, expected, document.origin)
