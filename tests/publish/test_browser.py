"""Every kind of page in a real browser: no violation of axe's rules, no scrolling sideways, no
request to another host; and a feed that is opened there can be read."""

import json
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from bridge.model import Box, Channel, Issue, Notice, Revision, StoredArticle
from bridge.model.news import PageImage
from bridge.publish import plan
from bridge.publish.files import Output
from bridge.publish.folder import Folder
from bridge.publish.opds import Shelf
from bridge.publish.site import Neighbours
from bridge.web.published import Published
from bridge.web.shelf import FolderShelf
from bridge.web.wsgi import PublishedFiles

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")

AXE = Path(__file__).parent / "axe/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURE, FRONT = ("media/" + two * 32 + ".png" for two in ("ab", "cd"))
HEADLINE = "云汀江早班渡船提前到五点半开航"

NARROW, WIDE = 360, 1440
STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"
PAGES = {
    "front door": "",
    "today": "yunting/",
    "section": "yunting/yaowen/",
    "everything": "yunting/all/",
    "edition": "yunting/e/2026-03-01/",
    "page as printed": "yunting/e/2026-03-01/A1.html",
    "article": "yunting/a/yunting-20260301-k3v9qa.html",
    "short article": "yunting/a/yunting-20260301-p0w4ze.html",
    "versions": "yunting/a/yunting-20260301-k3v9qa.diff.html",
    "withdrawn": "yunting/a/yunting-20260301-7mxt2c.html",
    "corrections": "yunting/corrections/",
    "nothing there": "yunting/nothing/",
}


def picture(width: int, height: int) -> bytes:
    """Return a grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\x00" + b"\xcc" * width) * height
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.fixture
def site_folder(channel: Channel, issue: Issue, tmp_path: Path) -> Path:
    """The whole site of one edition, with a picture, a page image, a correction, a grave."""
    ferry, kitchen, poem = channel.entries
    photo = replace(ferry.article.photos[0], image=PICTURE)
    box = Box(page="A1", x0=40, y0=60, x1=260, y1=380)
    source = replace(ferry.article.source, boxes=(box,))
    article = replace(ferry.article, photos=(photo, *ferry.article.photos[1:]), source=source)
    ferry, gone = (
        replace(ferry, article=article),
        replace(kitchen, state="withdrawn", reason="有误"),
    )
    drawn = PageImage(path=FRONT, width=800, height=1200, scale=2.0)
    issue = replace(issue, pages=(replace(issue.pages[0], image=drawn), *issue.pages[1:]))
    output = Folder(tmp_path / "site")
    output.write(PICTURE, picture(900, 600), ferry.updated)
    output.write(FRONT, picture(800, 1200), ferry.updated)
    _publish(replace(channel, issue=issue, entries=(ferry, gone, poem)), issue, output)
    return tmp_path / "site"


def _publish(channel: Channel, issue: Issue, output: Output) -> None:
    site, paper = channel.site, channel.paper
    ferry, gone, poem = channel.entries
    live = replace(channel, entries=(ferry, poem))
    beside = Neighbours(previous=issue.date)
    history = _history(ferry)
    files = [
        *plan.whole(site, (live,), federates=True),
        plan.today(live, beside, federates=True),
        plan.edition(live, issue, beside, federates=True),
        *plan.facsimiles(live, issue, federates=True),
        *plan.archive(channel, issue, beside),
        plan.book(live, issue, output.read),
        *plan.catalogues(site, (Shelf(paper=paper, volumes=()),)),
        *plan.channel(channel, federates=True),
        *plan.channel(
            replace(live, section=paper.sections[0], entries=(ferry,)), federates=True
        ),
        *plan.article(site, paper, issue, ferry, history, federates=True),
        *plan.article(site, paper, issue, gone, federates=True),
        *plan.article(site, paper, issue, poem, federates=True),
        *plan.notices(site, paper, _notices(ferry, gone), federates=True),
    ]
    for file in files:
        output.put(file)


def _history(ferry: StoredArticle) -> tuple[Revision, ...]:
    before = replace(ferry.article, headline="云汀江早班渡船提前", deck=())
    first = Revision(key=ferry.key, number=1, at=ferry.published, note="", article=before)
    remark = "首班时间应为五点半。"
    return (
        first,
        replace(
            first,
            number=2,
            at=ferry.updated,
            note="headline",
            article=ferry.article,
            remark=remark,
        ),
    )


def _notices(ferry: StoredArticle, gone: StoredArticle) -> tuple[Notice, ...]:
    return (
        Notice(
            kind="correction", stored=ferry, number=2, at=ferry.updated, text="应为五点半。"
        ),
        Notice(kind="withdrawal", stored=gone, number=1, at=gone.updated, text="有误"),
    )


@dataclass(frozen=True)
class Window:
    """A browser before the site, and what it has asked for."""

    driver: Any
    base: str

    def open(self, path: str, width: int = WIDE, scheme: str = "light") -> None:
        """Open a page of the site in a window of a width, in a scheme of colours."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        self.driver.get(f"{self.base}/{path}")

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def requested(self) -> set[str]:
        """Return the URLs asked for since this was last called."""
        told = (json.loads(entry["message"]) for entry in self.driver.get_log("performance"))
        sent = (one["message"] for one in told)
        return {
            one["params"]["request"]["url"]
            for one in sent
            if one["method"] == "Network.requestWillBeSent"
        }

    def violations(self, *rules: str) -> list[str]:
        """Return what axe finds against the page, each with the elements."""
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {runOnly: arguments[0]}).then(done, done);",
            list(rules) or TAGS,
        )
        assert "violations" in found, found
        return [
            f"{one['id']}: {node['html']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    chromium, chromedriver = which("chromium"), which("chromedriver")
    if not chromium or not chromedriver:
        pytest.skip("needs Chromium (chromium, chromium-driver)")
    if not AXE.exists():
        pytest.skip("npm ci was not run in tests/publish/axe")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    source = {"source": AXE.read_text("utf-8")}
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def window(site_folder: Path, driver: Any) -> Iterator[Window]:
    published = Published(FolderShelf(site_folder))

    @Request.application
    def missing(request: Request) -> Response:
        return Response(published.error_page(), 404, mimetype="text/html")

    server = make_server("127.0.0.1", 0, PublishedFiles(missing, published), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Window(driver, f"http://127.0.0.1:{server.port}")
    finally:
        driver.get("about:blank")  # so that no connection of it keeps the server
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_page_breaks_a_rule_or_scrolls_sideways(window: Window, width: int) -> None:
    """WCAG 2.2 AA as far as a program can tell, on a telephone and on a desk."""
    for kind, path in PAGES.items():
        window.open(path, width)
        status = {"withdrawn": 410, "nothing there": 404}.get(kind, 200)
        assert window.run(STATUS) == status, kind
        assert window.violations() == [], kind
        wide = window.run("return document.documentElement.scrollWidth")
        assert wide <= width, kind


def test_colours_can_be_told_apart_in_the_dark(window: Window) -> None:
    for kind in ("today", "article", "versions", "edition", "corrections"):
        window.open(PAGES[kind], scheme="dark")
        ground = window.run("return getComputedStyle(document.documentElement).backgroundColor")
        assert ground == "rgb(22, 20, 17)"
        assert window.violations("color-contrast") == [], kind


def test_a_fault_would_be_found(window: Window) -> None:
    window.open(PAGES["article"])
    window.run("document.images[0].removeAttribute('alt'); document.body.style.color = '#eee'")
    found = {one.partition(":")[0] for one in window.violations()}
    assert {"image-alt", "color-contrast"} <= found


def test_every_kind_of_page_stands_on_its_own(window: Window) -> None:
    """Security no. 85: no page asks another host, and nothing it asks for is missing."""
    window.requested()
    for kind, path in PAGES.items():
        window.open(path)
        asked = {url for url in window.requested() if not url.startswith("data:")}
        hosts = {urlsplit(url).netloc for url in asked}
        assert hosts == {urlsplit(window.base).netloc}, kind
        broken = "return [...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
        assert window.run(broken) == [], kind
        assert window.run("return document.styleSheets.length") == 1, kind


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_a_feed_opened_in_the_browser_is_a_page_one_can_read(window: Window, name: str) -> None:
    window.open(f"yunting/all/{name}", NARROW)
    assert window.run("return document.contentType") == "application/xml"
    assert window.run("return document.styleSheets.length") == 1
    title = "document.querySelector('item > title, entry > title')"
    assert window.run(f"return {title}.textContent") == HEADLINE
    shown = f"return getComputedStyle({title})"
    assert window.run(f"{shown}.display") == "block"
    assert float(window.run(f"{shown}.fontSize").removesuffix("px")) >= 16
    assert window.run(f"return {title}.getBoundingClientRect().width") <= NARROW
    assert window.run("return document.documentElement.scrollWidth") <= NARROW
    guid = "document.querySelector('item > guid, entry > id')"
    assert window.run(f"return getComputedStyle({guid}).display") == "none"
