"""Editions in the store: pages that come late, pages that come again."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.model import Edition, Masthead, Page, PageImage
from bridge.store import Store, documents, editions

Make = Callable[..., Edition]
DATE = dt.date(2026, 3, 2)
HOUR = dt.timedelta(hours=1)


def of(label: str) -> editions.Origin:
    return ("river/folder", f"{label}.txt")


def labels(store: Store, date: dt.date = DATE) -> list[str]:
    with store.read() as connection:
        issue = editions.get(connection, "river", date)
    return [page.label for page in issue.pages] if issue else []


def test_an_edition_comes_back_as_it_was_stored(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    front = edition(
        "A1", number="22623", pages_total=8, masthead=Masthead(weather="多云", weekday="星期一")
    )
    with store.begin() as connection:
        assert editions.save(connection, "river", front, {of("A1"): ["A1"]}, now)
    with store.read() as connection:
        issue = editions.get(connection, "river", DATE)
        assert editions.get(connection, "river", DATE + dt.timedelta(days=1)) is None
        assert editions.get(connection, "lake", DATE) is None
    assert issue is not None
    assert (issue.number, issue.pages_total, issue.masthead) == ("22623", 8, front.masthead)
    assert issue.pages == (Page(label="A1"),)
    assert issue.first_seen == issue.updated == now


def test_late_pages_join_in_print_order_and_keep_what_the_front_page_said(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    with store.begin() as connection:
        front = edition("B1", "A2", number="22623", masthead=Masthead(weather="多云"))
        editions.save(connection, "river", front, {}, now)
        late = edition("A10", "A1", masthead=Masthead(weekday="星期一"))
        assert editions.save(connection, "river", late, {}, now + HOUR)
        issue = editions.get(connection, "river", DATE)
    assert issue is not None
    assert [page.label for page in issue.pages] == ["A1", "A2", "A10", "B1"]
    assert (issue.number, issue.masthead) == (
        "22623",
        Masthead(weather="多云", weekday="星期一"),
    )
    assert (issue.first_seen, issue.updated) == (now, now + HOUR)


def test_a_page_name_is_learnt_and_corrected_but_not_forgotten(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    named = [(Page(label="A1", name=name),) for name in (None, "要闻", None, "头版")]
    with store.begin() as connection:
        told = []
        for pages in named:
            found = replace(edition(), pages=pages)
            told.append(editions.save(connection, "river", found, {}, now))
        issue = editions.get(connection, "river", DATE)
    assert told == [True, True, False, True]
    assert issue is not None
    assert issue.pages == (Page(label="A1", name="头版"),)


def test_the_image_of_a_page_is_that_of_its_newest_reading(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    one = PageImage(path="media/1.webp", width=1100, height=1600, scale=1.5)
    two = replace(one, path="media/2.webp")
    told, seen = [], []
    with store.begin() as connection:
        for image in (None, one, one, two, None):
            found = replace(edition(), pages=(Page(label="A1", name="要闻", image=image),))
            told.append(editions.save(connection, "river", found, {}, now))
            issue = editions.get(connection, "river", DATE)
            assert issue is not None
            seen.append(issue.pages[0].image)
    assert told == [True, True, False, True, True]
    assert seen == [None, one, one, two, None]


def test_the_newest_editions_and_the_archive_behind_them(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    days = [DATE - dt.timedelta(days=number) for number in range(5)]
    with store.begin() as connection:
        for day in days:
            editions.save(connection, "river", edition("A1", date=day), {}, now)
        newest = editions.newest(connection, "river", 2)
        older = editions.newest(connection, "river", 2, before=newest[-1].date)
        assert editions.dates(connection, "river") == tuple(days)
        assert editions.newest(connection, "lake", 2) == ()
    assert [issue.date for issue in newest] == days[:2]
    assert [issue.date for issue in older] == days[2:4]
    assert all(len(issue.pages) == 1 for issue in newest)


def test_a_document_covers_its_own_pages_only(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    given = {of("A1"): ["A1"], of("A2"): ["A2"]}
    with store.begin() as connection:
        assert editions.covered(connection, "river", DATE, given) == {"A1", "A2"}
        editions.save(connection, "river", edition("A1", "A2"), given, now)
        assert editions.covered(connection, "river", DATE, {of("A2"): ["A2"]}) == {"A2"}
        assert editions.covered(connection, "river", DATE, {}) == frozenset()


def test_a_page_in_two_documents_is_covered_by_both_together_only(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    given = {of("A1-upper"): ["A1"], of("A1-lower"): ["A1"]}
    with store.begin() as connection:
        editions.save(connection, "river", edition("A1"), given, now)
        assert editions.covered(connection, "river", DATE, {of("A1-upper"): ["A1"]}) == set()
        assert editions.covered(connection, "river", DATE, given) == {"A1"}


def test_a_page_with_a_misread_label_is_covered_under_both_and_then_gone(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    with store.begin() as connection:
        editions.save(connection, "river", edition("A7"), {of("x"): ["A7"]}, now)
        mended = {of("x"): ["A1"]}
        assert editions.covered(connection, "river", DATE, mended) == {"A1", "A7"}
        assert editions.save(connection, "river", edition("A1"), mended, now)
    assert labels(store) == ["A1"]


def test_a_file_overwritten_every_day_leaves_yesterday_alone(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    today = DATE + dt.timedelta(days=1)
    with store.begin() as connection:
        for date in (DATE, today):
            found = edition("A1", date=date)
            editions.save(connection, "river", found, {of("latest"): ["A1"]}, now)
        replaced = {of("mended"): ["A1"]}
        assert editions.covered(connection, "river", DATE, replaced) == {"A1"}
    assert labels(store, DATE) == ["A1"]
    assert labels(store, today) == ["A1"]


def test_a_page_of_a_file_that_is_gone_may_be_given_by_another(
    store: Store, edition: Make, now: dt.datetime
) -> None:
    with store.begin() as connection:
        editions.save(connection, "river", edition("A1"), {of("A1"): ["A1"]}, now)
        documents.forget(connection, "river/folder", ["A1.txt"])
        assert editions.covered(connection, "river", DATE, {of("A1b"): ["A1"]}) == {"A1"}
    assert labels(store) == ["A1"]


@pytest.mark.parametrize("given", [{}, {of("A1"): ["A1", "A2"]}])
def test_saving_the_same_again_changes_nothing(
    store: Store, edition: Make, now: dt.datetime, given: editions.Given
) -> None:
    found = edition("A1", "A2", number="7", masthead=Masthead(weather="晴"))
    with store.begin() as connection:
        assert editions.save(connection, "river", found, given, now)
        assert not editions.save(connection, "river", found, given, now + HOUR)
        issue = editions.get(connection, "river", DATE)
    assert issue is not None
    assert issue.updated == now


def test_an_edition_is_reserved_for_one_writer_at_a_time(store: Store) -> None:
    """Two sources of one paper must not enrol the same story twice."""
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with store.begin() as connection:
            editions.reserve(connection, "tide", dt.date(2026, 3, 1))
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.begin() as connection:
        editions.reserve(connection, "tide", dt.date(2026, 3, 1))
        inside.set()
        thread.join(0.5)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]
