"""Many other servers in one process, good and bad; what they got is written to a file.

Arguments: a port, a journal, then `address=behaviour` for each server. Each request that is
read whole becomes one line of the journal, in one write and before it is answered, so that
the journal is the truth whoever is killed: address, path, activity, object, type, digest,
status, and the time. A behaviour `down` refuses with 503 while a file `<journal>.down` exists.
"""

import argparse
import gzip
import hashlib
import json
import os
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BEHAVIOURS: dict[str, str] = {}
JOURNAL = -1
DOWN = Path()
BOMB = gzip.compress(bytes(50_000_000))
SEEN: Counter[str] = Counter()  # requests by address


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever was connected has been killed."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return  # its sender was killed in the middle
        address = self.connection.getsockname()[0]
        SEEN[address] += 1
        ACTS[BEHAVIOURS[address]](self, address, body)

    def took(self, address: str, body: bytes, status: int) -> None:
        activity = json.loads(body)
        about = activity["object"]
        line = {
            "at": time.time(),
            "address": address,
            "path": self.path,
            "id": activity["id"],
            "type": activity["type"],
            "object": about if isinstance(about, str) else about["id"],
            "digest": hashlib.sha256(body).hexdigest(),
            "status": status,
        }
        os.write(JOURNAL, (json.dumps(line) + "\n").encode())

    def say(self, status: int, *headers: tuple[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        pass


def good(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 202)
    peer.say(202)


def busy(peer: Handler, address: str, body: bytes) -> None:
    """Take one of three, and ask for a second's patience otherwise."""
    if SEEN[address] % 3:
        peer.took(address, body, 429)
        peer.say(429, ("Retry-After", "1"))
    else:
        good(peer, address, body)


def down(peer: Handler, address: str, body: bytes) -> None:
    if DOWN.exists():
        peer.took(address, body, 503)
        peer.say(503)
    else:
        good(peer, address, body)


def broken(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 500)
    peer.say(500, body=b"trouble")


def gone(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 410)
    peer.say(410)


def hang(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 0)
    time.sleep(30)
    peer.close_connection = True


def drip(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 0)
    peer.close_connection = True
    for byte in b"HTTP/1.1 202 Accepted\r\nX-Slow: " + b"z" * 60:
        peer.wfile.write(bytes([byte]))
        time.sleep(0.5)


def redirect(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 307)
    place = f"http://127.0.1.1:{peer.server.server_port}/led-astray"  # type: ignore[attr-defined]
    peer.say(307, ("Location", place))


def reset(peer: Handler, address: str, body: bytes) -> None:
    peer.took(address, body, 0)
    linger = struct.pack("ii", 1, 0)
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    peer.close_connection = True


def bomb(peer: Handler, address: str, body: bytes) -> None:
    """Say yes with fifty megabytes that unpack from fifty kilobytes."""
    peer.took(address, body, 202)
    peer.say(202, ("Content-Encoding", "gzip"), ("Content-Type", "text/plain"), body=BOMB)


ACTS: dict[str, Callable[[Handler, str, bytes], None]] = {
    act.__name__: act
    for act in (good, busy, down, broken, gone, hang, drip, redirect, reset, bomb)
}


def main() -> None:
    global JOURNAL, DOWN
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("journal", type=Path)
    parser.add_argument("servers", nargs="+")
    asked = parser.parse_args()
    JOURNAL = os.open(asked.journal, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    DOWN = Path(f"{asked.journal}.down")
    BEHAVIOURS.update(server.split("=") for server in asked.servers)
    threads = []
    for address in BEHAVIOURS:
        server = Server((address, asked.port), Handler)
        threads.append(threading.Thread(target=server.serve_forever, args=(0.5,)))
        threads[-1].start()
    print("ready", flush=True)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
