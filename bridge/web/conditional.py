"""What a request asks for and already has: RFC 9110 §8.8, §12.5.3 and §13, decided purely."""

import re
from email.utils import parsedate_to_datetime

_TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s,"]+)')
_SUFFIX = re.compile(r"(?:--?|;)(?:gzip|br|zstd)$")
_CODING = re.compile(r"\s*([^\s;,]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?")


def accepts_gzip(header: str) -> bool:
    """Tell whether `Accept-Encoding` allows gzip."""
    if not header:
        return False
    if header.startswith("gzip, ") and "q=0" not in header:  # nearly every client
        return True
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        if match := _CODING.fullmatch(part):
            found[match[1]] = _quality(match[2])
    return found.get("gzip", found.get("x-gzip", found.get("*", 0.0))) > 0


def has_tag(header: str, etag: str) -> bool:
    """Tell whether `If-None-Match` names this version of the content.

    Comparison is weak; lists, `*`, tags without quotes and the suffixes which proxies put on
    when they compress are understood.
    """
    if header in (etag, "*"):
        return True
    ours = etag.strip('"')
    tags = (match[1] or match[2] for match in _TAG.finditer(header))
    return any(tag in (ours, "*") or _SUFFIX.sub("", tag) == ours for tag in tags if tag)


def unchanged_since(header: str, modified: int) -> bool:
    """Tell whether `If-Modified-Since` is no older than the content, in epoch seconds."""
    try:
        return parsedate_to_datetime(header).timestamp() >= modified
    except (TypeError, ValueError, OverflowError):
        return False


def _quality(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0
