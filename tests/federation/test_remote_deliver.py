"""Posting to inboxes over real sockets (security nos. 36, 47, 89, 97)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response as Answer

from bridge.federation import signatures
from bridge.federation.remote import deliver, later_schemes
from bridge.http import Http
from bridge.model import KeyPair, Outcome, Request, SignatureScheme


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
    taken = Outcome(status=202, error=None, retry_after=None, scheme="cavage")
    assert replace(done, date=None) == taken
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
    assert done.scheme is None
    assert len(httpserver.log) == (2 if status in (400, 401) else 1)


class Only:
    """An inbox that reads one scheme and answers the other with a status; it counts both."""

    def __init__(self, scheme: str, status: int) -> None:
        self.scheme, self.status, self.asked = scheme, status, list[str]()

    def __call__(self, request: Received) -> Answer:
        scheme = "rfc9421" if "Signature-Input" in request.headers else "cavage"
        self.asked.append(scheme)
        return Answer("no", status=202 if scheme == self.scheme else self.status)


@pytest.mark.parametrize(
    ("reads", "status", "schemes", "asked", "taken"),
    [
        ("cavage", 401, signatures.BOTH, ["cavage"], 202),
        ("rfc9421", 401, signatures.BOTH, ["cavage", "rfc9421"], 202),
        ("rfc9421", 400, signatures.BOTH, ["cavage", "rfc9421"], 202),
        ("rfc9421", 401, signatures.order("rfc9421"), ["rfc9421"], 202),
        ("cavage", 401, signatures.order("rfc9421"), ["rfc9421", "cavage"], 202),
        ("rfc9421", 403, signatures.BOTH, ["cavage"], 403),
        ("rfc9421", 500, signatures.BOTH, ["cavage"], 500),
        ("neither", 401, signatures.BOTH, ["cavage", "rfc9421"], 401),
        ("neither", 401, signatures.BOTH[:1], ["cavage"], 401),
    ],
)
def test_the_other_scheme_is_tried_where_the_first_is_not_read(
    http: Http,
    httpserver: HTTPServer,
    base: str,
    signer: signatures.Signer,
    now: dt.datetime,
    reads: str,
    status: int,
    schemes: signatures.Schemes,
    asked: list[str],
    taken: int,
) -> None:
    inbox = Only(reads, status)
    httpserver.expect_request("/inbox").respond_with_handler(inbox)
    done = deliver(http, f"{base}/inbox", b"{}", signer=signer, now=now, schemes=schemes)
    assert (done.status, inbox.asked) == (taken, asked)
    assert done.scheme == (reads if taken == 202 else None)


@pytest.mark.parametrize(
    ("before", "status", "scheme", "after"),
    [
        (("cavage", "rfc9421"), 202, "cavage", ("cavage", "rfc9421")),
        (("cavage", "rfc9421"), 202, "rfc9421", ("rfc9421", "cavage")),
        (("rfc9421", "cavage"), 202, "cavage", ("cavage", "rfc9421")),
        (("cavage", "rfc9421"), 401, None, ("cavage",)),  # neither: no loop (no. 91)
        (("cavage", "rfc9421"), 503, None, ("cavage", "rfc9421")),
        (("cavage",), None, None, ("cavage",)),
    ],
)
def test_what_a_host_took_decides_what_it_gets_next(
    before: signatures.Schemes,
    status: int | None,
    scheme: SignatureScheme | None,
    after: signatures.Schemes,
) -> None:
    outcome = Outcome(status=status, error=None, retry_after=None, scheme=scheme)
    assert later_schemes(before, outcome) == after


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
