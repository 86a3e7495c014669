"""How much one address and one server may ask of us, each minute, counted in this process.

Security no. 41. An address counts as what the connection says, unless that is a proxy the
config trusts: a header from anybody else changes nothing. A server counts by what it has
signed and we have verified: nobody can use up the share of another by naming it.
"""

import ipaddress
import re
import time
from collections import Counter
from collections.abc import Collection

from bridge.model import urls

MINUTE = 60
_HOST = "host "
_KEY_ID = re.compile(r'keyId="([^"]{1,2048})"')

Networks = Collection[ipaddress.IPv4Network | ipaddress.IPv6Network]


class Throttle:
    """Counts requests by client address and host; `rate` is what each may send in a minute.

    The minutes are those of the clock: at the turn of each all counts begin anew, so that no
    more is remembered than came in within one.
    """

    def __init__(self, rate: int, trusted: Networks) -> None:
        """Take the networks of our own reverse proxies beside the rate."""
        self._rate = rate
        self._trusted = trusted
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def wait(self, peer: str, forwarded: str, signature: str) -> int | None:
        """Count a request; return the seconds to wait if it was one too many, else None.

        `forwarded` and `signature` are the headers X-Forwarded-For and Signature, or empty.
        """
        counts = self._now()
        client = client_address(peer, forwarded, self._trusted)
        counts[client] += 1
        host = claimed_host(signature)
        if counts[client] <= self._rate and (
            not host or counts.get(_HOST + host, 0) < self._rate
        ):
            return None
        return max(1, MINUTE - int(time.time() % MINUTE))

    def count(self, host: str) -> None:
        """Count an activity that was verified to come from a host."""
        self._now()[_HOST + host] += 1

    def _now(self) -> Counter[str]:
        """Return the counts of this minute."""
        minute = int(time.time() // MINUTE)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        return self._counts


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
