"""WebSub: every hub hears of every feed that changed, once it can, and of nothing else."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bridge.model import StoredArticle, Task
from bridge.pipeline import hubs
from bridge.pipeline.publish import publish
from bridge.store import pings
from bridge.wiring import Bridge

BASE = "https://paper.example/herald"
CITY = {f"{BASE}/{slug}/{form}" for slug in ("all", "city") for form in hubs.LIVE}
CORRECTIONS = f"{BASE}/corrections/atom.xml"

Put = Callable[..., StoredArticle]


@pytest.fixture
def put(publish: Put) -> Put:
    """Store an article; the fixture has the name of a verb that is tested here."""
    return publish


class Hub:
    """A hub on a real socket: what it was told, and what it answers."""

    def __init__(self, server: HTTPServer) -> None:
        self.url, self.status = server.url_for("/hub"), 204
        self.told: list[dict[str, list[str]]] = []
        server.expect_request("/hub", method="POST").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        assert request.content_type == "application/x-www-form-urlencoded"
        self.told.append(parse_qs(request.get_data(as_text=True), strict_parsing=True))
        return Response(status=self.status)

    def topics(self) -> list[str]:
        return sorted(topic for one in self.told for topic in one["hub.url"])


@pytest.fixture
def hub(httpserver: HTTPServer) -> Hub:
    return Hub(httpserver)


@pytest.fixture
def hubbed(federated: Bridge, hub: Hub) -> Bridge:
    return with_hubs(federated, hub.url)


def with_hubs(bridge: Bridge, *urls: str) -> Bridge:
    feeds = replace(bridge.settings.feeds, hubs=urls)
    return replace(bridge, settings=replace(bridge.settings, feeds=feeds))


def waiting(bridge: Bridge, now: dt.datetime) -> list[str]:
    with bridge.store.read() as connection:
        return [ping.topic for ping in pings.due(connection, now)]


def test_a_hub_hears_of_the_feeds_that_changed(
    hubbed: Bridge, hub: Hub, put: Put, tasks: list[Task], now: dt.datetime
) -> None:
    put(1)
    publish(hubbed, "herald")
    assert tasks[-1] == hubs.PING
    first = set(waiting(hubbed, now))
    assert first >= CITY
    assert hubs.ping(hubbed, now) == len(first)
    assert {one["hub.mode"][0] for one in hub.told} == {"publish"}
    assert set(hub.topics()) == first
    hub.told.clear()
    publish(hubbed, "herald")
    put(2)
    publish(hubbed, "herald")
    hubs.ping(hubbed, now)
    assert set(hub.topics()) == CITY
    assert waiting(hubbed, now) == []


def test_no_archive_and_no_page_is_told(hubbed: Bridge, put: Put, now: dt.datetime) -> None:
    put(1)
    done = publish(hubbed, "herald")
    assert any(path.endswith("archive.atom") for path in done.written)
    assert {topic.rpartition("/")[2] for topic in waiting(hubbed, now)} == set(hubs.LIVE)
    assert CORRECTIONS in waiting(hubbed, now)


def test_without_hubs_nothing_is_noted(
    federated: Bridge, put: Put, tasks: list[Task], now: dt.datetime
) -> None:
    put(1)
    publish(federated, "herald")
    assert hubs.PING not in tasks
    assert waiting(federated, now) == []


def test_a_hub_that_fails_is_asked_again_and_given_up_in_the_end(
    hubbed: Bridge, hub: Hub, put: Put, now: dt.datetime
) -> None:
    put(1)
    publish(hubbed, "herald")
    count, hub.status = len(waiting(hubbed, now)), 503
    for wait in hubs.WAITS:
        assert hubs.ping(hubbed, now) == 0
        assert waiting(hubbed, now + wait - dt.timedelta(seconds=1)) == []
        now += wait
        assert len(waiting(hubbed, now)) == count
    assert hubs.ping(hubbed, now) == 0
    assert waiting(hubbed, now + dt.timedelta(days=365)) == []


def test_a_hub_that_is_back_is_told(
    hubbed: Bridge, hub: Hub, put: Put, tasks: list[Task], now: dt.datetime
) -> None:
    put(1)
    publish(hubbed, "herald")
    hub.status = 500
    hubs.ping(hubbed, now)
    tasks.clear()
    hubs.wake(hubbed, now)
    assert tasks == []
    hubs.wake(hubbed, now + hubs.WAITS[0])
    assert tasks == [hubs.PING]
    hub.status, hub.told = 202, []
    assert hubs.ping(hubbed, now + hubs.WAITS[0]) == len(hub.topics())
    assert set(hub.topics()) >= CITY


def test_one_hub_that_is_down_keeps_no_other_waiting(
    federated: Bridge, hub: Hub, put: Put, now: dt.datetime
) -> None:
    put(1)
    both = with_hubs(federated, "http://127.0.0.1:65001/hub", hub.url)
    publish(both, "herald")
    hubs.ping(both, now)
    assert set(hub.topics()) >= CITY


def test_a_feed_that_changes_while_its_hub_is_told_is_told_again(
    hubbed: Bridge, hub: Hub, put: Put, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(1)
    publish(hubbed, "herald")
    real_post = hubbed.http.post

    def meanwhile(*given: Any, **named: Any) -> Any:
        answer = real_post(*given, **named)
        if len(hub.told) == 1:
            put(2)
            publish(hubbed, "herald")
        return answer

    monkeypatch.setattr(hubbed.http, "post", meanwhile)
    hubs.ping(hubbed, now)
    assert set(waiting(hubbed, now)) == CITY


def test_a_hub_inside_our_own_network_is_refused(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    """Security no. 47."""
    inside = with_hubs(federated, "http://10.0.0.7/hub")
    put(1)
    publish(inside, "herald")
    assert hubs.ping(inside, now) == 0
    assert waiting(inside, now + dt.timedelta(days=365)) == []


def test_many_feeds_are_told_in_several_requests(
    hubbed: Bridge, hub: Hub, now: dt.datetime
) -> None:
    paths = [f"herald/s{number:02}/rss.xml" for number in range(45)]
    hubs.note(hubbed, paths)
    assert hubs.ping(hubbed, now) == 45
    assert [len(one["hub.url"]) for one in hub.told] == [20, 20, 5]
