"""What a path says about a document: `2026-03-04/A1.txt` is page A1 of that day."""

import datetime as dt
import re
from pathlib import PurePosixPath

from bridge.model import Expected

_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:18|19|20|21)\d\d)(?P<dash>[-_.年]?)(?P<month>\d\d?)(?:(?P=dash)|月)"
    r"(?P<day>\d\d?)日?(?!\d)"
)
_TIGHT = re.compile(r"(?<!\d)(?P<year>(?:18|19|20|21)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_LABEL = re.compile(r"(?:^|[-_ .])(?:page|p|第)?[-_ ]?(?P<label>[A-Z]{0,2}\d{1,3})版?$", re.I)


def expected(path: str) -> Expected:
    """Return the date and page label that a path's folders and name tell, as far as they do.

    The name counts before the folders, and an inner folder before an outer one.
    """
    pure = PurePosixPath(path)
    date, stem = None, pure.stem
    for part in (stem, *reversed(pure.parts[:-1])):
        found = _date(part)
        if found:
            date, span = found
            if part is stem:
                stem = stem[: span[0]] + stem[span[1] :]
            break
    else:
        date = _split_over_folders(pure)
    label = _LABEL.search(stem)
    return Expected(date=date, label=label["label"].upper() if label else None)


def _date(text: str) -> tuple[dt.date, tuple[int, int]] | None:
    for pattern in (_TIGHT, _DATE):
        for match in pattern.finditer(text):
            day = _real(match["year"], match["month"], match["day"])
            if day:
                return day, match.span()
    return None


def _split_over_folders(path: PurePosixPath) -> dt.date | None:
    """Read `2026/03/04/A1.txt` and `2026-03/04/A1.txt`."""
    folders = "/".join(path.parts[:-1])
    match = re.search(r"(?:^|/)(\d{4})[-/]?(\d\d)/(\d\d)$", folders)
    return _real(*match.groups()) if match else None


def _real(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
