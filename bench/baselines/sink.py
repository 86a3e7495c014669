"""An HTTP server that takes every POST with 202, on many loopback addresses at one port.

Arguments: the port, a list of addresses, then a certificate file for TLS, or nothing. With TLS
each answer closes its connection, so that every delivery is a first contact. The command `told`
gives the connections and requests since it was last asked.
"""

import asyncio
import re
import ssl
import threading

from bench.worker import answer, arguments

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
KEPT = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
CLOSED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

COUNTS: dict[str, float] = {"connections": 0, "requests": 0}


class Taker(asyncio.Protocol):
    """One connection: answers as soon as a request is whole."""

    reply = KEPT

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.held = transport, b""
        COUNTS["connections"] += 1

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.held, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.held) < whole:
                return
            self.held = self.held[whole:]
            COUNTS["requests"] += 1
            self.transport.write(self.reply)
            if self.reply is CLOSED:
                self.transport.close()


class Closer(Taker):
    """One connection for one request."""

    reply = CLOSED


class Sink:
    """What the sink can be asked."""

    def told(self) -> dict[str, float]:
        """Return what was counted, and begin again."""
        found = dict(COUNTS)
        COUNTS.update(connections=0, requests=0)
        return found


async def listen(
    port: int, hosts: list[str], certificate: str | None, ready: threading.Event
) -> None:
    """Listen until the process ends."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    kind = Closer if certificate else Taker
    loop = asyncio.get_running_loop()
    await loop.create_server(kind, hosts, port, ssl=context, backlog=256)
    ready.set()
    await asyncio.Event().wait()


def main() -> None:
    """Listen in a thread and answer commands."""
    port, hosts, *certificate = arguments()
    ready = threading.Event()
    work = listen(port, hosts, certificate[0] if certificate else None, ready)
    threading.Thread(target=asyncio.run, args=(work,), daemon=True).start()
    if not ready.wait(10):
        raise SystemExit(1)

    answer(Sink())


if __name__ == "__main__":
    main()
