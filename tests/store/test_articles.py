"""Articles in the store: identity kept, versions kept, nothing written twice."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bridge.model import Edition, StoredArticle
from bridge.store import Store, articles, editions

Stored = Callable[..., StoredArticle]
DAY = dt.timedelta(days=1)
DATE = dt.date(2026, 3, 2)


@pytest.fixture
def put(edition: Callable[..., Edition], now: dt.datetime) -> Callable[..., None]:
    """Store articles together with their editions."""

    def put(connection: Connection, *new: StoredArticle) -> None:
        for date in sorted({article.date for article in new}):
            found = edition(*sorted({a.article.pages[0] for a in new}), date=date)
            editions.save(connection, "river", found, {}, now)
        articles.insert_all(connection, new, now)

    return put


def edited(article: StoredArticle, headline: str) -> StoredArticle:
    return replace(
        article,
        article=replace(article.article, headline=headline),
        updated=article.updated + dt.timedelta(hours=1),
        revision=article.revision + 1,
    )


def keys(found: Sequence[StoredArticle]) -> list[str]:
    return [article.key for article in found]


def test_an_article_comes_back_as_it_was_stored(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    article = stored(1)
    with store.begin() as connection:
        put(connection, article)
    with store.read() as connection:
        assert articles.get(connection, article.key) == article
        assert articles.get(connection, "river-20260302-nobody") is None


def test_a_key_is_given_once(store: Store, stored: Stored, put: Callable[..., None]) -> None:
    with store.begin() as connection:
        put(connection, stored(1))
    with pytest.raises(IntegrityError), store.begin() as connection:
        articles.insert_all(connection, [stored(1)], stored(1).published)


def test_a_correction_is_a_version_of_the_same_key(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    before = stored(1)
    after = edited(before, "改正后的标题")
    with store.begin() as connection:
        put(connection, before)
        assert articles.revise(connection, after, now + DAY, "headline")
    with store.read() as connection:
        assert articles.get(connection, before.key) == after
        first, second = articles.history(connection, before.key)
    assert (first.number, first.at, first.note, first.article) == (1, now, "", before.article)
    assert (second.number, second.at, second.note) == (2, now + DAY, "headline")
    assert second.article == after.article


def test_a_correction_that_corrects_nothing_is_not_written(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    article = stored(1)
    again = replace(article, updated=article.updated + DAY, revision=2)
    with store.begin() as connection:
        put(connection, article)
        assert not articles.revise(connection, again, now, "")
        assert articles.get(connection, article.key) == article
        assert len(articles.history(connection, article.key)) == 1


def test_a_move_changes_place_and_section_and_is_no_version(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    first, second = stored(1), stored(2)
    behind = replace(
        first,
        section="region",
        article=replace(first.article, order=3, pages=("A2",), section="region"),
    )
    with store.begin() as connection:
        put(connection, first, second)
        assert articles.move(connection, behind)
        assert not articles.move(connection, behind)
        assert keys(articles.of_edition(connection, "river", DATE)) == [second.key, first.key]
        assert articles.get(connection, first.key) == behind
        assert keys(articles.window(connection, "river", "region", 1)) == [first.key]
        assert len(articles.history(connection, first.key)) == 1


def test_suspected_articles_are_shown_and_restored(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    article = stored(1)
    with store.begin() as connection:
        put(connection, article)
        assert articles.suspect(connection, [article.key, "nobody"]) == 1
        assert articles.suspect(connection, [article.key]) == 0
        (found,) = articles.window(connection, "river", "city", 1)
        assert found.state == "suspected"
        assert articles.restore(connection, [article.key]) == 1
        assert articles.get(connection, article.key) == article


def test_a_withdrawn_article_is_out_for_good(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    article, other = stored(1), stored(2)
    with store.begin() as connection:
        put(connection, article, other)
        articles.suspect(connection, [other.key])
        assert articles.withdraw(connection, [article.key, other.key], now, "") == 2
        assert articles.withdraw(connection, [article.key], now, "") == 0
        assert articles.restore(connection, [article.key]) == 0
        assert not articles.revise(connection, edited(article, "又来"), now, "headline")
        assert not articles.move(connection, edited(article, "又来"))
        assert articles.window(connection, "river", None, 9) == ()
        assert articles.latest(connection, "river", None, 9) == ()
        states = [a.state for a in articles.of_edition(connection, "river", DATE)]
    assert states == ["withdrawn", "withdrawn"]


def test_a_window_is_newest_edition_first_in_reading_order(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    yesterday = DATE - DAY
    new = [
        stored(1, "B1"),
        stored(2, "A10"),
        stored(9, "A2"),
        stored(3, "A2"),
        stored(1, "A1", yesterday),
        stored(1, "A1", yesterday - DAY),
    ]
    with store.begin() as connection:
        put(connection, *new)
        found = articles.window(connection, "river", None, 2)
        latest = articles.latest(connection, "river", None, 5)
    assert keys(found) == keys([new[3], new[2], new[1], new[0], new[4]])
    assert latest == found


def test_a_section_window_counts_the_editions_that_hold_the_section(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    """A weekly page's feed is not empty on the other six days."""
    weekly = stored(1, "B1", DATE - 7 * DAY, "books")
    older = stored(1, "B1", DATE - 14 * DAY, "books")
    daily = [stored(1, "A1", DATE - number * DAY) for number in range(7)]
    with store.begin() as connection:
        put(connection, weekly, older, *daily)
        assert keys(articles.window(connection, "river", "books", 1)) == [weekly.key]
        assert keys(articles.latest(connection, "river", "books", 9)) == [weekly.key, older.key]
        assert articles.window(connection, "river", "sport", 3) == ()
        assert articles.window(connection, "lake", None, 3) == ()
        assert articles.counts(connection, "river") == {
            "books": {"live": 2},
            "city": {"live": 7},
        }


def test_what_is_withdrawn_is_not_counted_and_no_article_is_read_for_it(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    all = [stored(number) for number in range(1, 6)]
    with store.begin() as connection:
        put(connection, *all, stored(1, "B1", DATE, "books"))
        articles.suspect(connection, [all[0].key])
        articles.withdraw(connection, [all[1].key], now, "an error")
        assert articles.count(connection, "river", "city") == 4
        assert articles.count(connection, "river", "sport") == 0
        if store.url.startswith("sqlite"):
            for state in ("", " AND state = 'withdrawn'"):
                query = "SELECT count(*) FROM articles WHERE paper = 'r' AND section = 's'"
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}{state}").all()
                wanted = "ix_articles_withdrawn" if state else "COVERING INDEX"
                assert plan[0][3].startswith("SEARCH articles USING")
                assert wanted in plan[0][3]


def test_hundreds_of_articles_go_in_at_once(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    new = [stored(number) for number in range(1, articles.BATCH * 2 + 2)]
    with store.begin() as connection:
        put(connection, *new)
        assert articles.of_edition(connection, "river", DATE) == tuple(new)
        assert articles.suspect(connection, keys(new)) == len(new)


def test_reading_again_writes_nothing(
    store: Store, stored: Stored, put: Callable[..., None], edition: Callable[..., Edition]
) -> None:
    """Not one row: the database counts its changes itself."""
    new = [stored(1), stored(2)]
    later = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
    with store.begin() as connection:
        put(connection, *new)
        before = changes_made(connection)
        for article in new:
            assert not articles.move(connection, article)
            assert not articles.revise(connection, article, later, "")
        assert not editions.save(connection, "river", edition("A1"), {}, later)
        assert changes_made(connection) == before


def changes_made(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        return connection.execute(text("SELECT total_changes()")).scalar_one()
    counters = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
    return connection.execute(text(counters)).scalar_one()


QUERIES: dict[str, Callable[[Connection], object]] = {
    "window": lambda c: articles.window(c, "river", "city", 3),
    "window of all": lambda c: articles.window(c, "river", None, 3),
    "latest": lambda c: articles.latest(c, "river", "city", 9),
    "of_edition": lambda c: articles.of_edition(c, "river", DATE),
    "newest": lambda c: editions.newest(c, "river", 3),
    "suspect": lambda c: articles.suspect(c, ["river-20260302-a10001"]),
}


def steps(connection: Connection, query: Callable[[Connection], object]) -> int:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1

    driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(tick, 1)
    query(connection)
    driver.set_progress_handler(None, 1)
    return ticks


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_costs_the_same_in_a_big_archive(
    store: Store,
    stored: Stored,
    put: Callable[..., None],
    query: Callable[[Connection], object],
) -> None:
    """Counts the steps of SQLite's virtual machine, so no clock decides."""

    def archive(start: int, end: int) -> list[StoredArticle]:
        return [
            stored(number, "A1", DATE - day * DAY)
            for day in range(start, end)
            for number in range(1, 4)
        ]

    with store.begin() as connection:
        put(connection, *archive(0, 5))
        small = steps(connection, query)
        put(connection, *archive(5, 300))
        assert steps(connection, query) <= small * 1.2 + 50


def test_a_correction_is_a_version_with_a_remark(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    article = stored(1)
    later = replace(article, revision=2, updated=article.updated + DAY)
    with store.begin() as connection:
        put(connection, article)
        assert articles.correct(connection, later, now, "票价应为两元。")
        assert articles.get(connection, article.key) == later
        first, second = articles.history(connection, article.key)
    assert (first.remark, second.remark, second.note) == (None, "票价应为两元。", "")
    assert first.article == second.article


def test_a_withdrawn_article_takes_no_correction(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    article = stored(1)
    with store.begin() as connection:
        put(connection, article)
        articles.withdraw(connection, [article.key], now, "来源不实。")
        assert not articles.correct(connection, replace(article, revision=2), now, "又来")
        found = articles.get(connection, article.key)
        assert found is not None
        assert (found.updated, found.reason, found.revision) == (now, "来源不实。", 1)
        assert len(articles.history(connection, article.key)) == 1


def test_notices_tell_the_newest_first_and_of_a_withdrawn_article_only_that(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    one, other, gone = stored(1), stored(2), stored(3)
    with store.begin() as connection:
        put(connection, one, other, gone)
        articles.revise(connection, edited(one, "改题"), now + DAY, "headline, body")
        articles.revise(connection, edited(gone, "改题"), now + DAY, "headline")
        articles.correct(connection, replace(other, revision=2), now + 2 * DAY, "人名有误。")
        articles.withdraw(connection, [gone.key], now + 3 * DAY, "来源不实。")
        found = articles.notices(connection, "river", 9)
        assert articles.notices(connection, "river", 1) == found[:1]
        assert articles.notices(connection, "nobody", 9) == ()
    assert [(n.kind, n.stored.key, n.number, n.parts, n.text) for n in found] == [
        ("withdrawal", gone.key, 1 + 1, (), "来源不实。"),
        ("correction", other.key, 2, (), "人名有误。"),
        ("revision", one.key, 2, ("headline", "body"), ""),
    ]


def test_what_was_withdrawn_is_found_by_section_and_time(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    article = stored(1)
    with store.begin() as connection:
        put(connection, article, stored(2))
        articles.withdraw(connection, [article.key], now, "")
        for section, since, count in (
            (None, now, 1),
            (article.section, now, 1),
            ("elsewhere", now, 0),
            (None, now + DAY, 0),
        ):
            assert len(articles.withdrawn(connection, "river", section, since)) == count


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_notices_do_not_read_the_archive(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[str] = []
    execute = Connection.execute

    def explained(self: Connection, statement, *more):  # type: ignore[no-untyped-def]
        text = statement.compile(self, compile_kwargs={"literal_binds": True})
        rows = self.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")
        plans.extend(row[3] for row in rows)
        return execute(self, statement, *more)

    with store.read() as connection:
        monkeypatch.setattr(Connection, "execute", explained)
        articles.notices(connection, "river", 50)
    assert any("ix_articles_withdrawn" in plan for plan in plans), plans
    assert any("ix_revisions_later" in plan for plan in plans), plans
    assert sum("TEMP B-TREE" in plan for plan in plans) == 1, plans  # of the few withdrawn
