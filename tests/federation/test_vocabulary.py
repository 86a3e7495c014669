"""The documents we serve and send, against golden files and what others demand of them."""

import dataclasses
import datetime as dt
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bridge.federation import keys, vocabulary
from bridge.federation.vocabulary.objects import released, revised
from bridge.model import Actor, Json, KeyPair, Section, Site, StoredArticle, addresses

BASE = "https://paper.example"
DATA = Path(__file__).parent.parent / "data" / "activities"
MADE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ED25519 = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
-----END PUBLIC KEY-----
"""
KEYS = (
    KeyPair(actor="x", private="", public="-----BEGIN PUBLIC KEY-----\nAAAA\n", created=MADE),
    KeyPair(
        actor="x",
        name="ed25519-key",
        kind="ed25519",
        private="",
        public=ED25519,
        created=MADE,
    ),
)
Golden = Callable[[Path, str], None]
Show = Callable[[object], str]


@pytest.fixture
def revision(entry: StoredArticle, now: dt.datetime) -> StoredArticle:
    return dataclasses.replace(
        entry, revision=2, updated=now + dt.timedelta(hours=2), summary="票价下调。"
    )


@pytest.fixture
def follow() -> Json:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://home.example/activities/1",
        "type": "Follow",
        "actor": "https://home.example/users/mei",
        "object": f"{BASE}/ap/actors/tidewater_local",
        "extra": "<script>",
    }


@pytest.fixture
def posts(
    account: Actor,
    entry: StoredArticle,
    revision: StoredArticle,
    section: Section,
    follow: Json,
    now: dt.datetime,
) -> dict[str, Json]:
    """Everything we send, by the name of its golden file."""
    accept = vocabulary.accept(follow, "tidewater_local", BASE, now)
    return {
        "note": vocabulary.note(entry, account, section, BASE),
        "note_revised": vocabulary.note(revision, account, section, BASE),
        "tombstone": vocabulary.tombstone(entry.key, BASE, now),
        "create": vocabulary.create(entry, account, section, BASE, now).body,
        "update": vocabulary.update(revision, account, section, BASE, now).body,
        "delete": vocabulary.delete(entry.key, account, BASE, now).body,
        "accept": accept.body,
        "undo": vocabulary.undo(accept, BASE, now).body,
    }


@pytest.fixture
def documents(
    site: Site, account: Actor, instance: Actor, posts: dict[str, Json]
) -> dict[str, Json]:
    """Everything we say, by the name of its golden file."""
    id = addresses.actor_id(BASE, account.name)
    outbox, create = addresses.outbox(id), [posts["create"]]
    page, older = f"{outbox}?page=true", f"{outbox}?before=1"
    return posts | {
        "actor_section": vocabulary.actor(account, KEYS, site),
        "actor_instance": vocabulary.actor(instance, KEYS, site),
        "followers": vocabulary.collection(addresses.followers(id), 3),
        "featured": vocabulary.collection(addresses.featured(id), 0, items=()),
        "outbox": vocabulary.collection(outbox, 1, first=page),
        "outbox_page": vocabulary.page(outbox, page, create, next_url=older),
        "followers_hidden": vocabulary.collection(addresses.followers(id), None),
        "introduction": vocabulary.introduction(account, ("A & b.", "Second <c>."), BASE),
        "latest_edition": vocabulary.latest_edition(
            account,
            dt.date(2026, 3, 1),
            ("潮汐日报，2026年3月1日", "共 12 篇文章。"),
            f"{BASE}/tidewater/e/2026-03-01/",
            MADE,
            BASE,
        ),
        "host_meta": vocabulary.host_meta_json(BASE),
        "webfinger": vocabulary.webfinger(account, BASE),
        "nodeinfo_index": vocabulary.nodeinfo_index(BASE),
        "nodeinfo_2.0": vocabulary.nodeinfo(
            "2.0", software="0.1.0", site=site, users=2, posts=7
        ),
        "nodeinfo_2.1": vocabulary.nodeinfo(
            "2.1", software="0.1.0", site=site, users=2, posts=7
        ),
    }


NAMES = """actor_section actor_instance note note_revised tombstone create update delete accept
undo followers featured outbox outbox_page webfinger nodeinfo_index nodeinfo_2.0
nodeinfo_2.1 followers_hidden introduction latest_edition host_meta""".split()


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, documents: dict[str, Json], golden: Golden, show: Show) -> None:
    golden(DATA / f"{name}.json", show(documents[name]))


def test_golden_host_meta(golden: Golden) -> None:
    golden(DATA / "host_meta.xml", vocabulary.host_meta(BASE))


def test_every_document_has_its_golden_file(documents: dict[str, Json]) -> None:
    assert set(NAMES) == set(documents)
    assert {path.stem for path in DATA.glob("*.json")} == set(NAMES)


def test_46_every_id_is_on_our_own_host(documents: dict[str, Json]) -> None:
    others = {"webfinger", "host_meta", "nodeinfo_index", "nodeinfo_2.0", "nodeinfo_2.1"}
    for name in set(NAMES) - others:
        assert documents[name]["id"].startswith(f"{BASE}/ap/")


def test_66_no_markup_of_others_gets_through(documents: dict[str, Json]) -> None:
    for name in ("note", "actor_section"):
        document = documents[name]
        content = document.get("content") or document["summary"]
        assert not re.search(r"<(?!/?(p|strong|a|span|br)\b)", content)
    assert "&lt;今晨&gt; 启用 &amp; 首船靠岸" in documents["note"]["content"]
    assert "&lt;people&gt;" in documents["actor_section"]["summary"]


def test_a_note_is_never_hidden_behind_a_warning(documents: dict[str, Json]) -> None:
    assert "summary" not in documents["note"]
    assert documents["note"]["sensitive"] is False


def test_a_note_says_its_language_exactly_once(documents: dict[str, Json]) -> None:
    note = documents["note"]
    assert note["contentMap"] == {"zh-CN": note["content"]}


def test_a_note_holds_headline_standfirst_link_and_tags_in_order(
    documents: dict[str, Json], entry: StoredArticle
) -> None:
    plain = html.unescape(re.sub(r"<[^>]+>", "|", documents["note"]["content"]))
    parts = [part for part in plain.split("|") if part.strip()]
    assert parts[:3] == [
        entry.article.headline,
        entry.summary,
        f"{BASE}/tidewater/a/{entry.key}.html",
    ]
    assert parts[3::2] == ["#"] * 4
    assert parts[4::2] == ["LocalNews", "渡轮", "HarbourWorks", "b"]


def test_every_hashtag_is_visible_and_listed(documents: dict[str, Json]) -> None:
    note = documents["note"]
    assert [tag["name"] for tag in note["tag"]] == [
        "#LocalNews",
        "#渡轮",
        "#HarbourWorks",
        "#b",
    ]
    assert note["content"].count('class="mention hashtag" rel="tag"') == 4


@pytest.mark.parametrize(
    ("title", "keywords", "tags"),
    [
        ("要闻", (), ("要闻",)),
        ("Local news", ("local NEWS",), ("LocalNews",)),
        ("U.S. & world", (), ("USWorld",)),
        ("2026", ("31", "３１"), ()),
        ("<b>", ("", " ", "#", "a/b"), ("b", "AB")),
        ("a", ("b", "c", "d", "e", "f", "g"), ("a", "b", "c", "d", "e")),
    ],
)
def test_hashtags(
    entry: StoredArticle, title: str, keywords: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    article = dataclasses.replace(entry.article, keywords=keywords)
    changed = dataclasses.replace(entry, article=article)
    section = Section(slug="local", title=title)
    assert vocabulary.hashtags(changed, section) == tags


def test_a_first_print_has_no_updated_and_a_revision_a_later_one(
    documents: dict[str, Json],
) -> None:
    assert "updated" not in documents["note"]
    assert documents["note_revised"]["published"] == documents["note"]["published"]
    assert documents["note_revised"]["updated"] > documents["note_revised"]["published"]


@pytest.mark.parametrize("number", [2, 3, 9])
@pytest.mark.parametrize("hours", [-6, 0, 1])
def test_updated_is_later_than_published_whatever_the_clock_said(
    entry: StoredArticle, number: int, hours: int
) -> None:
    when = entry.first_seen + dt.timedelta(hours=hours)
    changed = dataclasses.replace(entry, revision=number, updated=when)
    assert revised(changed) > released(changed)


def test_quick_revisions_have_growing_times(entry: StoredArticle) -> None:
    times = [
        revised(dataclasses.replace(entry, revision=number, updated=entry.first_seen))
        for number in (2, 3, 4)
    ]
    assert times == sorted(set(times))


def test_ids_of_activities_stay_with_the_article(
    entry: StoredArticle,
    revision: StoredArticle,
    account: Actor,
    section: Section,
    now: dt.datetime,
) -> None:
    later = now + dt.timedelta(days=1)
    first = vocabulary.create(entry, account, section, BASE, now)
    again = vocabulary.create(entry, account, section, BASE, later)
    assert first.id == again.id == f"{BASE}/ap/activities/{entry.key}-create"
    assert first.body == again.body
    update = vocabulary.update(revision, account, section, BASE, now)
    third = dataclasses.replace(revision, revision=3)
    assert update.id != vocabulary.update(third, account, section, BASE, now).id
    assert (first.object, first.actor, first.type) == (
        f"{BASE}/ap/o/{entry.key}",
        "tidewater_local",
        "Create",
    )


def test_an_accept_embeds_the_follow_with_its_own_id(documents: dict[str, Json]) -> None:
    embedded = documents["accept"]["object"]
    assert embedded["id"] == "https://home.example/activities/1"
    assert set(embedded) == {"id", "type", "actor", "object"}


def test_items_in_a_page_are_whole(documents: dict[str, Json]) -> None:
    (item,) = documents["outbox_page"]["orderedItems"]
    assert item["object"]["content"]
    assert "@context" not in item


def test_the_key_belongs_to_the_actor(site: Site, account: Actor, pair: KeyPair) -> None:
    document = vocabulary.actor(account, (pair,), site)
    assert document["publicKey"]["owner"] == document["id"]
    assert document["publicKey"]["id"] == f"{document['id']}#main-key"
    assert isinstance(document["attachment"], list)
    assert document["discoverable"]
    assert document["indexable"]


def test_a_replaced_key_is_listed_beside_the_one_that_signs(
    site: Site, account: Actor, pair: KeyPair, other_pair: KeyPair
) -> None:
    """`publicKey` stays one object: snac reads no list."""
    new = dataclasses.replace(other_pair, name="main-key-2")
    old = dataclasses.replace(pair, retires=MADE + dt.timedelta(days=7))
    document = vocabulary.actor(account, (KEYS[1], new, old), site)
    assert document["publicKey"]["id"] == f"{document['id']}#main-key-2"
    assert document["publicKey"]["publicKeyPem"] == new.public
    listed = {key["id"].partition("#")[2]: key for key in document["assertionMethod"]}
    assert set(listed) == {"ed25519-key", "main-key"}
    assert keys.from_multikey(listed["main-key"]["publicKeyMultibase"]) == old.public
    assert all(key["controller"] == document["id"] for key in listed.values())


def test_a_profile_tells_what_others_ask_of_it(documents: dict[str, Json]) -> None:
    actor = documents["actor_section"]
    assert actor["webfinger"] == "tidewater_local@paper.example"
    assert actor["attributionDomains"] == ["paper.example"]
    assert actor["icon"]["url"] == f"{BASE}/ap/portraits/a.png"
    assert actor["alsoKnownAs"] == ["https://old.example/users/tidewater"]
    implemented = [link["href"] for link in actor["generator"]["implements"]]
    assert "https://datatracker.ietf.org/doc/html/rfc9421" in implemented
    assert 'rel="me"' in actor["attachment"][0]["value"]
    assert actor["attachment"][1]["name"] == "<b>Desk"  # a name is text, its value is HTML
    assert "icon" not in documents["actor_instance"]
    assert not documents["actor_instance"]["discoverable"]


@pytest.mark.parametrize("name", ["introduction", "latest_edition"])
def test_a_pinned_post_is_a_whole_public_post(documents: dict[str, Json], name: str) -> None:
    post = documents[name]
    assert post["attributedTo"] == documents["actor_section"]["id"]
    assert post["contentMap"] == {"zh-CN": post["content"]}
    assert post["to"] == [vocabulary.PUBLIC]
    assert "summary" not in post


def test_bytes_are_compact_utf8_and_the_same_each_time(documents: dict[str, Json]) -> None:
    data = vocabulary.dump(documents["create"])
    assert data == vocabulary.dump(json.loads(data))
    assert "新码头".encode() in data
    assert b'": ' not in data


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC), "2026-03-01T04:00:00Z"),
        (
            dt.datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=dt.timezone(dt.timedelta(hours=8))),
            "2026-03-01T04:00:00.005Z",
        ),
    ],
)
def test_moments_are_utc(when: dt.datetime, text: str) -> None:
    assert vocabulary.tombstone("k", BASE, when)["deleted"] == text


def test_webfinger_leads_back_to_the_actor(documents: dict[str, Json]) -> None:
    (self_link,) = [link for link in documents["webfinger"]["links"] if link["rel"] == "self"]
    assert self_link["href"] == documents["actor_section"]["id"]
    assert self_link["type"] == "application/activity+json"
    name = documents["actor_section"]["preferredUsername"]
    assert documents["webfinger"]["subject"] == f"acct:{name}@paper.example"


def test_host_meta_is_well_formed() -> None:
    root: Any = ElementTree.fromstring(vocabulary.host_meta(BASE))
    assert root[0].get("template") == f"{BASE}/.well-known/webfinger?resource={{uri}}"


@pytest.mark.parametrize(
    ("content_type", "known"),
    [
        ("application/activity+json", True),
        ("application/activity+json; charset=utf-8", True),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', True),
        ("application/ld+json;profile=https://www.w3.org/ns/activitystreams", True),
        ("application/ld+json", False),
        ("application/json", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_15_types_of_activities(content_type: str, known: bool) -> None:
    assert vocabulary.is_activity(content_type) is known
