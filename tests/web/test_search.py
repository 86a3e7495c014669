"""The archive searched over HTTP: page, feeds, limits (security nos. 41, 44, 66)."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import feedparser
import pytest
from lxml import html
from werkzeug.test import Client, TestResponse

from bridge.model import Article, Edition, Paragraph, Provenance, StoredArticle, Title
from bridge.store import articles, editions
from bridge.web import create_app
from bridge.web.wsgi import application
from bridge.wiring import Bridge

DATE = dt.date(2026, 3, 1)
TITLE = Title(id="yunting", title="云汀日报", title_latin=None, language="zh-Hans")


def make(number: int, headline: str, text: str, date: dt.date = DATE) -> StoredArticle:
    moment = dt.datetime.combine(date, dt.time(5, 30), dt.UTC)
    article = Article(
        order=number,
        pages=("A1",),
        section="yaowen",
        kind="news",
        headline=headline,
        body=(Paragraph(kind="paragraph", text=text),),
        language="zh-Hans",
        source=Provenance(file="A1.txt"),
    )
    return StoredArticle(
        key=f"yunting-{date:%Y%m%d}-{number:06}",
        paper="yunting",
        date=date,
        section="yaowen",
        article=article,
        summary=text[:20],
        published=moment,
        updated=moment,
        first_seen=moment,
        revision=1,
        state="live",
    )


NEWS = (
    make(1, "渡口改造完成", "两岸十二个渡口同步改造，渡船改为电动，早晚各加一班。"),
    make(2, '<b>渡口</b> & "茶亭"', "渡口边的茶亭<script>alert(1)</script>重开。"),
    make(3, "水位回落", "汛情解除，渡船明日复航。", DATE - dt.timedelta(days=3)),
)


def store(bridge: Bridge, *made: StoredArticle) -> None:
    with bridge.store.begin() as connection:
        for date in sorted({one.date for one in made}):
            edition = Edition(paper=TITLE, date=date)
            editions.save(connection, "yunting", edition, {}, made[0].first_seen)
        articles.insert_all(connection, made, made[0].first_seen)


@pytest.fixture
def client(bridge: Bridge) -> Client:
    store(bridge, *NEWS)
    return Client(application(bridge))


def ask(client: Client, path: str, **query: str) -> TestResponse:
    said = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return client.get(f"{path}?{said}")


def headlines(response: TestResponse) -> list[str]:
    page = html.fromstring(response.get_data())
    return [item.text_content() for item in page.xpath("//ol[@class='hits']//h2")]


def test_the_page_without_a_query_is_the_form(client: Client) -> None:
    response = client.get("/search")
    assert response.status_code == 200
    page = html.fromstring(response.get_data())
    (form,) = page.xpath("//form[@role='search']")
    assert form.get("action") == "/search"
    names = [field.get("name") for field in form.xpath(".//input|.//select")]
    assert names == ["q", "in", "since", "until"]
    assert page.xpath("//select/option/@value") == ["", "yunting/yaowen"]
    assert not page.xpath("//ol[@class='hits']|//script")


def test_what_is_found_is_marked_and_stays_text(client: Client) -> None:
    """Headline and text are escaped wherever they are cut and marked (no. 66)."""
    response = ask(client, "/search", q="渡口")
    assert headlines(response) == ["渡口改造完成", '<b>渡口</b> & "茶亭"']
    body = response.get_data(as_text=True)
    assert "<script" not in body
    assert "&lt;b&gt;<mark>渡口</mark>&lt;/b&gt; &amp;" in body
    page = html.fromstring(body)
    assert page.xpath("//mark/text()") == ["渡口"] * 4
    assert page.xpath("//ol[@class='hits']//h2/a/@href")[0] == (
        "/yunting/a/yunting-20260301-000001.html"
    )
    assert "找到 2 篇" in page.xpath("string(//p[@role='status'])")


def test_the_page_lets_its_form_be_sent_and_nothing_else(client: Client) -> None:
    response = client.get("/search")
    policies = [response.headers["Content-Security-Policy"]]
    policies += html.fromstring(response.get_data()).xpath(
        "//meta[@http-equiv='Content-Security-Policy']/@content"
    )
    for policy in policies:
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
    assert response.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert html.fromstring(response.get_data()).xpath("//meta[@name='robots']/@content") == [
        "noindex"
    ]


def test_dates_and_sections_narrow_it(client: Client) -> None:
    assert headlines(ask(client, "/search", q="渡船")) == ["渡口改造完成", "水位回落"]
    since = ask(client, "/search", q="渡船", since="2026-03-01")
    assert headlines(since) == ["渡口改造完成"]
    until = ask(client, "/search", q="渡船", until="2026-02-28")
    assert headlines(until) == ["水位回落"]
    within = ask(client, "/search", **{"q": "渡船", "in": "yunting/yaowen"})
    assert len(headlines(within)) == 2


WRONG = (
    ({"q": "-渡口"}, "只说了不要什么"),
    ({"q": "？！"}, "请写下"),
    ({"q": "渡 OR"}, "OR 要写在"),
    ({"q": "渡" * 10_000}, "写得太长了：最多 256"),
    ({"q": " ".join("渡" * 17)}, "最多 16 个"),
    ({"q": "渡口", "since": "gestern"}, "2026-03-04"),
    ({"q": "渡口", "in": "nobody"}, "没有这份报纸"),
    ({"q": "渡口", "in": "yunting/nothing"}, "没有这份报纸"),
    ({"q": "渡口", "in": "yunting/"}, "没有这份报纸"),
)


@pytest.mark.parametrize(("query", "told"), WRONG)
def test_a_query_that_cannot_be_answered_is_told_why(
    client: Client, query: dict[str, str], told: str
) -> None:
    response = ask(client, "/search", **query)
    assert response.status_code == 400
    page = html.fromstring(response.get_data())
    assert told in page.xpath("string(//p[@role='alert'])")
    feed = ask(client, "/search.atom", **query)
    assert feed.status_code == 400
    assert feed.get_data().count(b"\n") == 1


@pytest.mark.parametrize(
    "query",
    ['"', "terms:x* NEAR(a)", "');--", "\0渡", "%_\\", "\x1b[31m渡", "{{7*7}}", "渡\ufffe口"],
)
def test_a_hostile_query_is_answered_like_any_other(client: Client, query: str) -> None:
    for path in ("/search", "/search.rss", "/search.atom", "/search.json"):
        response = ask(client, path, q=query)
        assert response.status_code in (200, 400)
        assert b"49" not in response.get_data() or query != "{{7*7}}"
        assert b"Traceback" not in response.get_data()


def test_broken_bytes_in_the_address_are_no_error_of_ours(client: Client) -> None:
    for query in ("q=%ff%fe%80", "q=%ed%a0%80", "q=a&q=b&page=x&page=-1", "page=999999999999"):
        assert client.get(f"/search?{query}").status_code in (200, 400)


def test_results_are_turned_over_in_pages(bridge: Bridge) -> None:
    store(bridge, *(make(number, f"渡口之{number}", "渡口。") for number in range(1, 46)))
    client = Client(application(bridge))
    seen: list[str] = []
    path = f"/search?q={quote('渡口')}"
    for count in (20, 20, 5):
        page = html.fromstring(client.get(path).get_data())
        found = [item.text_content() for item in page.xpath("//ol[@class='hits']//h2")]
        assert len(found) == count
        seen += found
        path = next(iter(page.xpath("//nav[@class='turning']/a[@rel='next']/@href")), "")
    assert seen == [f"渡口之{number}" for number in range(1, 46)]
    assert path == ""


FORMS = (
    ("/search.rss", "application/rss+xml; charset=utf-8"),
    ("/search.atom", "application/atom+xml; charset=utf-8"),
)


@pytest.mark.parametrize(("path", "kind"), FORMS)
def test_a_query_is_a_feed(client: Client, path: str, kind: str) -> None:
    response = ask(client, path, q="渡口 -茶亭")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == kind
    feed = feedparser.parse(response.get_data())
    assert not feed.bozo
    assert feed.feed.title == "搜索：渡口 -茶亭 · 云汀日报"
    (entry,) = feed.entries
    assert entry.id == "tag:feeds.example.org,2026-03-01:yunting-20260301-000001"
    assert entry.title == "渡口改造完成"
    self_links = [link.href for link in feed.feed.links if link.rel == "self"]
    assert self_links == [f"http://127.0.0.1:8400{path}?q={quote('渡口')}+-{quote('茶亭')}"]


def test_a_query_is_a_json_feed(client: Client) -> None:
    response = ask(client, "/search.json", q="渡口")
    assert response.headers["Content-Type"].startswith("application/feed+json")
    feed = json.loads(response.get_data())
    assert feed["feed_url"] == f"http://127.0.0.1:8400/search.json?q={quote('渡口')}"
    assert [item["title"] for item in feed["items"]] == [
        "渡口改造完成",
        '<b>渡口</b> & "茶亭"',
    ]


def test_the_forms_of_a_search_hold_the_same(client: Client) -> None:
    rss = feedparser.parse(ask(client, "/search.rss", q="渡").get_data())
    atom = feedparser.parse(ask(client, "/search.atom", q="渡").get_data())
    told = json.loads(ask(client, "/search.json", q="渡").get_data())
    ids = [entry.id for entry in atom.entries]
    assert [entry.id for entry in rss.entries] == ids == [one["id"] for one in told["items"]]
    assert len(ids) == 3


def test_a_feed_of_nothing_is_a_feed(client: Client) -> None:
    for path, _ in FORMS:
        response = ask(client, path, q="没有的词")
        assert response.status_code == 200
        feed = feedparser.parse(response.get_data())
        assert not feed.bozo
        assert feed.entries == []


def test_the_page_leads_to_the_feeds_of_the_same_search(client: Client) -> None:
    page = html.fromstring(
        ask(
            client, "/search", **{"q": "渡船", "in": "yunting", "until": "2026-02-28"}
        ).get_data()
    )
    links = page.xpath("//link[@rel='alternate']/@href")
    assert [re.sub(r"\?.*", "", link) for link in links] == [
        "/search.rss",
        "/search.atom",
        "/search.json",
    ]
    for link in links:
        told = client.get(link).get_data(as_text=True)
        assert "水位回落" in told
        assert "渡口改造完成" not in told


def test_a_poll_of_what_did_not_change_is_a_304(client: Client, bridge: Bridge) -> None:
    first = ask(client, "/search.atom", q="渡口")
    etag = first.headers["ETag"]
    path = f"/search.atom?q={quote('渡口')}"
    assert not etag.startswith("W/")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304
    head = client.head(path)
    assert (head.headers["ETag"], head.get_data()) == (etag, b"")
    store(bridge, make(9, "渡口夜景", "渡口亮灯。", DATE + dt.timedelta(days=1)))
    again = client.get(path, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert "渡口夜景" in again.get_data(as_text=True)


def test_a_feed_opened_in_a_browser_is_xml(client: Client) -> None:
    path = f"/search.atom?q={quote('渡口')}"
    opened = client.get(path, headers={"Sec-Fetch-Dest": "document"})
    assert opened.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert opened.headers["Vary"] == "Sec-Fetch-Dest"


def test_what_is_withdrawn_leaves_page_and_feeds(client: Client, bridge: Bridge) -> None:
    with bridge.store.begin() as connection:
        articles.withdraw(connection, [NEWS[0].key], NEWS[0].updated, "an error")
    assert headlines(ask(client, "/search", q="电动")) == []
    assert b"<entry" not in ask(client, "/search.atom", q="电动").get_data()


@pytest.mark.parametrize(("text", "body", "summary"), [("excerpt", 0, 1), ("headline", 0, 0)])
def test_a_section_gives_a_search_s_feed_no_more_than_its_own(
    open_at: Callable[..., Bridge], text: str, body: int, summary: int
) -> None:
    bridge = open_at()
    papers = tuple(
        replace(one, sections=tuple(replace(s, text=text) for s in one.sections))
        for one in bridge.site.papers
    )
    site = replace(bridge.site, papers=papers)
    bridge = replace(bridge, settings=replace(bridge.settings, site=site))
    store(bridge, NEWS[0])
    client = Client(application(bridge))
    feed = ask(client, "/search.atom", q="渡口").get_data(as_text=True)
    assert feed.count("早晚各加一班") == body
    assert feed.count("<summary") == summary
    page = ask(client, "/search", q="早晚").get_data(as_text=True)
    assert ("<mark>早晚</mark>" in page) == bool(summary)


def test_a_flood_of_searches_from_one_address_is_slowed(open_at: Callable[..., Bridge]) -> None:
    """Security no. 41: the limit counts for the one address alone."""
    bridge = open_at()
    server = replace(bridge.settings.server, search_rate=3)
    client = Client(
        application(replace(bridge, settings=replace(bridge.settings, server=server)))
    )
    flood = {"REMOTE_ADDR": "192.0.2.1"}
    answers = [client.get("/search", environ_base=flood) for _ in range(9)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) <= 60
    other = client.get("/search", environ_base={"REMOTE_ADDR": "192.0.2.2"})
    assert other.status_code == 200
    assert client.get("/yunting/", environ_base=flood).status_code == 200


def test_where_search_is_off_there_is_nothing(open_at: Callable[..., Bridge]) -> None:
    bridge = open_at()
    site = replace(bridge.site, search=False)
    client = Client(application(replace(bridge, settings=replace(bridge.settings, site=site))))
    for path in ("/search", "/search.atom?q=x"):
        assert client.get(path).status_code == 404


def test_a_private_copy_is_kept_by_nobody_in_between(open_at: Callable[..., Bridge]) -> None:
    bridge = open_at(mode="reader", enabled="false")
    store(bridge, *NEWS)
    response = ask(Client(create_app(bridge)), "/search.atom", q="渡口")
    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("private")


def test_several_papers_are_searched_together_or_apart(open_at: Callable[..., Bridge]) -> None:
    bridge = open_at()
    river = bridge.site.papers[0]
    lake = replace(river, id="lake", title="湖畔报", title_latin=None)
    site = replace(bridge.site, papers=(river, lake))
    bridge = replace(bridge, settings=replace(bridge.settings, site=site))
    store(bridge, NEWS[0])
    other = replace(NEWS[0], paper="lake", key="lake-20260301-000001")
    with bridge.store.begin() as connection:
        edition = Edition(paper=replace(TITLE, id="lake"), date=DATE)
        editions.save(connection, "lake", edition, {}, other.first_seen)
        articles.insert_all(connection, [other], other.first_seen)
    client = Client(application(bridge))
    page = html.fromstring(ask(client, "/search", q="渡口").get_data())
    places = page.xpath("//ol[@class='hits']//p[@class='when']")
    assert {place.text_content().strip().split(" · ")[0] for place in places} == {
        "云汀日报",
        "湖畔报",
    }
    assert page.xpath("//optgroup/@label") == ["云汀日报", "湖畔报"]
    apart = ask(client, "/search.json", **{"q": "渡口", "in": "lake"}).get_json(force=True)
    assert [item["url"].split("/")[3] for item in apart["items"]] == ["lake"]
    assert apart["title"] == "搜索：渡口 · 湖畔报"
    both = ask(client, "/search.json", q="渡口").get_json(force=True)
    assert both["title"] == "搜索：渡口 · 云汀报业"
    assert len(both["items"]) == 2
