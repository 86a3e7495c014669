"""The one guarded door to other servers, and the only user of `requests` (design §2, no. 4)."""

from bridge.http.client import Http
from bridge.http.guard import Guard
from bridge.http.values import Allowance, Counts, Headers, HttpPolicy, Response

__all__ = ["Allowance", "Counts", "Guard", "Headers", "Http", "HttpPolicy", "Response"]
