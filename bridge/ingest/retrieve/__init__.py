"""Where documents come from: one retriever per kind of source."""

from bridge.ingest.retrieve.folder import Found, Known, Passed, Scan, read, scan
from bridge.ingest.retrieve.hints import expected

RETRIEVERS = {"folder": scan}
"""Kind of source → its scan: `scan(source, known, now) -> Scan`."""

__all__ = ["RETRIEVERS", "Found", "Known", "Passed", "Scan", "expected", "read", "scan"]
