"""Ingest as a desk sees it: pages are dropped, corrected, sent twice, broken, and come late."""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import BridgeError
from bridge.model import Document, DocumentRecord, StoredArticle
from bridge.pipeline.ingest import Taken, ingest, ingest_files
from bridge.pipeline.publish import publish
from bridge.store import articles, documents, editions, runs
from bridge.wiring import Bridge

DAY = dt.date(2026, 3, 1)
SOURCE = "herald/daily"

FRONT = """\
The Harbour Herald

SUNDAY, MARCH 1, 2026

No. 4,102

A1

Ferry timetable grows by nine sailings

By Orla Winterbourne
Herald Staff Writer

GREYHAVEN — The ferry company will add nine sailings a day from Easter, its manager told a
meeting in the net loft on Saturday.

The last boat will leave the island at eleven, two hours later than now, so that visitors can
stay for supper.

Library lends out telescopes

By Piet Aldermoor
Herald Staff Writer

Anyone with a library card may take a telescope home for a fortnight, and forty people did so
in the first week.

The idea came from a retired pilot who left his own instrument to the reading room.
"""

SECOND = """\
A2

The Harbour Herald | Sunday, March 1, 2026

Bakers agree on a smaller loaf

By Orla Winterbourne
Herald Staff Writer

The four bakers of the old town will sell a loaf of half a pound, as pensioners had asked them
to do for years.

It will cost less than half of the large one, they promised on Saturday.
"""


@pytest.fixture
def desk(federated: Bridge, now: dt.datetime) -> "Desk":
    return Desk(federated, now)


class Desk:
    """Drops files into the watched folder and has them taken in."""

    def __init__(self, bridge: Bridge, now: dt.datetime) -> None:
        self.bridge, self.now = bridge, now
        self.folder = Path(bridge.source(SOURCE).path)

    def drop(self, path: str, content: str | bytes, age: float = 60) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        moment = self.now.timestamp() - age
        os.utime(file, (moment, moment))
        return file

    def take(self) -> Taken:
        return ingest(self.bridge, SOURCE, self.now)

    def later(self, **passed: float) -> None:
        self.now += dt.timedelta(**passed)

    def stored(self) -> dict[str, StoredArticle]:
        with self.bridge.store.read() as connection:
            found = articles.of_edition(connection, "herald", DAY)
        return {stored.article.headline: stored for stored in found}

    def record(self, path: str) -> DocumentRecord:
        with self.bridge.store.read() as connection:
            return documents.of_source(connection, SOURCE)[path]

    def dump(self) -> list[str]:
        with self.bridge.store.read() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            return list(raw.iterdump())


def test_a_page_becomes_articles_and_a_task_to_publish(desk, tasks):
    desk.drop("2026-03-01/A1.txt", FRONT)
    taken = desk.take()
    assert (taken.outcome, taken.counts["new"]) == ("done", 2)
    assert list(desk.stored()) == [
        "Ferry timetable grows by nine sailings",
        "Library lends out telescopes",
    ]
    assert [(task.name, task.args) for task in tasks] == [("publish", ("herald",))]
    assert desk.record("2026-03-01/A1.txt").state == "ingested"


def test_the_same_file_again_writes_nothing(desk, tasks):
    """Security no. 76, design §4: identical text is nothing at all."""
    desk.drop("2026-03-01/A1.txt", FRONT)
    desk.take()
    tasks.clear()
    before = desk.dump()
    desk.later(minutes=1)
    assert desk.take().counts == {"quarantined": 0}
    assert desk.dump() == before
    assert tasks == []


def test_a_touched_file_changes_no_article_and_no_feed(desk, tasks):
    desk.drop("2026-03-01/A1.txt", FRONT)
    desk.take()
    before = desk.stored()
    tasks.clear()
    desk.drop("2026-03-01/A1.txt", FRONT, age=30)
    assert desk.take().message == "1 unchanged"
    assert (desk.stored(), tasks) == (before, [])


def test_a_page_given_by_hand_and_found_in_the_folder_is_one_page(desk):
    """Whoever will not wait for the folder must not print everything twice."""
    file = desk.drop("2026-03-01/A1.txt", FRONT)
    page = Document(name=file.name, origin=str(file), data=file.read_bytes())
    assert ingest_files(desk.bridge, "herald", [page], desk.now).message == "2 new"
    keys = {stored.key for stored in desk.stored().values()}
    assert "new" not in desk.take().counts
    mended = FRONT.replace("nine sailings\n", "eight sailings\n").encode()
    desk.later(hours=1)
    page = Document(name=file.name, origin=str(file), data=mended)
    assert ingest_files(desk.bridge, "herald", [page], desk.now).counts["revised"] == 1
    assert {stored.key for stored in desk.stored().values()} == keys


def test_a_corrected_headline_is_a_revision_of_the_same_article(desk):
    desk.drop("2026-03-01/A1.txt", FRONT)
    desk.take()
    old = desk.stored()["Ferry timetable grows by nine sailings"]
    desk.later(hours=1)
    desk.drop("2026-03-01/A1.txt", FRONT.replace("nine sailings\n", "eight sailings\n"))
    assert desk.take().message == "1 revised"
    new = desk.stored()["Ferry timetable grows by eight sailings"]
    assert (new.key, new.published, new.revision) == (old.key, old.published, 2)
    assert new.updated > old.updated
    assert len(desk.stored()) == 2


def test_a_story_gone_from_its_page_is_suspected_and_may_come_back(desk):
    desk.drop("2026-03-01/A1.txt", FRONT)
    desk.take()
    before = desk.stored()
    shorter = FRONT[: FRONT.index("Library lends")]
    desk.drop("2026-03-01/A1.txt", shorter, age=30)
    assert desk.take().message == "1 suspected"
    assert desk.stored()["Library lends out telescopes"].state == "suspected"
    desk.drop("2026-03-01/A1.txt", FRONT, age=20)
    assert desk.take().message == "1 restored"
    assert desk.stored() == before


def test_a_late_page_joins_its_edition_and_moves_nothing(desk):
    desk.drop("2026-03-01/A1.txt", FRONT)
    desk.take()
    before = desk.stored()
    desk.later(hours=2)
    desk.drop("2026-03-01/A2.txt", SECOND)
    assert desk.take().message == "1 new"
    assert before.items() <= desk.stored().items()
    with desk.bridge.store.read() as connection:
        issue = editions.get(connection, "herald", DAY)
    assert [page.label for page in issue.pages] == ["A1", "A2"]


def test_a_jump_is_closed_when_its_second_page_comes_later(desk):
    jump = FRONT.replace("stay for supper.\n", "stay for supper and\n\nSEE FERRY, PAGE A2\n", 1)
    tail = SECOND + "\nFERRY\nFROM A1\n\nstill sleep in their own beds.\n"
    desk.drop("2026-03-01/A1.txt", jump)
    desk.take()
    cut = desk.stored()["Ferry timetable grows by nine sailings"]
    assert cut.article.truncated == "yes"
    desk.drop("2026-03-01/A2.txt", tail, age=30)
    desk.take()
    whole = desk.stored()["Ferry timetable grows by nine sailings"]
    assert (whole.key, whole.article.pages) == (cut.key, ("A1", "A2"))
    text = " ".join(paragraph.text for paragraph in whole.article.body)
    assert "stay for supper and still sleep in their own beds." in text


def test_a_page_sent_twice_under_two_names_counts_once(desk):
    desk.drop("2026-03-01/A1.txt", FRONT)
    desk.take()
    corrected = FRONT.replace("nine sailings\n", "eight sailings\n")
    desk.drop("2026-03-01/A1-final.txt", corrected, age=30)
    assert desk.take().counts["revised"] == 1
    assert len(desk.stored()) == 2
    old = desk.record("2026-03-01/A1.txt")
    assert (old.state, old.code) == ("quarantined", "superseded")
    assert "A1-final.txt" in str(old.reason)


BAD = {
    "empty": b"",
    "blank": b" \n\n \n",
    "binary": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
    "encoding": b"SUNDAY, MARCH 1, 2026\n\n" + b"\xff\xfe\xfd\x81\x00\x9f" * 40,
    "no-date": FRONT.replace("SUNDAY, MARCH 1, 2026", "").encode(),
    "future-date": FRONT.replace("SUNDAY, MARCH 1, 2026", "FRIDAY, MARCH 1, 2075").encode(),
    "no-article": b"The Harbour Herald\n\nSUNDAY, MARCH 1, 2026\n\nA1\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_set_aside_with_one_line_and_costs_nothing_else(desk, name):
    """Security nos. 74 and 77: the reason is told, the last good feed stays."""
    desk.drop("good/A1.txt", FRONT)
    desk.take()
    publish(desk.bridge, "herald")
    feed = desk.bridge.output.root / "herald/city/rss.xml"
    good, articles_before = feed.read_bytes(), desk.stored()
    desk.drop("bad/page.txt", BAD[name], age=30)
    taken = desk.take()
    assert (taken.outcome, len(taken.refused)) == ("failed", 1)
    record = desk.record("bad/page.txt")
    assert record.state == "quarantined"
    assert record.code
    assert record.reason
    assert "\n" not in record.reason
    publish(desk.bridge, "herald")
    assert (feed.read_bytes(), desk.stored()) == (good, articles_before)


def test_a_mended_file_of_the_same_name_is_taken(desk):
    desk.drop("A1.txt", b"")
    assert desk.take().outcome == "failed"
    assert desk.take().counts == {"quarantined": 0}  # not tried again as it is
    desk.drop("A1.txt", FRONT, age=30)
    assert desk.take().message == "2 new"
    assert desk.record("A1.txt").state == "ingested"


def test_a_half_written_file_waits_and_says_so(desk):
    desk.drop("A1.txt", FRONT[:200], age=1)
    assert desk.take().message == ""
    record = desk.record("A1.txt")
    assert (record.state, record.code) == ("waiting", "settling")
    desk.later(seconds=10)
    desk.drop("A1.txt", FRONT, age=6)
    assert desk.take().message == "2 new"


def test_good_pages_among_bad_ones_are_published(desk):
    desk.drop("A1.txt", FRONT)
    desk.drop("A2.txt", b"\0\0\0")
    taken = desk.take()
    assert (taken.outcome, taken.counts["new"], taken.counts["quarantined"]) == ("partly", 2, 1)


def test_what_cannot_be_enqueued_is_not_stored_either(desk, federated):
    """Security nos. 75 and 87: one transaction, all of it or none."""
    desk.drop("A1.txt", FRONT)

    def broken(*_: object) -> None:
        raise RuntimeError("the engine is gone")

    lame = replace(federated, enqueue=broken)
    with pytest.raises(RuntimeError):
        ingest(lame, SOURCE, desk.now)
    assert desk.stored() == {}
    assert desk.take().message == "2 new"


def test_a_missing_folder_is_told_once_and_again_when_it_changes(desk):
    desk.folder.rmdir()
    for _ in range(3):
        with pytest.raises(BridgeError, match="does not exist"):
            desk.take()
    with desk.bridge.store.read() as connection:
        failed = runs.latest(connection, 10)
    assert [run.outcome for run in failed] == ["failed"]


def test_pages_given_by_hand_are_one_edition(federated, now):
    pages = [
        Document(name=name, origin=name, data=text.encode())
        for name, text in (("A1.txt", FRONT), ("A2.txt", SECOND))
    ]
    assert ingest_files(federated, "herald", pages, now).message == "3 new"
    again = ingest_files(federated, "herald", pages, now)
    assert (again.message, again.outcome) == ("2 unchanged", "done")


@pytest.mark.parametrize("order", [("A1", "A2"), ("A2", "A1")])
def test_pages_give_the_same_edition_in_whatever_order_they_come(desk, order):
    texts = {"A1": FRONT, "A2": SECOND}
    for age, label in enumerate(order):
        desk.drop(f"{label}.txt", texts[label], age=60 - age)
        desk.take()
    found = sorted(desk.stored().values(), key=lambda s: s.published, reverse=True)
    assert [stored.article.headline for stored in found] == [
        "Ferry timetable grows by nine sailings",
        "Library lends out telescopes",
        "Bakers agree on a smaller loaf",
    ]


class TestEditions:
    """Files of one date are one edition; its page count says what to wait for."""

    @pytest.fixture
    def patient(self, desk, federated):
        """Hold an incomplete edition for an hour."""
        (source,) = federated.settings.sources
        waiting = replace(source, wait=dt.timedelta(hours=1))
        desk.bridge = replace(
            federated, settings=replace(federated.settings, sources=(waiting,))
        )
        return desk

    PAGES = FRONT.replace("No. 4,102", "Vol. 12 No. 4,102 · 2 pages · $1")

    def test_an_incomplete_edition_waits_and_says_for_what(self, patient):
        patient.drop("A1.txt", self.PAGES)
        assert patient.take().message == ""
        record = patient.record("A1.txt")
        assert (record.state, record.code) == ("waiting", "incomplete")
        assert record.reason == "1 of 2 pages are here; the others are awaited until 05:00"

    def test_it_is_taken_whole_once_all_pages_are_there(self, patient):
        patient.drop("A1.txt", self.PAGES)
        patient.take()
        patient.later(minutes=10)
        patient.drop("A2.txt", SECOND)
        assert patient.take().message == "3 new"

    def test_a_mark_ends_the_wait(self, patient):
        patient.drop("2026-03-01/A1.txt", self.PAGES)
        patient.take()
        patient.drop("2026-03-01/edition.ready", b"")
        assert patient.take().message == "2 new"

    def test_the_deadline_ends_the_wait(self, patient):
        patient.drop("A1.txt", self.PAGES)
        patient.take()
        patient.later(minutes=59)
        assert patient.take().message == ""
        patient.later(minutes=1)
        assert patient.take().message == "2 new"

    def test_a_page_of_another_day_in_an_editions_folder_is_refused(self, desk):
        desk.drop("2026-03-01/A1.txt", FRONT)
        stray = SECOND.replace("Sunday, March 1, 2026", "Saturday, February 28, 2026")
        desk.drop("2026-03-01/A2.txt", stray)
        taken = desk.take()
        assert (taken.outcome, taken.counts["new"]) == ("partly", 2)
        assert desk.record("2026-03-01/A2.txt").code == "two-dates"

    def test_two_pages_without_a_label_are_both_taken(self, desk):
        desk.drop("front.txt", FRONT.replace("\nA1\n", ""))
        desk.drop("back.txt", SECOND.replace("A2\n", "", 1), age=30)
        assert desk.take().message == "3 new"
