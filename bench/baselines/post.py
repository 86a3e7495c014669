"""Signed POSTs by hand: the signing loop, the adapter of requests, urllib3, a default Session.

Arguments: hosts with their port, threads, and a file of certificates for TLS or nothing. Every
command takes a count and tells what one delivery cost.
"""

import base64
import hashlib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import requests
import urllib3
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from bench.worker import Spent, answer, arguments

BODY = b'{"type":"Create","object":{"content":"' + b"x" * 1900 + b'"}}'
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
COVERED = "(request-target) host date digest content-type"

Send = Callable[[str, dict[str, str]], object]


def signed(host: str) -> dict[str, str]:
    """Return the headers of a signed request, as draft-cavage has them."""
    headers = {
        "Host": host,
        "Date": formatdate(usegmt=True),
        "Digest": f"SHA-256={base64.b64encode(hashlib.sha256(BODY).digest()).decode()}",
        "Content-Type": "application/activity+json",
    }
    lines = ["(request-target): post /inbox"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    made = KEY.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    headers["Signature"] = (
        f'keyId="https://bench.example/ap/actors/x#main-key",algorithm="rsa-sha256",'
        f'headers="{COVERED}",signature="{base64.b64encode(made).decode()}"'
    )
    return headers


class Loops:
    """The commands; connections are kept from one to the next."""

    def __init__(self, hosts: list[str], threads: int, ca: str | None = None) -> None:
        self.scheme = "https" if ca else "http"
        self.hosts, self.threads, self.ca = hosts, threads, ca
        self.adapter = HTTPAdapter(pool_connections=len(hosts), pool_maxsize=threads)
        context = ssl.create_default_context()
        if ca:
            context.load_verify_locations(ca)
        self.pool = urllib3.PoolManager(
            num_pools=len(hosts), maxsize=threads, ssl_context=context, retries=False
        )
        self.session = requests.Session()

    def sign(self, count: int) -> dict[str, float]:
        """Sign and send nothing."""
        with Spent() as spent:
            for _ in range(count):
                signed(self.hosts[0])
        return spent.each(count)

    def adapter_send(self, count: int) -> dict[str, float]:
        """Sign, prepare by hand, send by the adapter."""

        def send(url: str, headers: dict[str, str]) -> None:
            request = requests.PreparedRequest()
            request.method, request.url, request.body = "POST", url, BODY
            request.headers = CaseInsensitiveDict(headers)
            request.headers["Content-Length"] = str(len(BODY))
            assert self.adapter.send(request, timeout=10).content == b""

        return self._run(send, count)

    def urllib3(self, count: int) -> dict[str, float]:
        """Sign and send by urllib3, one TLS context for all."""

        def send(url: str, headers: dict[str, str]) -> None:
            assert self.pool.urlopen("POST", url, body=BODY, headers=headers).status == 202

        return self._run(send, count)

    def default_session(self, count: int) -> dict[str, float]:
        """Sign and send by a Session as it comes."""

        def send(url: str, headers: dict[str, str]) -> None:
            answer = self.session.post(
                url, data=BODY, headers=headers, timeout=10, verify=self.ca
            )
            assert answer.status_code == 202

        return self._run(send, count)

    def _run(self, send: Send, count: int) -> dict[str, float]:
        """Send each host its share in order, several hosts at a time."""

        def serve(place: int) -> None:
            host = self.hosts[place]
            for _ in range(place, count, len(self.hosts)):
                send(f"{self.scheme}://{host}/inbox", signed(host))

        with Spent() as spent, ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(serve, range(len(self.hosts))))
        return spent.each(count)


if __name__ == "__main__":
    answer(Loops(*arguments()))
