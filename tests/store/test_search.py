"""Search on both databases: the same articles in the same order, from one character on."""

import datetime as dt
import importlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from bridge.model import Dateline, Edition, Paragraph, StoredArticle
from bridge.model.query import QueryError, parse
from bridge.store import Connection, Store, articles, editions, search, search_index
from bridge.store.search import Wanted

Stored = Callable[..., StoredArticle]
DATE = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
EVERYWHERE = (("river", None),)


@pytest.fixture
def put(edition: Callable[..., Edition], now: dt.datetime) -> Callable[..., None]:
    """Store articles together with their editions."""

    def put(connection: Connection, *new: StoredArticle) -> None:
        for paper, date in sorted({(article.paper, article.date) for article in new}):
            editions.save(connection, paper, edition("A1", date=date), {}, now)
        articles.insert_all(connection, new, now)

    return put


def saying(stored: StoredArticle, *paragraphs: str, headline: str = "标题") -> StoredArticle:
    body = tuple(Paragraph(kind="paragraph", text=text) for text in paragraphs)
    bare = replace(stored.article, photos=(), byline=(), dateline=Dateline())
    article = replace(bare, headline=headline, body=body)
    return replace(stored, article=article)


def found(connection: Connection, query: str, *, limit: int = 50, **where: object) -> list[str]:
    wanted = Wanted(query=parse(query), **({"scopes": EVERYWHERE} | where))  # type: ignore[arg-type]
    return [one.key for one in search.find(connection, wanted, limit).articles]


TEXTS = (
    "两岸十二个渡口同步改造，渡船改为电动。",
    "渡口的船停了，岸上的人两两散去。",
    "臺北與廈門之間的輪渡恢復通航。",
    "The ferry “River Maid” carries 1,200 people; café on board.",
    "新渡船：全長二十米，可載一百人。",
)

CASES = (
    ("渡", (0, 1, 2, 4)),  # one character
    ("渡口", (0, 1)),  # a word of two characters, where they stand side by side
    ("两岸", (0,)),
    ("岸两", ()),
    ("十二个渡口", (0,)),
    ("两 岸", (0, 1)),  # apart: two words
    ("口同步改", (0,)),
    ("同步渡口", ()),
    ("台北", (2,)),  # simplified finds traditional
    ("臺北", (2,)),
    ("厦门 轮渡", (2,)),
    ("全长", (4,)),
    ("ferry", (3,)),
    ("FERRY river", (3,)),
    ("ｆｅｒｒｙ", (3,)),  # full width
    ("cafe", (3,)),
    ("ferr", ()),  # words are whole
    ('"river maid carries"', (3,)),
    ('"maid river"', ()),
    ("1200", ()),
    ("1,200", (3,)),
    ("渡口 -散去", (0,)),
    ("渡 -口 -船", (2,)),
    ("厦门 OR 电动", (0, 2)),
    ("厦门 OR 散去 渡口", (1,)),
    ("“渡船”", (0, 4)),
    ("没有的词", ()),
)


@pytest.fixture
def filled(store: Store, stored: Stored, put: Callable[..., None]) -> Store:
    with store.begin() as connection:
        put(connection, *(saying(stored(n + 1), text) for n, text in enumerate(TEXTS)))
    return store


def test_a_query_finds_exactly_what_says_it(filled: Store, stored: Stored) -> None:
    with filled.read() as connection:
        answers = {query: found(connection, query) for query, _ in CASES}
    assert answers == {query: [stored(n + 1).key for n in numbers] for query, numbers in CASES}


def test_every_text_of_an_article_is_looked_through_and_no_phrase_joins_two(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    article = stored(1)
    with store.begin() as connection:
        put(connection, article)
        for query in ("春江水暖", "周远", "江畔晨报", "江城", "江面", "林舟", "缓缓"):
            assert found(connection, query) == [article.key], query
        assert found(connection, "林舟缓缓") == []
        assert found(connection, "流过江面") == []


def test_no_phrase_reaches_from_one_paragraph_into_the_next(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    with store.begin() as connection:
        put(connection, saying(stored(1), "船到", "岸边"))
        assert found(connection, "到岸") == []
        assert found(connection, "船到") == [stored(1).key]


def test_a_character_that_stands_a_thousand_times_hides_no_phrase(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    """PostgreSQL's own text search keeps 256 places of a word and none behind 16,383."""
    long = "的船" * 400 + "的桥" * 20_000 + "的人，的确如此"
    with store.begin() as connection:
        put(connection, saying(stored(1), long))
        for query in ("的人", "的确如此", "桥的人", "船的船的船"):
            assert found(connection, query) == [stored(1).key], query
        assert found(connection, "的人的") == [stored(1).key]
        assert found(connection, "确的") == []


def test_the_newest_edition_comes_first_and_inside_it_the_reading_order(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    new = [
        stored(1, "B1"),
        stored(2, "A10"),
        stored(9, "A2"),
        stored(3, "A2"),
        stored(1, "A1", DATE - DAY),
        stored(1, "A1", DATE + DAY),
    ]
    with store.begin() as connection:
        put(connection, *new)
        assert found(connection, "江水") == [new[n].key for n in (5, 3, 2, 1, 0, 4)]
        assert found(connection, "江水", limit=2) == [new[5].key, new[3].key]
        wanted = Wanted(query=parse("江水"), scopes=EVERYWHERE)
        page = search.find(connection, wanted, 2, 2, counted=5)
        assert [one.key for one in page.articles] == [new[2].key, new[1].key]
        assert page.total == 5
        assert search.find(connection, wanted, 2, 90).articles == ()


def test_dates_and_scopes_narrow_a_search(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    day = [stored(1, "A1", DATE - number * DAY) for number in range(4)]
    sport = stored(2, "A2", DATE, "sport")
    lake = replace(stored(1), paper="lake", key="lake-20260302-000001")
    with store.begin() as connection:
        put(connection, *day, sport, lake)
        since = found(connection, "江水", since=DATE - DAY)
        assert since == [day[0].key, sport.key, day[1].key]
        until = found(connection, "江水", until=DATE - 2 * DAY)
        assert until == [day[2].key, day[3].key]
        one = found(connection, "江水", since=DATE - DAY, until=DATE - DAY)
        assert one == [day[1].key]
        assert found(connection, "江水", scopes=(("river", "sport"),)) == [sport.key]
        assert found(connection, "江水", scopes=(("lake", None),)) == [lake.key]
        both = found(connection, "江水", scopes=(("lake", None), ("river", "sport")))
        assert set(both) == {lake.key, sport.key}
        assert found(connection, "江水", scopes=(("river", "spor"),)) == []
        assert len(found(connection, "江水", scopes=())) == 6
        assert found(connection, "sport") == []


def test_a_correction_is_found_as_it_reads_now(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    before = saying(stored(1), "船停在东岸。")
    after = replace(saying(before, "船停在西岸。"), revision=2, updated=now)
    with store.begin() as connection:
        put(connection, before)
        articles.revise(connection, after, now, "body")
        assert found(connection, "东岸") == []
        assert found(connection, "西岸") == [before.key]


def test_a_moved_article_is_found_where_it_stands_now(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    first, second = stored(1), stored(2)
    behind = replace(
        first, section="region", article=replace(first.article, order=3, section="region")
    )
    with store.begin() as connection:
        put(connection, first, second)
        articles.move(connection, behind)
        assert found(connection, "江水") == [second.key, first.key]
        assert found(connection, "江水", scopes=(("river", "region"),)) == [first.key]
        assert found(connection, "江水", scopes=(("river", "city"),)) == [second.key]


def test_what_is_withdrawn_is_not_found_and_what_is_suspected_is(
    store: Store, stored: Stored, put: Callable[..., None], now: dt.datetime
) -> None:
    gone, kept = stored(1), stored(2)
    with store.begin() as connection:
        put(connection, gone, kept)
        articles.suspect(connection, [kept.key])
        articles.withdraw(connection, [gone.key], now, "an error")
        assert found(connection, "江水") == [kept.key]


def test_an_undone_transaction_leaves_no_word_behind(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    def fail() -> None:
        with store.begin() as connection:
            put(connection, stored(1))
            assert found(connection, "江水") == [stored(1).key]
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    with store.read() as connection:
        assert found(connection, "江水") == []


def test_articles_of_one_position_each_have_a_place(
    store: Store, stored: Stored, put: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two papers have an article at the top of page one every day; here even the hash ties."""
    monkeypatch.setattr(search_index.zlib, "crc32", lambda _: 4095)
    twins = [
        replace(stored(1), key=f"river-20260302-{n:06}", paper="river" if n % 2 else "lake")
        for n in range(7)
    ]
    with store.begin() as connection:
        put(connection, *twins[:3])
        put(connection, *twins[3:])
        scopes = (("river", None), ("lake", None))
        assert set(found(connection, "江水", scopes=scopes)) == {one.key for one in twins}


def test_the_index_is_made_anew_from_the_articles(filled: Store, stored: Stored) -> None:
    def lose(connection: Connection) -> None:
        connection.execute(text("DELETE FROM search_entries WHERE key LIKE '%1'"))
        if connection.dialect.name == "sqlite":
            connection.execute(text("UPDATE search_entries SET terms = ' x '"))

    with filled.begin() as connection:
        whole = [found(connection, query) for query, _ in CASES]
        assert search.rebuild(connection) == (len(TEXTS), 0)
        lose(connection)
        assert found(connection, "渡口") != [stored(1).key, stored(2).key]
        total, changed = search.rebuild(connection)
        assert total == len(TEXTS)
        assert changed >= 1
        assert [found(connection, query) for query, _ in CASES] == whole


HOSTILE = (
    '"',
    '""" OR 1=1 --',
    "terms : 渡",
    "渡* NEAR(口, 5)",
    "^渡 + 口",
    "渡口) OR (search_index",
    "{a b}: x",
    "AND OR NOT",
    "'; DROP TABLE articles; --",
    "渡\0口",
    "渡口",
    "\ud800渡",
    "\ue000",
    "\ue001river",
    "river",
    "%_\\",
    "-",
    "- - -",
    "“„«»」",
    "渡" * 256,
    " ".join("渡" * 16),
)


def test_a_hostile_query_is_a_query_like_any_other(filled: Store) -> None:
    """Nothing in a query is syntax of a database (security no. 44)."""
    answers = {}
    with filled.read() as connection:
        for query in HOSTILE:
            try:
                answers[query] = found(connection, query)
            except QueryError as error:
                answers[query] = error.reason
        everything = found(connection, "-没有 " + " OR ".join("渡 the 船 新".split()))
    for query, answer in answers.items():
        assert answer in ("empty", "or", "negative") or set(answer) <= set(everything), query
    assert answers["渡\0口"] == answers["渡口"] != []
    assert answers["\ue001river"] == answers["river"] != []  # a word, no scope


def test_random_queries_find_what_plain_reading_finds(
    store: Store, stored: Stored, put: Callable[..., None]
) -> None:
    """Phrases of a tiny alphabet, so that false neighbours abound."""
    draw = random.Random(7)
    texts = ["".join(draw.choices("江水船桥", k=draw.randint(3, 14))) for _ in range(60)]
    made = [saying(stored(n + 1), text) for n, text in enumerate(texts)]
    with store.begin() as connection:
        put(connection, *made)
        for _ in range(120):
            phrase = "".join(draw.choices("江水船桥", k=draw.randint(1, 5)))
            other = "".join(draw.choices("江水船桥", k=draw.randint(1, 3)))
            both = plain(made, lambda said, p=phrase, o=other: p in said and o in said)
            assert found(connection, f"{phrase} {other}", limit=99) == both
            without = plain(made, lambda said, p=phrase, o=other: p in said and o not in said)
            assert found(connection, f"{phrase} -{other}", limit=99) == without


def plain(made: Sequence[StoredArticle], fits: Callable[[str], bool]) -> list[str]:
    return [one.key for one in made if fits(one.article.body[0].text)]


def test_the_upgrade_lets_search_find_what_was_there_before(
    filled: Store, stored: Stored
) -> None:
    step = importlib.import_module("bridge.store.migrations.versions.0009_search")
    with filled.begin() as connection:
        articles.withdraw(connection, [stored(1).key], stored(1).updated, "an error")
        connection.execute(text("DELETE FROM search_entries"))
        assert found(connection, "渡") == []
        step._fill(connection)
        assert found(connection, "渡") == [stored(n).key for n in (2, 3, 5)]
