"""Whose requests are counted together."""

from ipaddress import ip_network

import pytest

from bridge.web.throttle import Throttle, claimed_host, client_address

PROXIES = (ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "198.51.100.9, 10.1.2.3", "198.51.100.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "10.1.2.3", "127.0.0.1"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.9", ""),
    ],
    ids=[
        "direct",
        "header of a stranger",
        "behind our proxy",
        "only the nearest counts",
        "behind two proxies",
        "proxy without header",
        "nonsense",
        "proxies only",
        "IPv4 in IPv6",
        "IPv6 by network",
        "local socket",
    ],
)
def test_the_client_is_the_nearest_that_is_no_proxy_of_ours(
    peer: str, forwarded: str, client: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == client


def signed(key: str) -> str:
    return f'keyId="{key}",signature="x"'


def test_41_a_host_has_a_share_of_its_own_which_only_verified_activities_use_up() -> None:
    """Naming another host's key costs that host nothing."""
    throttle = Throttle(2, ())
    key = "https://One.example:443/users/mei#main-key"
    for number in range(5):
        assert throttle.wait(f"192.0.2.{number}", "", signed(key)) is None
    throttle.count("one.example")
    throttle.count("one.example")
    assert 1 <= (throttle.wait("192.0.2.9", "", signed(key)) or 0) <= 60
    assert throttle.wait("192.0.2.9", "", signed("https://two.example/k")) is None


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ('keyId="https://one.example/k",signature="x"', "one.example"),
        ('keyId="nonsense"', None),
        ('keyId=""', None),
        ("", None),
    ],
)
def test_the_host_is_that_of_the_key(header: str, host: str | None) -> None:
    assert claimed_host(header) == host
