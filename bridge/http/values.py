"""What outgoing requests are allowed, and what comes back from them."""

import ipaddress
from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]
"""Header names and values in order, duplicates kept."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def ordinary(port: int) -> bool:
    """Say whether a port is one that web servers use: 80, 443, or not privileged."""
    return port in (80, 443) or port >= 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One exception from the guard (security no. 48): a network, and its ports if given."""

    network: Network
    ports: frozenset[int] = frozenset()  # empty: the ordinary ones

    @classmethod
    def parse(cls, text: str) -> "Allowance":
        """Read `10.0.0.0/8`, `127.0.0.1/32:8080,8443` or `[fd00::]/8:8080`; ValueError else."""
        address, slash, rest = text.strip().replace("[", "").replace("]", "").partition("/")
        length, _, ports = rest.partition(":")
        return cls(
            network=ipaddress.ip_network(address + slash + length),
            ports=frozenset(int(port) for port in ports.split(",") if port),
        )

    def covers(self, address: Address, port: int) -> bool:
        """Say whether a connection to this address and port is excepted."""
        return address in self.network and (
            port in self.ports if self.ports else ordinary(port)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPolicy:
    """The limits of every outgoing request; times in seconds, sizes in bytes."""

    user_agent: str
    allow: tuple[Allowance, ...] = ()
    timeout: float = 10.0  # for the whole request: names, connecting, headers and body
    connect_timeout: float = 5.0  # for one address of a host
    limit: int = 1_000_000  # of a body, after decompression
    redirects: int = 3
    pool_hosts: int = 256  # at least the hosts of a shard, else every delivery connects anew
    pool_size: int = 16  # connections kept for one host: at least the sending threads
    ca_file: str | None = None  # certificates to trust beside the bundled ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered, whatever its status."""

    status: int
    headers: Headers
    url: str  # of the last hop
    body: bytes  # decompressed

    def header(self, name: str) -> str | None:
        """Return the first value of a header; None when it was not sent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str:
        """Return the media type in lower case without parameters; empty when not sent."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()


@dataclass(slots=True, kw_only=True)
class Counts:
    """What sending has cost so far; tests hold these figures exactly."""

    connections: int = 0
    lookups: int = 0
    ca_loads: int = 0
