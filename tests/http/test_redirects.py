"""Where a redirect may lead, and what goes with it (security nos. 16, 53, 58)."""

from typing import Any

import pytest

from bridge.errors import AddressError, RemoteError
from bridge.http import Http

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    "place",
    """http://127.0.0.2:8080/ http://[::1]:8080/ http://169.254.169.254/ http://localhost:22/
    file:///etc/passwd ftp://paper.example/ http://u:p@127.0.0.1/""".split(),
)
def test_53_each_hop_is_checked_again(peer: Any, http: Http, place: str) -> None:
    with pytest.raises(AddressError):
        http.get(peer(redirect(place)).url)


def test_53_redirects_are_followed_up_to_the_limit(peer: Any, http: Http) -> None:
    server = peer(redirect("/again"))
    with pytest.raises(RemoteError, match="too many redirects") as caught:
        http.get(server.url)
    assert not caught.value.transient
    assert len(server.heads) == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_53_a_redirect_leads_to_the_next_hop(peer: Any, http: Http, status: int) -> None:
    goal = peer(OK)
    answer = http.get(peer(redirect(f"{goal.url}/x", status)).url)
    assert (answer.body, answer.url) == (b"hello", f"{goal.url}/x")


def test_no_redirects_wanted_returns_the_redirect(peer: Any, http: Http) -> None:
    assert http.get(peer(redirect("/x")).url, redirects=0).status == 302


def test_16_same_origin_refuses_another_port(peer: Any, http: Http) -> None:
    goal = peer(OK)
    with pytest.raises(AddressError, match="another host"):
        http.get(peer(redirect(goal.url)).url, same_origin=True)
    assert goal.heads == []


def test_53_a_post_is_never_redirected(peer: Any, http: Http) -> None:
    goal = peer(OK)
    answer = http.post(peer(redirect(goal.url, 307)).url, headers=(), body=b"{}")
    assert answer.status == 307
    assert goal.heads == []


def test_58_signatures_stay_with_the_first_origin(peer: Any, http: Http) -> None:
    goal = peer(OK)
    first = peer(redirect(f"{goal.url}/x"))
    signed: list[str] = []

    def sign(url: str) -> tuple[tuple[str, str], ...]:
        signed.append(url)
        return (("Signature", "secret"),)

    http.get(first.url, headers=(("If-None-Match", '"1"'),), sign=sign)
    assert signed == [f"{first.url}/"]
    assert "Signature: secret" in first.heads[0]
    assert "Signature" not in goal.heads[0]
    assert "If-None-Match" not in goal.heads[0]
