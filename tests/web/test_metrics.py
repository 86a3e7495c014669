"""Numbers of the ledger, for those who are near."""

import pytest
from werkzeug.test import Client

from bridge.model import Host
from bridge.store import hosts
from bridge.web.wsgi import application
from bridge.wiring import Bridge


def ask(bridge: Bridge, address: str, **headers: str) -> tuple[int, str]:
    environ = {"REMOTE_ADDR": address}
    answer = Client(application(bridge)).get(
        "/metrics", headers=headers, environ_overrides=environ
    )
    return answer.status_code, answer.text


def test_the_ledger_and_the_breaker_are_told(bridge: Bridge, now) -> None:
    with bridge.store.begin() as connection:
        hosts.put(connection, Host(name="slow.example", failures=3, changed=now))
    status, text = ask(bridge, "127.0.0.1")
    assert status == 200
    lines = text.splitlines()
    assert 'broadsheet_deliveries{state="pending"} 0' in lines
    assert 'broadsheet_hosts{state="failing"} 1' in lines
    assert 'broadsheet_hosts{state="resting"} 0' in lines
    assert "broadsheet_delivery_waiting_seconds 0" in lines
    assert text.endswith("\n")
    for line in lines:
        assert line.startswith(("# HELP broadsheet_", "# TYPE broadsheet_", "broadsheet_"))


@pytest.mark.parametrize(
    ("address", "forwarded", "status"),
    [
        ("127.0.0.1", "", 200),
        ("::1", "", 200),
        ("203.0.113.5", "", 404),
        ("127.0.0.1", "203.0.113.5", 404),
        ("203.0.113.5", "127.0.0.1", 404),
    ],
    ids=["here", "here by IPv6", "a stranger", "a stranger by our proxy", "a liar"],
)
def test_44_a_stranger_does_not_learn_of_it(
    bridge: Bridge, address: str, forwarded: str, status: int
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert ask(bridge, address, **headers)[0] == status
