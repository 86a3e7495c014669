"""Which addresses, ports and spellings the guard lets pass (security nos. 47 to 52)."""

import ipaddress
import socket
import threading
from time import monotonic
from typing import Any

import pytest

from bridge.errors import AddressError, RemoteError
from bridge.http import Allowance, Guard
from bridge.http.guard import refusal

LOOPBACK = Allowance.parse("127.0.0.1/32")


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
    198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::a00:1
    100::1 2001::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd12::1
    fe80::1 fec0::1 ff02::1 4000::1 1::1""".split(),
)
def test_50_no_connection_to_what_is_not_public(address: str) -> None:
    reason = refusal(ipaddress.ip_address(address), 443)
    assert reason is not None
    assert "not public" in reason


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1", "2a00::1"]
)
def test_public_addresses_pass(address: str) -> None:
    assert refusal(ipaddress.ip_address(address), 443) is None


@pytest.mark.parametrize(
    ("port", "passes"), [(80, True), (443, True), (1024, True), (8448, True)]
)
def test_52_ports_of_web_servers_pass(port: int, passes: bool) -> None:
    assert (refusal(ipaddress.ip_address("8.8.8.8"), port) is None) is passes


@pytest.mark.parametrize("port", [1, 22, 25, 53, 79, 81, 111, 442, 1023])
def test_52_other_ports_do_not(port: int) -> None:
    assert refusal(ipaddress.ip_address("8.8.8.8"), port)


@pytest.mark.parametrize(
    ("text", "address", "port", "passes"),
    [
        ("127.0.0.1/32", "127.0.0.1", 8080, True),
        ("127.0.0.1/32", "127.0.0.1", 22, False),
        ("127.0.0.1/32", "127.0.0.2", 8080, False),
        ("127.0.0.1/32", "::1", 8080, False),
        ("127.0.0.1/32", "::ffff:127.0.0.1", 8080, False),
        ("127.0.0.1/32:8080,22", "127.0.0.1", 22, True),
        ("127.0.0.1/32:8080,22", "127.0.0.1", 8081, False),
        ("10.0.0.0/8", "10.9.8.7", 443, True),
        ("10.0.0.0/8", "192.168.0.1", 443, False),
        ("[fd00::]/8:9000", "fd00::5", 9000, True),
        ("[fd00::]/8:9000", "fd00::5", 443, False),
        ("::1/128", "::1", 443, True),
    ],
)
def test_48_an_exception_opens_only_its_network_and_ports(
    text: str, address: str, port: int, passes: bool
) -> None:
    why = refusal(ipaddress.ip_address(address), port, (Allowance.parse(text),))
    assert (why is None) is passes


@pytest.mark.parametrize("text", ["", "loopback", "127.0.0.1/33", "10.0.0.1/8", "::1/128:x"])
def test_an_exception_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Allowance.parse(text)


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "localhost", "0"]
)
def test_51_every_spelling_of_loopback_is_refused(host: str) -> None:
    with pytest.raises(AddressError, match="not public"):
        Guard().admit(host, 80, monotonic() + 5)


def _answers(*addresses: str) -> Any:
    def resolve(host: str, port: int) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in addresses
        ]

    return resolve


@pytest.mark.parametrize(
    "addresses",
    [
        ("8.8.8.8", "10.0.0.1"),
        ("10.0.0.1", "8.8.8.8"),
        ("2606:4700::1", "::1"),
        ("fe80::1%eth0",),
    ],
)
def test_49_one_private_address_refuses_the_whole_name(addresses: tuple[str, ...]) -> None:
    with pytest.raises(AddressError, match="not public"):
        Guard((), _answers(*addresses)).admit("paper.example", 443, monotonic() + 5)


def test_49_what_was_checked_is_what_is_returned() -> None:
    guard = Guard((LOOPBACK,), _answers("127.0.0.1", "8.8.8.8", "127.0.0.1"))
    found = guard.admit("paper.example", 8443, monotonic() + 5)
    assert [where for _, where in found] == [("127.0.0.1", 8443), ("8.8.8.8", 8443)]


def test_54_a_name_server_that_does_not_answer_ends_at_the_deadline() -> None:
    release = threading.Event()

    def hang(host: str, port: int) -> list[Any]:
        release.wait(20)
        return []

    started = monotonic()
    with pytest.raises(RemoteError, match="in time") as caught:
        Guard((), hang).admit("paper.example", 443, monotonic() + 0.2)
    release.set()
    assert caught.value.transient
    assert monotonic() - started < 10


def test_an_unknown_name_may_be_known_later() -> None:
    with pytest.raises(RemoteError, match="unknown host") as caught:
        Guard((), lambda host, port: []).admit("paper.invalid", 443, monotonic() + 5)
    assert caught.value.transient
