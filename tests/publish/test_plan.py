"""Which files a publication comes to, and which of them an unchanged one touches: none."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bridge.model import Channel, Issue, StoredArticle
from bridge.publish import plan
from bridge.publish.files import Rendition
from bridge.publish.folder import Folder
from bridge.publish.opds import Shelf, Volume
from bridge.publish.site import Neighbours

YESTERDAY = Neighbours(previous=dt.date(2026, 2, 28))


def everything(channel: Channel, issue: Issue) -> Iterator[Rendition]:
    paper = channel.paper
    yield from plan.whole(channel.site, (channel,), federates=True)
    yield plan.today(channel, YESTERDAY, federates=True)
    yield plan.edition(channel, issue, YESTERDAY, federates=True)
    yield from plan.archive(channel, issue, YESTERDAY)
    yield plan.book(channel, issue, lambda path: None)
    yield from plan.sitemaps(channel)
    volume = Volume(issue=issue, changed=max(e.updated for e in channel.entries))
    yield from plan.catalogues(channel.site, (Shelf(paper=paper, volumes=(volume,)),))
    for section in (None, *paper.sections):
        entries = tuple(
            e for e in channel.entries if section in (None, paper.section(e.section))
        )
        found = replace(channel, section=section, entries=entries)
        yield from plan.channel(found, federates=True)
    for stored in channel.entries:
        yield from plan.article(channel.site, paper, issue, stored, federates=True)
    yield from plan.notices(channel.site, paper, (), federates=True)


def test_the_layout(channel: Channel, issue: Issue) -> None:
    paths = {rendition.path for rendition in everything(channel, issue)}
    assert paths == {
        "index.html", "opml.xml", "opds.xml", "sitemap.xml", "robots.txt", "404.html",
        "assets/style.css", "assets/feed.css",
        "yunting/index.html", "yunting/opds.xml", "yunting/sitemap.xml", "yunting/news.xml",
        "yunting/e/2026-03-01/index.html", "yunting/e/2026-03-01/edition.epub",
        "yunting/e/2026-03-01/archive.atom", "yunting/e/2026-03-01/edition.json",
        "yunting/corrections/atom.xml", "yunting/corrections/index.html",
        *(
            f"yunting/{slug}/{name}"
            for slug in ("all", "yaowen", "minsheng", "fukan")
            for name in ("rss.xml", "atom.xml", "feed.json", "index.html")
        ),
        *(f"yunting/a/{stored.key}.html" for stored in channel.entries),
    }  # fmt: skip


def test_the_same_again_writes_nothing(channel: Channel, issue: Issue, tmp_path: Path) -> None:
    output = Folder(tmp_path)
    assert all(output.put(rendition) for rendition in everything(channel, issue))
    assert not any(output.put(rendition) for rendition in everything(channel, issue))
    assert not any(
        output.put(rendition, force=True) for rendition in everything(channel, issue)
    )


def test_deleting_all_and_publishing_again_gives_the_same_bytes(
    channel: Channel, issue: Issue, tmp_path: Path
) -> None:
    """Security no. 102."""
    for name in ("one", "other"):
        for rendition in everything(channel, issue):
            Folder(tmp_path / name).put(rendition)
    one, other = (
        {p: (tmp_path / n / p).read_bytes() for p in Folder(tmp_path / n).paths()}
        for n in ("one", "other")
    )
    assert one == other
    assert len(one) == 37


def test_a_correction_touches_only_the_files_that_show_it(
    channel: Channel, issue: Issue, ferry: StoredArticle, tmp_path: Path
) -> None:
    output = Folder(tmp_path)
    for rendition in everything(channel, issue):
        output.put(rendition)
    corrected = replace(
        ferry,
        article=replace(ferry.article, headline="渡船首班改为五点二十分"),
        revision=3,
        updated=ferry.updated + dt.timedelta(hours=1),
    )
    later = replace(channel, entries=(corrected, *channel.entries[1:]))
    touched = {r.path for r in everything(later, issue) if output.put(r)}
    assert touched == {
        "index.html", "yunting/index.html", "yunting/e/2026-03-01/index.html",
        "opds.xml", "yunting/opds.xml", "yunting/sitemap.xml", "yunting/news.xml",
        "yunting/e/2026-03-01/archive.atom", "yunting/e/2026-03-01/edition.json",
        "yunting/e/2026-03-01/edition.epub",
        f"yunting/a/{ferry.key}.html",
        *(
            f"yunting/{slug}/{name}"
            for slug in ("all", "yaowen")
            for name in ("rss.xml", "atom.xml", "feed.json", "index.html")
        ),
    }  # fmt: skip


def test_the_feeds_of_a_channel_share_one_rendering(channel: Channel, monkeypatch) -> None:
    calls: list[object] = []
    real = plan.feeds.render
    monkeypatch.setattr(
        plan.feeds, "render", lambda *given: calls.append(given) or real(*given)
    )
    rss, atom, json, _ = plan.channel(channel)
    assert (rss.render()[:5], atom.render()[:5], json.render()[:2]) == (
        b"<?xml",
        b"<?xml",
        b'{"',
    )
    assert len(calls) == 1
