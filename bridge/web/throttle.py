"""How much one address may ask of us: a count for each minute, kept in this process.

Security no. 41. An address counts as what the connection says, unless that is a proxy the
config trusts: a header from anybody else changes nothing.
"""

import ipaddress
import math
import time
from collections.abc import Collection

from flask import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

Networks = Collection[ipaddress.IPv4Network | ipaddress.IPv6Network]


class Throttle:
    """Counts requests by client address; `rate` is what one may send in a minute."""

    def __init__(self, rate: int, trusted: Networks) -> None:
        """Take the networks of our own reverse proxies beside the rate."""
        self._limit = RateLimitItemPerMinute(rate)
        self._trusted = trusted
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def wait(self, request: Request) -> int | None:
        """Count a request; return the seconds to wait if it was one too many, else None."""
        client = client_address(
            request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), self._trusted
        )
        if self._limiter.hit(self._limit, client):
            return None
        reset = self._limiter.get_window_stats(self._limit, client).reset_time
        return max(1, math.ceil(reset - time.time()))


def client_address(peer: str, forwarded: str, trusted: Networks) -> str:
    """Return the address of the client: the nearest one that is no proxy of ours.

    IPv6 clients count by their /64, which is what one customer gets.
    """
    for hop in [peer, *reversed(forwarded.split(","))]:
        try:
            address = ipaddress.ip_address(hop.strip())
        except ValueError:
            return peer
        address = getattr(address, "ipv4_mapped", None) or address
        if not any(address in network for network in trusted):
            if address.version == 4:
                return str(address)
            return str(ipaddress.ip_network((address, 64), strict=False))
    return peer
