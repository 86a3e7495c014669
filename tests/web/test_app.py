"""The application as a whole: what it says when something is missing or broken."""

import pytest
from flask import Flask

from bridge.wiring import Bridge


def test_a_missing_page_is_the_sites_own(app: Flask) -> None:
    answer = app.test_client().get("/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert b"missing" in answer.data


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("application/rss+xml", "text/plain"),
        ("text/html", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_errors_speak_as_they_are_spoken_to(app: Flask, accept: str, kind: str) -> None:
    assert app.test_client().get("/nothing", headers={"Accept": accept}).mimetype == kind


def test_before_the_first_publication_there_is_no_page_to_show(
    app: Flask, bridge: Bridge
) -> None:
    bridge.output.remove("404.html")
    answer = app.test_client().get("/nothing")
    assert (answer.status_code, answer.mimetype, answer.data) == (
        404,
        "text/plain",
        b"404 Not Found\n",
    )


def test_a_fault_of_ours_tells_nothing_of_our_inside(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """Security no. 44."""

    def broken() -> str:
        raise RuntimeError("password=hunter2 in /srv/secret.py")

    app.add_url_rule("/broken", view_func=broken)
    answer = app.test_client().get("/broken")
    assert (answer.status_code, answer.data) == (500, b"500 Internal Server Error\n")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "GET /broken failed" in caplog.text


def test_a_refused_method_names_those_that_work(app: Flask) -> None:
    answer = app.test_client().post("/livez")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
