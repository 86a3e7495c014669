"""Posts in each form, against golden files and what other servers make of them."""

import dataclasses
import datetime as dt
import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.federation import vocabulary
from bridge.federation.vocabulary import Details
from bridge.federation.vocabulary.digests import MOST_HEADLINES, shown
from bridge.federation.vocabulary.longform import LONGEST_SUMMARY, shortened
from bridge.model import Actor, Digest, Json, Picture, Section, StoredArticle

BASE = "https://paper.example"
DATA = Path(__file__).parent.parent / "data" / "posts"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PICTURE = Picture(
    url=f"{BASE}/media/{'a' * 64}.webp",
    media_type="image/webp",
    alt="渡轮靠岸 <第一艘>",
    width=1200,
    height=800,
    blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    focus=(-0.2, 0.35),
)
BODY = "<p>清晨五点，第一艘渡轮靠上了新码头。</p>"


@pytest.fixture
def details() -> Details:
    return Details(pictures=(PICTURE,), byline="记者 林渡", body=BODY)


@pytest.fixture
def rich(entry: StoredArticle) -> StoredArticle:
    article = dataclasses.replace(entry.article, kicker="港口", deck=("班次加倍", "票价不变"))
    return dataclasses.replace(entry, article=article)


@pytest.fixture
def digest(entry: StoredArticle, now: dt.datetime) -> Digest:
    return Digest(
        key="tidewater-20260301-local-digest",
        paper="tidewater",
        section="local",
        date=entry.date,
        articles=(entry.key,),
        first_seen=now,
        updated=now,
        revision=1,
    )


@pytest.fixture
def documents(
    rich: StoredArticle,
    account: Actor,
    section: Section,
    digest: Digest,
    details: Details,
    now: dt.datetime,
) -> dict[str, Json]:
    long = dataclasses.replace(section, federate="article")
    pattern = (
        "{kicker}\n**{headline}**\n{deck}\n\n{standfirst}\n{byline}\n\n→ {link} {hashtags}"
    )
    own = dataclasses.replace(
        section, template=pattern, hashtags=("Tide times", "港口"), keyword_tags=False
    )
    paper = dataclasses.replace(account, name="tidewater", section=None)
    post = vocabulary.digest(digest, (rich,), account, section, BASE)
    return {
        "note_with_a_picture": vocabulary.note(rich, account, section, BASE, details),
        "note_by_template": vocabulary.note(rich, account, own, BASE, details),
        "article": vocabulary.article(rich, account, long, BASE, details),
        "create_article": vocabulary.create(rich, account, long, BASE, now, details).body,
        "digest": post,
        "create_digest": vocabulary.create_digest(digest, post, account, BASE, now).body,
        "boost": vocabulary.boost(rich.key, account.name, paper, BASE, now).body,
    }


NAMES = (
    "note_with_a_picture note_by_template article create_article digest create_digest boost"
).split()


@pytest.mark.parametrize("name", NAMES)
def test_golden(
    name: str,
    documents: dict[str, Json],
    golden: Callable[[Path, str], None],
    show: Callable[[object], str],
) -> None:
    golden(DATA / f"{name}.json", show(documents[name]))


def test_every_document_has_its_golden_file(documents: dict[str, Json]) -> None:
    assert {path.stem for path in DATA.glob("*.json")} == set(NAMES) == set(documents)


@pytest.mark.parametrize("name", ["note_with_a_picture", "article", "digest"])
def test_what_every_form_has(name: str, documents: dict[str, Json]) -> None:
    post = documents[name]
    assert post["contentMap"] == {"zh-CN": post["content"]}
    assert post["to"] == [PUBLIC]
    assert post["context"] == f"{BASE}/ap/editions/tidewater/2026-03-01"
    assert post["interactionPolicy"] == {"canQuote": {"automaticApproval": [PUBLIC]}}
    assert "updated" not in post


def test_only_an_article_has_a_summary_and_a_name(documents: dict[str, Json]) -> None:
    """Others fold a Note with a summary behind it, as behind a warning."""
    for name in ("note_with_a_picture", "note_by_template", "digest"):
        assert not {"summary", "name"} & documents[name].keys()
    assert documents["article"]["name"] == "新码头 <今晨> 启用 & 首船靠岸"
    assert "&lt;不变&gt;" in documents["article"]["summary"]


def test_an_article_has_a_preview_that_leads_nowhere(documents: dict[str, Json]) -> None:
    """FEP-b2b8."""
    preview = documents["article"]["preview"]
    assert preview["type"] == "Note"
    assert "<a " not in preview["content"]
    assert "新码头 &lt;今晨&gt; 启用" in preview["content"]
    assert preview["attributedTo"] == documents["article"]["attributedTo"]


def test_the_picture_of_an_article_stands_in_image_and_attachment(
    documents: dict[str, Json],
) -> None:
    article = documents["article"]
    assert article["image"] == article["attachment"][0]
    assert article["image"]["name"] == "渡轮靠岸 <第一艘>"


def test_a_picture_has_words_size_likeness_and_focus(documents: dict[str, Json]) -> None:
    (image,) = documents["note_with_a_picture"]["attachment"]
    assert image == {
        "type": "Image",
        "mediaType": "image/webp",
        "url": PICTURE.url,
        "name": PICTURE.alt,
        "width": 1200,
        "height": 800,
        "blurhash": PICTURE.blurhash,
        "focalPoint": [-0.2, 0.35],
    }


def test_a_picture_that_was_never_measured_says_less(
    entry: StoredArticle, account: Actor, section: Section
) -> None:
    plain = Picture(url=PICTURE.url, media_type="image/webp", alt="渡轮")
    note = vocabulary.note(entry, account, section, BASE, Details(pictures=(plain,)))
    assert set(note["attachment"][0]) == {"type", "mediaType", "url", "name"}


def test_four_pictures_at_most(entry: StoredArticle, account: Actor, section: Section) -> None:
    note = vocabulary.note(entry, account, section, BASE, Details(pictures=(PICTURE,) * 6))
    assert len(note["attachment"]) == 4


def test_a_template_decides_what_a_note_says(documents: dict[str, Json]) -> None:
    said = documents["note_by_template"]["content"]
    plain = html.unescape(
        re.sub(r"</?(p|strong|a|span)\b[^>]*>", "", re.sub(r"<br>|</p>", "|", said))
    )
    assert plain.split("|")[:4] == [
        "港口",
        "新码头 <今晨> 启用 & 首船靠岸",
        "班次加倍",
        "票价不变",
    ]
    assert "记者 林渡" in said
    assert [tag["name"] for tag in documents["note_by_template"]["tag"]] == [
        "#TideTimes",
        "#港口",
    ]


def test_no_hashtags_where_none_are_wanted(
    entry: StoredArticle, account: Actor, section: Section
) -> None:
    bare = dataclasses.replace(section, hashtags=(), keyword_tags=False)
    note = vocabulary.note(entry, account, bare, BASE)
    assert note["tag"] == []
    assert "hashtag" not in note["content"]


def test_66_a_template_and_what_fills_it_are_escaped_once(
    entry: StoredArticle, account: Actor, section: Section
) -> None:
    wild = dataclasses.replace(section, template="<b>{headline}</b> & {byline}")
    note = vocabulary.note(entry, account, wild, BASE, Details(byline="<script>"))
    assert note["content"] == (
        "<p>&lt;b&gt;新码头 &lt;今晨&gt; 启用 &amp; 首船靠岸&lt;/b&gt; &amp; &lt;script&gt;</p>"
    )


@pytest.mark.parametrize(
    ("length", "cut"), [(10, False), (LONGEST_SUMMARY, False), (LONGEST_SUMMARY + 1, True)]
)
def test_a_summary_is_cut_to_500_characters(length: int, cut: bool) -> None:
    found = shortened("潮" * length)
    assert len(found) == min(length, LONGEST_SUMMARY)
    assert found.endswith("…") is cut


def test_it_is_cut_between_words() -> None:
    found = shortened("tide table " * 60)
    assert found.endswith(("tide…", "table…"))
    assert len(found) <= LONGEST_SUMMARY


def test_a_release_is_the_date_of_a_post(
    entry: StoredArticle, account: Actor, section: Section, now: dt.datetime
) -> None:
    """A post dated hours back never reaches home timelines."""
    later = Details(released=now + dt.timedelta(hours=9))
    assert vocabulary.note(entry, account, section, BASE, later)["published"] == (
        "2026-03-01T13:00:00Z"
    )


def test_what_was_corrected_before_its_release_is_new(
    entry: StoredArticle, account: Actor, section: Section, now: dt.datetime
) -> None:
    changed = dataclasses.replace(entry, revision=3)
    later = Details(released=now + dt.timedelta(hours=1))
    create = vocabulary.create(changed, account, section, BASE, now, later)
    assert "updated" not in create.body["object"]
    update = vocabulary.update(changed, account, section, BASE, now, later).body["object"]
    assert update["updated"] > update["published"]


def test_a_digest_lists_headlines_with_links_to_their_pages(
    documents: dict[str, Json], entry: StoredArticle
) -> None:
    said = documents["digest"]["content"]
    assert f'• <a href="{BASE}/tidewater/a/{entry.key}.html">新码头 &lt;今晨&gt;' in said
    assert documents["digest"]["url"] == f"{BASE}/tidewater/e/2026-03-01/"


@pytest.mark.parametrize(
    ("number", "length", "kept"),
    [(3, 10, 3), (60, 10, MOST_HEADLINES), (20, 149, 10), (1, 900, 1)],
)
def test_a_digest_is_cut_to_a_sensible_length(
    entry: StoredArticle,
    account: Actor,
    section: Section,
    digest: Digest,
    number: int,
    length: int,
    kept: int,
) -> None:
    long = dataclasses.replace(entry.article, headline="潮" * length)
    entries = [
        dataclasses.replace(entry, key=f"tidewater-20260301-{n:06}", article=long)
        for n in range(number)
    ]
    assert len(shown(entries)) == kept
    said = vocabulary.digest(digest, entries, account, section, BASE)["content"]
    assert said.count("•") == kept
    assert (f">+ {number - kept}</a>" in said) is (number > kept)


def test_a_picture_without_headline_is_called_by_its_caption_or_key(
    entry: StoredArticle, account: Actor, section: Section, digest: Digest
) -> None:
    bare = dataclasses.replace(entry.article, headline="", kicker=None)
    nameless = dataclasses.replace(entry, article=bare, summary="")
    said = vocabulary.digest(digest, (nameless,), account, section, BASE)["content"]
    assert f">{entry.key}</a>" in said


def test_a_changed_digest_is_strictly_newer(
    entry: StoredArticle, account: Actor, section: Section, digest: Digest, now: dt.datetime
) -> None:
    changed = dataclasses.replace(digest, revision=2)
    post = vocabulary.digest(changed, (entry,), account, section, BASE, now)
    assert post["updated"] > post["published"]
    create = vocabulary.create_digest(changed, post, account, BASE, now)
    assert "updated" not in create.body["object"]


def test_a_boost_reaches_the_papers_followers_and_tells_the_author(
    documents: dict[str, Json], entry: StoredArticle
) -> None:
    boost = documents["boost"]
    assert boost["object"] == f"{BASE}/ap/o/{entry.key}"
    assert boost["cc"] == [
        f"{BASE}/ap/actors/tidewater/followers",
        f"{BASE}/ap/actors/tidewater_local",
    ]


def test_a_changed_profile_is_embedded_whole_under_an_id_of_its_own(now: dt.datetime) -> None:
    one = {"@context": ["c"], "id": f"{BASE}/ap/actors/x", "name": "One"}
    first = vocabulary.update_profile(one, "x", BASE, now)
    second = vocabulary.update_profile(one | {"name": "Two"}, "x", BASE, now)
    assert first.id != second.id
    assert first.body["object"] == {"id": f"{BASE}/ap/actors/x", "name": "One"}
    assert first.object == f"{BASE}/ap/actors/x"
