"""Corrections and withdrawals from the editor's decision to every file and follower."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import feedparser
import pytest
from sqlalchemy import select
from werkzeug.test import Client

from bridge.errors import BridgeError, UserError
from bridge.model import Follower, StoredArticle, Task
from bridge.pipeline import correct as verbs
from bridge.pipeline.publish import TOLD, publish
from bridge.store import activities, articles, followers
from bridge.store.schema.social import ACTIVITIES
from bridge.web.wsgi import application
from bridge.wiring import Bridge

KEY = "herald-20260301-000001"
PAGE, DIFF, GONE = (f"herald/a/{KEY}.{end}" for end in ("html", "diff.html", "gone"))
NOTE = "The ferry sails at six, not at seven."
REASON = "The harbour master did not say it."
PUBLISH = Task(name="publish", args=("herald",), partition="herald", fold=True)

Put = Callable[..., StoredArticle]


@pytest.fixture
def put(publish: Put) -> Put:
    """Store an article; the fixture has the name of a verb that is tested here."""
    return publish


@pytest.fixture
def followed(federated: Bridge, now: dt.datetime) -> Bridge:
    """A paper whose city section has one follower."""
    follower = Follower(
        actor="herald_city",
        id="https://one.example/users/mei",
        inbox="https://one.example/users/mei/inbox",
        shared_inbox=None,
        follow="https://one.example/follows/1",
        since=now,
    )
    with federated.store.begin() as connection:
        followers.put(connection, follower)
    return federated


def sent(bridge: Bridge) -> list[str]:
    query = select(ACTIVITIES.c.id).order_by(ACTIVITIES.c.sequence)
    with bridge.store.read() as connection:
        return [id.rpartition("/")[2] for id in connection.execute(query).scalars()]


def read(bridge: Bridge, path: str) -> str:
    return (bridge.output.root / path).read_bytes().decode("utf-8", "surrogateescape")


def there(bridge: Bridge, *paths: str) -> list[bool]:
    return [(bridge.output.root / path).exists() for path in paths]


def stored(bridge: Bridge, key: str = KEY) -> StoredArticle:
    return verbs.find(bridge, key)[0]


def ids(bridge: Bridge, path: str) -> list[str]:
    told = feedparser.parse(read(bridge, path))
    return [entry.id.rpartition(":")[2] for entry in told.entries]


# Correct.


def test_a_correction_is_a_version_an_update_and_a_task_in_one_transaction(
    followed: Bridge, put: Put, tasks: list[Task], now: dt.datetime
) -> None:
    before = put()
    decision = verbs.correct(followed, KEY, f" {NOTE}\n", now)
    after = stored(followed)
    assert decision.after == after
    assert (after.revision, after.article, after.published) == (
        2,
        before.article,
        before.published,
    )
    assert after.updated > before.updated
    assert [v.remark for v in verbs.find(followed, KEY)[1]] == [None, NOTE]
    assert sent(followed) == [f"{KEY}-update-2"]
    assert [task.name for task in tasks] == ["fan_out", "publish"]


def test_each_correction_is_told_anew(followed: Bridge, put: Put, now: dt.datetime) -> None:
    put()
    verbs.correct(followed, KEY, NOTE, now)
    verbs.correct(followed, KEY, "And from the other quay.", now)
    assert sent(followed) == [f"{KEY}-update-2", f"{KEY}-update-3"]
    moments = [v.at for v in verbs.find(followed, KEY)[1]]
    assert len(moments) == 3


def test_a_correction_shows_wherever_the_article_stands(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    put()
    publish(federated, "herald")
    verbs.correct(federated, KEY, NOTE, now)
    done = publish(federated, "herald")
    assert NOTE in read(federated, PAGE)
    assert NOTE in read(federated, DIFF)
    assert NOTE in read(federated, "herald/corrections/index.html")
    assert ids(federated, "herald/corrections/atom.xml") == [f"{KEY}/2"]
    assert ids(federated, "herald/city/atom.xml") == [KEY]
    assert not any(path.startswith("herald/sport/") for path in done.written)
    assert publish(federated, "herald").written == ()


def test_a_detected_revision_is_told_as_well(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    before = put()
    item = replace(before.article, headline="Ferry number 1 stays")
    later = replace(
        before, article=item, revision=2, updated=before.updated + dt.timedelta(seconds=1)
    )
    with federated.store.begin() as connection:
        articles.revise(connection, later, now, "headline")
    publish(federated, "herald")
    page = read(federated, "herald/corrections/index.html")
    assert "Revised: Ferry number 1 stays" in page
    assert "Changed: headline" in page
    assert "<del>sails again</del>" in read(federated, DIFF)


# Withdraw.


def test_a_withdrawal_takes_everything_away_and_says_so(
    followed: Bridge, put: Put, tasks: list[Task], now: dt.datetime
) -> None:
    put()
    put(2)
    verbs.correct(followed, KEY, NOTE, now)
    publish(followed, "herald")
    assert there(followed, PAGE, DIFF, GONE) == [True, True, False]
    verbs.withdraw(followed, KEY, REASON, now)
    done = publish(followed, "herald")
    assert there(followed, PAGE, DIFF, GONE) == [False, False, True]
    assert {PAGE, DIFF} <= set(done.removed)
    assert sent(followed)[-1] == f"{KEY}-delete"
    assert tasks[-1] == PUBLISH
    for path in followed.output.paths():
        assert "Ferry number 1" not in read(followed, path), path
    for feed in ("rss.xml", "atom.xml"):
        assert KEY in ids(followed, f"herald/all/{feed}")
    assert ids(followed, "herald/corrections/atom.xml") == [f"{KEY}/withdrawal"]
    assert "deleted-entry" in read(followed, "herald/e/2026-03-01/archive.atom")
    assert publish(followed, "herald").written == ()


def test_the_delete_carries_the_tombstone(followed: Bridge, put: Put, now: dt.datetime) -> None:
    put()
    verbs.withdraw(followed, KEY, REASON, now)
    with followed.store.read() as connection:
        found = activities.get(connection, f"https://paper.example/ap/activities/{KEY}-delete")
    assert found is not None
    assert (found.type, found.body["object"]["type"]) == ("Delete", "Tombstone")
    assert found.body["object"]["id"] == f"https://paper.example/ap/o/{KEY}"


def test_its_page_answers_410_with_the_reason(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    put()
    verbs.withdraw(federated, KEY, REASON, now)
    publish(federated, "herald")
    client = Client(application(federated))
    for path in (PAGE, DIFF):
        answer = client.get(f"/{path}")
        assert (answer.status_code, REASON in answer.text) == (410, True)
    object_ = client.get(f"/ap/o/{KEY}", headers={"Accept": "application/activity+json"})
    assert object_.status_code == 410


def test_the_feeds_tell_it_for_fourteen_days_of_the_paper(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    put()
    verbs.withdraw(federated, KEY, REASON, now)
    day = dt.date(2026, 3, 1)
    for later, told in ((TOLD.days, True), (TOLD.days + 1, False)):
        put(later, date=day + dt.timedelta(days=later))
        publish(federated, "herald")
        assert (KEY in ids(federated, "herald/city/atom.xml")) == told
    assert KEY in read(federated, "herald/e/2026-03-01/archive.atom")
    assert ids(federated, "herald/corrections/atom.xml") == [f"{KEY}/withdrawal"]
    assert there(federated, GONE) == [True]


def test_what_left_the_window_is_corrected_and_withdrawn_too(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    old, other = put(1, date=dt.date(2026, 1, 5)), put(2, date=dt.date(2026, 1, 5))
    for number in range(3, 12):
        put(number, date=dt.date(2026, 2, number))
    publish(federated, "herald", whole=True)
    verbs.withdraw(federated, old.key, REASON, now)
    verbs.correct(federated, other.key, NOTE, now)
    done = publish(federated, "herald")
    assert f"herald/a/{old.key}.html" in done.removed
    assert NOTE in read(federated, f"herald/a/{other.key}.html")
    archive = read(federated, "herald/e/2026-01-05/archive.atom")
    assert "deleted-entry" in archive
    assert "e/2026-02-03/archive.atom" in archive
    assert publish(federated, "herald").written == ()
    assert publish(federated, "herald", whole=True).written == ()


def test_the_cost_does_not_grow_with_the_archive(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    offered = []
    for number in range(1, 16):
        put(number, date=dt.date(2026, 2, number))
        offered.append(publish(federated, "herald").offered)
    assert len(set(offered[7:])) == 1


def test_deleting_the_output_gives_it_all_back(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    """Security no. 102."""
    put()
    put(2)
    verbs.withdraw(federated, KEY, REASON, now)
    verbs.correct(federated, "herald-20260301-000002", NOTE, now)
    publish(federated, "herald")
    before = {path: read(federated, path) for path in federated.output.paths()}
    for path in before:
        federated.output.remove(path)
    publish(federated, "herald", whole=True)
    assert {path: read(federated, path) for path in federated.output.paths()} == before


def test_nobody_is_told_who_does_not_follow(
    federated: Bridge, put: Put, now: dt.datetime
) -> None:
    put()
    verbs.correct(federated, KEY, NOTE, now)
    verbs.withdraw(federated, KEY, REASON, now)
    assert sent(federated) == []


# Restore, refusals, and looking first.


def test_a_suspected_article_is_restored_without_a_word(
    followed: Bridge, put: Put, now: dt.datetime
) -> None:
    before = put(state="suspected")
    verbs.restore(followed, KEY)
    assert stored(followed) == replace(before, state="live")
    assert sent(followed) == []


def test_withdrawn_is_for_ever(federated: Bridge, put: Put, now: dt.datetime) -> None:
    put()
    verbs.withdraw(federated, KEY, REASON, now)
    for again in (
        lambda: verbs.restore(federated, KEY),
        lambda: verbs.correct(federated, KEY, NOTE, now),
        lambda: verbs.withdraw(federated, KEY, "Again.", now),
    ):
        with pytest.raises(BridgeError, match="withdrawn"):
            again()
    assert stored(federated).reason == REASON


@pytest.mark.parametrize("said", ["", " \n", "x" * 2001])
def test_a_decision_has_words_for_readers(
    federated: Bridge, put: Put, now: dt.datetime, said: str
) -> None:
    put()
    for verb in (verbs.correct, verbs.withdraw):
        with pytest.raises(UserError, match="needs a"):
            verb(federated, KEY, said, now)
    assert stored(federated).revision == 1


def test_a_live_article_has_nothing_to_restore(federated: Bridge, put: Put) -> None:
    put()
    with pytest.raises(BridgeError, match="not suspected"):
        verbs.restore(federated, KEY)


def test_a_key_that_is_not_there(federated: Bridge, now: dt.datetime) -> None:
    with pytest.raises(BridgeError, match="no article has this key"):
        verbs.correct(federated, "herald-20260301-nobody", NOTE, now)


def test_a_dry_run_names_what_would_follow_and_writes_nothing(
    followed: Bridge, put: Put, tasks: list[Task], now: dt.datetime
) -> None:
    before = put()
    corrected = verbs.correct(followed, KEY, NOTE, now, dry_run=True)
    withdrawn = verbs.withdraw(followed, KEY, REASON, now, dry_run=True)
    assert "Update to the 1 who follow @herald_city" in corrected.effects
    assert "Delete to the 1 who follow @herald_city" in withdrawn.effects
    assert f"{PAGE} answers 410" in withdrawn.effects
    assert (stored(followed), tasks, sent(followed)) == (before, [], [])
