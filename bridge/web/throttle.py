"""How much one address and one server may ask of us, each minute, counted in this process.

Security no. 41. An address counts as what the connection says, unless that is a proxy the
config trusts: a header from anybody else changes nothing. A server counts by what it has
signed and we have verified: nobody can use up the share of another by naming it.
"""

import ipaddress
import math
import re
import time
from collections.abc import Collection

from flask import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from bridge.model import urls

_HOST = "host"
_KEY_ID = re.compile(r'keyId="([^"]{1,2048})"')

Networks = Collection[ipaddress.IPv4Network | ipaddress.IPv6Network]


class Throttle:
    """Counts requests by client address and host; `rate` is what each may send in a minute."""

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
        if not self._limiter.hit(self._limit, client):
            return self._left(client)
        host = claimed_host(request.headers.get("Signature", ""))
        if host and not self._limiter.test(self._limit, _HOST, host):
            return self._left(_HOST, host)
        return None

    def count(self, host: str) -> None:
        """Count an activity that was verified to come from a host."""
        self._limiter.hit(self._limit, _HOST, host)

    def _left(self, *who: str) -> int:
        reset = self._limiter.get_window_stats(self._limit, *who).reset_time
        return max(1, math.ceil(reset - time.time()))


def claimed_host(signature: str) -> str | None:
    """Return the host of the key that a Signature header names; None when it names none."""
    found = _KEY_ID.search(signature)
    try:
        return urls.parse(found[1]).netloc if found else None
    except ValueError:
        return None


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
