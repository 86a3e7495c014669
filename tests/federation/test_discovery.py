"""Who is asked for: what a WebFinger resource may be, and whom it names."""

import pytest

from bridge.federation import vocabulary
from bridge.model import Actor

BASE = "https://paper.example"


@pytest.mark.parametrize(
    ("resource", "is_one"),
    [
        ("acct:a@paper.example", True),
        ("https://paper.example/", True),
        ("acct:a", False),
        ("acct:@paper.example", False),
        ("acct:a b@paper.example", False),
        ("herald", False),
        ("mailto:desk@paper.example", False),
        ("file:///etc/passwd", False),
        ("https://paper.example/" + "x" * 3000, False),
        ("acct:\x00@paper.example", False),
        ("", False),
    ],
)
def test_45_what_can_name_an_account(resource: str, is_one: bool) -> None:
    assert vocabulary.is_resource(resource) is is_one


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("acct:tidewater_local@paper.example", "tidewater_local"),
        ("acct:@tidewater_local@paper.example", "tidewater_local"),
        ("acct:Tidewater_Local@PAPER.example", "tidewater_local"),
        ("ACCT:tidewater_local@paper.example", "tidewater_local"),
        ("acct:tidewater_local@paper.example:443", "tidewater_local"),
        ("acct:instance@paper.example", "instance"),
        (f"{BASE}/ap/actors/tidewater_local", "tidewater_local"),
        ("HTTPS://Paper.Example./ap/actors/tidewater_local", "tidewater_local"),
        (f"{BASE}/tidewater/local/", "tidewater_local"),
        ("acct:tidewater_local@other.example", None),
        ("acct:nobody@paper.example", None),
        ("acct:tidewater_local", None),
        ("acct:", None),
        ("acct:@", None),
        ("tidewater_local@paper.example", None),
        (f"{BASE}/ap/actors/nobody", None),
        (f"{BASE}/ap/actors/tidewater_local/inbox", None),
        ("https://other.example/ap/actors/tidewater_local", None),
        ("mailto:desk@paper.example", None),
        ("", None),
        ("acct:tidewater_local@paper.example\x00", None),
        ("acct:../../etc/passwd@paper.example", None),
    ],
)
def test_45_who_is_asked_for(
    account: Actor, instance: Actor, resource: str, name: str | None
) -> None:
    found = vocabulary.find(resource, (account, instance), BASE)
    assert (found.name if found else None) == name


def test_an_address_with_a_port(account: Actor) -> None:
    base = "http://127.0.0.1:8400"
    assert (
        vocabulary.webfinger(account, base)["subject"] == "acct:tidewater_local@127.0.0.1:8400"
    )
    resource = "acct:tidewater_local@127.0.0.1:8400"
    assert vocabulary.find(resource, (account,), base) is account
