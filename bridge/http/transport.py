"""The wire under `requests`: guarded connections, one deadline, one set of certificates.

Three repairs of what the libraries do by default: a socket's time limit counts for each read,
so an answer that drips never ends (security no. 54); a name is resolved again after it was
checked (no. 49); and the certificates are parsed anew for every connection, which costs
fifteen times the delivery itself (psf/requests pull request 6667, urllib3 issue 3623).
"""

import http.client
import io
import socket
import ssl
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any

import requests
import requests.adapters
import requests.utils
import urllib3
import urllib3.connection

from bridge.errors import RemoteError
from bridge.http.guard import Guard
from bridge.http.values import Counts, HttpPolicy
from bridge.model import urls

HEADER_BYTES = 65_536
"""A response head larger than this is refused; http.client itself stops at 100 headers."""

ADDRESSES = 4
"""So many addresses of one host are tried."""


@dataclass(slots=True, kw_only=True)
class Call:
    """The request in hand: until when it may run, in monotonic time, and what it sends."""

    deadline: float
    body_follows: bool = False
    head: bytes = b""  # kept back until the body comes

    def left(self) -> float:
        """Return the seconds that are left; TimeoutError when there are none."""
        seconds = self.deadline - monotonic()
        if seconds <= 0:
            raise TimeoutError("the whole request took too long")
        return seconds


CALL: ContextVar[Call] = ContextVar("CALL")
"""Set around `Adapter.send`, since requests has no way to hand a value down to the socket."""


class _TimedSocket(io.RawIOBase):
    """A socket's reading side that honours the deadline of the call, not one per read."""

    def __init__(self, sock: Any, raw: io.RawIOBase, call: Call) -> None:
        super().__init__()
        self._sock, self._raw, self._call = sock, raw, call
        self.budget: int | None = HEADER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._call.left())
        count = self._raw.readinto(buffer)
        if self.budget is not None:
            self.budget -= count or 0
            if self.budget < 0:
                raise http.client.HTTPException(f"headers larger than {HEADER_BYTES} bytes")
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """A response that is read against the deadline, its head with a limit in bytes."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._timed = _TimedSocket(sock, self.fp.detach(), CALL.get())
        self.fp = io.BufferedReader(self._timed)

    def begin(self) -> None:
        super().begin()
        self._timed.budget = None


class _Guarded(urllib3.connection.HTTPConnection):
    """A connection that goes only where the guard lets it."""

    response_class = _TimedResponse
    dialer: "Dialer"

    def _new_conn(self) -> socket.socket:
        return self.dialer.dial(self._dns_host, self.port, CALL.get())

    def send(self, data: Any) -> None:
        """Send head and body at once: http.client would make two packets of them."""
        call = CALL.get()
        if call.body_follows:
            call.head, call.body_follows = data, False
            return
        if self.sock is not None:  # else http.client connects first, which has its own limit
            self.sock.settimeout(call.left())
        data, call.head = call.head + data, b""
        super().send(data)


class Dialer:
    """Open sockets to checked addresses, and count them."""

    def __init__(self, guard: Guard, connect_timeout: float, counts: Counts) -> None:
        self._guard, self._timeout, self._counts = guard, connect_timeout, counts
        self._lock = threading.Lock()

    def dial(self, host: str, port: int, call: Call) -> socket.socket:
        """Connect to the first of the checked addresses that answers."""
        with self._lock:
            self._counts.lookups += 1
        error: OSError | None = None
        for family, address in self._guard.admit(host, port, call.deadline)[:ADDRESSES]:
            try:
                sock = self._connect(family, address, min(self._timeout, call.left()))
                sock.settimeout(call.left())  # of the TLS handshake, or of the first bytes
                return sock
            except OSError as failed:
                error = failed
        why = str(error) or type(error).__name__
        raise RemoteError("no connection", transient=True, where=f"{host}:{port}", why=why)

    def _connect(self, family: int, address: tuple[Any, ...], seconds: float) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(seconds)
            sock.connect(address)
        except BaseException:
            sock.close()
            raise
        with self._lock:
            self._counts.connections += 1
        return sock


class _CountedContext(ssl.SSLContext):
    """A TLS context that counts how often certificates are loaded into it."""

    counts: Counts

    def load_verify_locations(self, *args: Any, **kwargs: Any) -> None:
        self.counts.ca_loads += 1
        super().load_verify_locations(*args, **kwargs)


def tls_context(ca_file: str | None, counts: Counts) -> ssl.SSLContext:
    """Return the one context of all connections: names and certificates are always checked."""
    context = _CountedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.counts = counts
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


class Adapter(requests.adapters.HTTPAdapter):
    """The adapter of requests with our connections in its pools, sized to hosts and threads.

    It keeps to the face of requests, but a delivery takes the straight way through.
    """

    def __init__(self, policy: HttpPolicy, guard: Guard, counts: Counts) -> None:
        self._dialer = Dialer(guard, policy.connect_timeout, counts)
        self._context = tls_context(policy.ca_file, counts)
        super().__init__(pool_connections=policy.pool_hosts, pool_maxsize=policy.pool_size)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        """Build pools of guarded connections that share one TLS context."""
        super().init_poolmanager(
            connections, maxsize, block, ssl_context=self._context, **pool_kwargs
        )
        self.poolmanager.pool_classes_by_scheme = _pools(self._dialer)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = True,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send a request by the pool of its host, and do nothing else that requests would.

        No proxy is looked for, only the shared context verifies, and the response is raw.
        """
        target = urls.parse(request.url or "")
        pool = self.poolmanager.connection_from_host(target.host, target.port, target.scheme)
        raw = pool.urlopen(
            request.method or "GET",
            target.path,
            request.body,
            request.headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=timeout,
            preload_content=False,
            decode_content=False,
        )
        response = requests.Response()
        response.status_code, response.raw = raw.status, raw
        return response


def _pools(dialer: Dialer) -> dict[str, Any]:
    """Return pool classes whose connections know their dialer."""
    plain = type("GuardedHTTP", (_Guarded,), {"dialer": dialer})
    secure = type(
        "GuardedHTTPS", (_Guarded, urllib3.connection.HTTPSConnection), {"dialer": dialer}
    )
    return {
        "http": type("Plain", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("Secure", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
