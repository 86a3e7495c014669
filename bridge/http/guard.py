"""Decide where connections may go: only to public addresses, checked after resolving.

Security nos. 47 to 52. The check happens on the addresses that are then connected to, so a
name that changes its answer in between gains nothing (no. 49), and every spelling of an
address is covered, since what the resolver made of it is what counts (no. 51).
"""

import functools
import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from bridge.errors import AddressError, RemoteError
from bridge.http.values import Address, Allowance, Network, ordinary

REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "unspecified or IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
"""Not left to `ipaddress.is_global`, which lets eight of these ranges pass (no. 50)."""

GLOBAL = ipaddress.ip_network("2000::/3")
"""The only part of IPv6 that is given out for public hosts."""

Resolve = Callable[[str, int], list[Any]]
"""`socket.getaddrinfo(host, port)` or what stands in for it."""

Answer = queue.SimpleQueue[list[Any] | Exception]

IDLE = 8
"""Threads that wait for the next name at most: to start one costs as much as the asking."""

SocketAddress = tuple[int, tuple[Any, ...]]
"""Address family and what `socket.connect` takes."""


def refusal(address: Address, port: int, allow: tuple[Allowance, ...] = ()) -> str | None:
    """Return why a connection is not made; None when it may be."""
    if any(allowance.covers(address, port) for allowance in allow):
        return None
    for network, why in REFUSED:
        if address in network:
            return f"{address} is not public: {why}"
    if address.version == 6 and address not in GLOBAL:
        return f"{address} is not public: unassigned"
    return None if ordinary(port) else f"port {port} is not a web server's"


class Guard:
    """Resolve a name once and let its addresses pass, or refuse them all."""

    def __init__(
        self,
        allow: tuple[Allowance, ...] = (),
        resolve: Resolve = lambda host, port: socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ),
    ) -> None:
        """Take the exceptions and, for tests, a resolver."""
        self._allow, self._resolve = allow, resolve
        self._threads = _Threads()

    def admit(self, host: str, port: int, deadline: float) -> tuple[SocketAddress, ...]:
        """Return the checked addresses of a host; `deadline` is monotonic time.

        Raises AddressError when any one of them is refused: a name that answers with a
        public and a private address is an attack. RemoteError when there is no answer.
        """
        found = self._lookup(host, port, deadline)
        for family, where in found:
            why = refusal(
                ipaddress.ip_address(str(where[0]).partition("%")[0]), port, self._allow
            )
            if why or family not in (socket.AF_INET, socket.AF_INET6):
                raise AddressError("refused to connect", where=f"{host}:{port}", why=why or "")
        return found

    def _lookup(self, host: str, port: int, deadline: float) -> tuple[SocketAddress, ...]:
        answer: Answer = queue.SimpleQueue()
        ask = functools.partial(self._ask, host, port, answer)
        # The system's resolver knows no deadline, so it waits in a thread of its own; what is
        # an address already does not wait at all.
        if _is_address(host):
            ask()
        else:
            self._threads.run(ask)
        try:
            found = answer.get(timeout=max(0.0, deadline - monotonic()))
        except queue.Empty:
            found = TimeoutError("the name server did not answer in time")
        if isinstance(found, Exception) or not found:
            raise RemoteError("unknown host", transient=True, where=host, why=str(found or ""))
        return tuple(dict.fromkeys((entry[0], entry[4]) for entry in found))

    def _ask(self, host: str, port: int, answer: Answer) -> None:
        try:
            answer.put(self._resolve(host, port))
        except (OSError, ValueError) as error:
            answer.put(error)


class _Threads:
    """Threads that may be held up for as long as they like; those that are done are kept."""

    def __init__(self) -> None:
        self._idle: list[queue.SimpleQueue[Callable[[], None]]] = []

    def run(self, work: Callable[[], None]) -> None:
        """Run something beside, in a thread that is idle or in a new one."""
        try:
            own = self._idle.pop()
        except IndexError:
            own = queue.SimpleQueue()
            threading.Thread(
                target=self._serve, args=(own,), daemon=True, name="lookup"
            ).start()
        own.put(work)

    def _serve(self, own: queue.SimpleQueue[Callable[[], None]]) -> None:
        while True:
            own.get()()
            if len(self._idle) >= IDLE:
                return
            self._idle.append(own)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
