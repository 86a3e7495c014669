"""Posting to inboxes over real sockets (security nos. 36, 47, 89, 97)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response as Answer

from bridge.federation import signatures
from bridge.federation.remote import deliver
from bridge.http import Http
from bridge.model import KeyPair, Outcome, Request


@pytest.fixture
def signer(pair: KeyPair) -> signatures.Signer:
    return signatures.Signer(
        key_id="https://paper.example/ap/actors/tidewater_local#main-key", private=pair.private
    )


def test_97_a_delivery_arrives_signed(
    http: Http,
    httpserver: HTTPServer,
    base: str,
    pair: KeyPair,
    signer: signatures.Signer,
    now: dt.datetime,
    as_request: Callable[[Received], Request],
) -> None:
    httpserver.expect_request("/inbox", method="POST").respond_with_data("", status=202)
    body = '{"type":"Create","content":"新码头"}'.encode()
    done = deliver(http, f"{base}/inbox?a=b", body, signer=signer, now=now)
    assert replace(done, date=None) == Outcome(status=202, error=None, retry_after=None)
    received = httpserver.log[0][0]
    assert received.get_data() == body
    assert received.headers["Content-Type"] == "application/activity+json"
    hosts = (f"127.0.0.1:{httpserver.port}",)
    found = signatures.verify(as_request(received), pair.public, now=now, hosts=hosts)
    assert found.key_id == signer.key_id
    assert {"(request-target)", "host", "date", "digest"} <= set(found.covered)


def test_89_each_attempt_has_its_own_date(
    http: Http, httpserver: HTTPServer, base: str, signer: signatures.Signer, now: dt.datetime
) -> None:
    httpserver.expect_request("/inbox").respond_with_data("", status=503)
    for hour in (0, 1):
        later = now + dt.timedelta(hours=hour)
        deliver(http, f"{base}/inbox", b"{}", signer=signer, now=later)
    first, second = (received.headers for received, _ in httpserver.log)
    assert first["Date"] != second["Date"]
    assert first["Signature"] != second["Signature"]
    assert first["Digest"] == second["Digest"]


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410, 429, 500, 503])
def test_a_refused_delivery_says_why(
    http: Http,
    httpserver: HTTPServer,
    base: str,
    signer: signatures.Signer,
    now: dt.datetime,
    status: int,
) -> None:
    httpserver.expect_request("/inbox").respond_with_response(
        Answer(
            "bad\x1b[31m\nday" + "!" * 999,
            status=status,
            content_type="text/plain",
            headers={"Retry-After": "120", "Location": "/elsewhere"},
        )
    )
    done = deliver(http, f"{base}/inbox", b"{}", signer=signer, now=now)
    assert (done.status, done.retry_after, done.transient) == (status, "120", True)
    assert done.error is not None
    assert done.error.startswith(f"status {status}: bad [31m day!")
    assert len(done.error) < 250
    assert len(httpserver.log) == 1


def test_a_page_in_answer_is_not_repeated(
    http: Http, httpserver: HTTPServer, base: str, signer: signatures.Signer, now: dt.datetime
) -> None:
    httpserver.expect_request("/inbox").respond_with_data(
        "<html>", status=502, content_type="text/html"
    )
    assert deliver(http, f"{base}/inbox", b"{}", signer=signer, now=now).error == "status 502"


@pytest.mark.parametrize(
    ("inbox", "transient"),
    [
        ("http://127.0.0.2:8080/inbox", False),
        ("http://169.254.169.254/inbox", False),
        ("file:///inbox", False),
        ("", False),
        ("http://127.0.0.1:9999999/inbox", False),
        ("http://127.0.0.1:1023/inbox", False),
    ],
)
def test_36_47_deliveries_go_through_the_guard(
    http: Http, signer: signatures.Signer, now: dt.datetime, inbox: str, transient: bool
) -> None:
    done = deliver(http, inbox, b"{}", signer=signer, now=now)
    assert (done.status, done.transient) == (None, transient)
    assert done.error


def test_a_server_that_is_away_may_come_back(
    http: Http, httpserver: HTTPServer, base: str, signer: signatures.Signer, now: dt.datetime
) -> None:
    httpserver.stop()
    done = deliver(http, f"{base}/inbox", b"{}", signer=signer, now=now)
    httpserver.start()
    assert (done.status, done.transient) == (None, True)
