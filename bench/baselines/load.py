"""Ask a server as fast as it answers, over a few connections, with epoll and nothing else.

The command `ask` sends one request again and again, or each request of a file (JSON list of
texts) once, and tells how many requests a second were answered. Every answer must have the
status that is expected.
"""

import json
import re
import select
import socket
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from bench.worker import answer

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
PATIENCE = 20  # seconds


class Link:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = -1  # bytes of the answer that are to come; -1 before its head

    def read(self, status: bytes) -> bool:
        """Take what has come; tell whether the answer is whole."""
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the server closed the connection")
        if self.left < 0:
            head = data.index(b"\r\n\r\n")
            if data[9:12] != status:
                raise ConnectionError(f"answered {data[:200]!r}")
            length = LENGTH.search(data, 0, head)
            whole = 0 if status == b"304" or length is None else int(length[1])
            self.left = head + 4 + whole
        self.left -= len(data)
        if self.left == 0:
            self.left = -1
            return True
        return False


class Load:
    """What the load can be asked."""

    def ask(
        self,
        port: int,
        status: int,
        count: int,
        connections: int,
        request: str = "",
        file: str = "",
    ) -> dict[str, float]:
        """Send `count` requests and return how many a second were answered."""
        requests: Iterator[bytes] = repeat(request.encode())
        if file:
            requests = iter([one.encode() for one in json.loads(Path(file).read_text())])
        links = {one.socket.fileno(): one for one in (Link(port) for _ in range(connections))}
        begun = time.perf_counter()
        _drive(links, requests, count, str(status).encode())
        spent = time.perf_counter() - begun
        for link in links.values():
            link.socket.close()
        return {"rate": count / spent}


def _drive(
    links: dict[int, Link], requests: Iterator[bytes], count: int, status: bytes
) -> None:
    with select.epoll() as poll:
        for number, link in links.items():
            link.socket.sendall(next(requests))
            poll.register(number, select.EPOLLIN)
        sent, done = len(links), 0
        while done < count:
            ready = poll.poll(PATIENCE)
            if not ready:
                raise TimeoutError("the server does not answer")
            for number, _ in ready:
                if links[number].read(status):
                    done += 1
                    if sent < count:
                        links[number].socket.sendall(next(requests))
                        sent += 1


if __name__ == "__main__":
    answer(Load())
