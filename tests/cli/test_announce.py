"""`broadsheet announce`: seen before it is done, done once."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main
from bridge.model import Article, Edition, Follower, Provenance, StoredArticle, Title
from bridge.store import Store, articles, deliveries, editions, followers, open_store

Run = Callable[..., Result]
DATE = dt.date(2026, 3, 1)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_database: None) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    assert run("init", ".", "--id", "tide", "--title", "Tide").exit_code == 0
    return run


@pytest.fixture
def store(run: Run) -> Iterator[Store]:
    """The deployment's database, with an edition of two articles that came in just now."""
    assert run("deliveries").exit_code == 0
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    section = _section()
    opened = open_store("sqlite:///data/broadsheet.db")
    edition = Edition(
        paper=Title(id="tide", title="Tide", title_latin=None, language="en"), date=DATE
    )
    with opened.begin() as connection:
        editions.save(connection, "tide", edition, {}, now)
        found = [_article(number, section, now) for number in (1, 2)]
        articles.insert_all(connection, found, now)
    yield opened
    opened.close()


def _section() -> str:
    text = next(Path("config/papers").glob("*.toml")).read_text()
    return text.split('slug = "')[1].split('"')[0]


def _article(number: int, section: str, now: dt.datetime) -> StoredArticle:
    article = Article(
        order=number,
        pages=("A1",),
        section=section,
        kind="news",
        headline=f"Ferry number {number} sails again",
        language="en",
        source=Provenance(file="A1.txt"),
    )
    return StoredArticle(
        key=f"tide-20260301-{number:06}",
        paper="tide",
        date=DATE,
        section=section,
        article=article,
        summary="",
        published=now,
        updated=now,
        first_seen=now,
        revision=1,
        state="live",
    )


def follow(store: Store, *people: str) -> None:
    with store.begin() as connection:
        for person in people:
            one = Follower(
                actor=f"tide_{_section()}",
                id=f"https://one.example/users/{person}",
                inbox=f"https://one.example/users/{person}/inbox",
                shared_inbox="https://one.example/inbox",
                follow=f"https://one.example/{person}/follow",
                since=dt.datetime.now(dt.UTC),
            )
            followers.put(connection, one)


def _moment(line: str) -> dt.datetime:
    return dt.datetime.strptime(f"2026-{line[:11]}+0000", "%Y-%m-%d %H:%M%z")


def test_a_dry_run_shows_what_would_go_to_whom_and_when_and_changes_nothing(
    run: Run, store: Store
) -> None:
    follow(store, "mei", "lin")
    for _ in range(2):
        shown = run("announce", "--dry-run")
        assert shown.exit_code == 0
        lines = shown.stdout.splitlines()
        assert lines[0].split() == ["when", "account", "what", "about", "followers", "servers"]
        assert "Create (Note)" in lines[1]
        assert "Ferry number 1 sails again" in lines[1]
        assert lines[1].split()[-2:] == ["2", "1"]
        first, second = (_moment(line) for line in lines[1:3])
        assert dt.timedelta(minutes=4) <= second - first <= dt.timedelta(minutes=6)
        assert "2 would be announced" in lines[-1]
    with store.read() as connection:
        assert deliveries.counts(connection) == {}


def test_it_is_done_once(run: Run, store: Store) -> None:
    follow(store, "mei")
    assert "2 announced, 0 planned before" in run("announce", "tide").stdout
    again = run("announce", "tide", "--date", "2026-03-01").stdout
    assert "planned before" in again
    assert "0 announced, 1 planned before" in again


def test_now_leaves_the_pace_aside(run: Run, store: Store) -> None:
    follow(store, "mei")
    lines = run("announce", "--now").stdout.splitlines()
    assert lines[1][:11] == lines[2][:11]
    assert "0 announced, 0 planned before" in run("announce").stdout


def test_where_nobody_follows_it_says_so(run: Run, store: Store) -> None:
    said = run("announce").stdout
    assert "0 announced" in said
    assert f"nobody follows @tide_{_section()}" in said


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("announce", "ebb"), 'no paper has the id "ebb"'),
        (("announce", "--date", "2026-03-02"), "there is no such edition"),
        (("announce", "--date", "soon"), "does not match"),
    ],
)
def test_what_cannot_be_announced(
    run: Run, store: Store, words: tuple[str, ...], what: str
) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert what in done.output


def test_before_the_first_edition(run: Run) -> None:
    done = run("announce")
    assert done.exit_code == 1
    assert "nothing was ever taken in" in done.output


def test_without_accounts(run: Run, store: Store) -> None:
    main_file = Path("config/bridge.toml")
    text = main_file.read_text()
    main_file.write_text(
        text + "\n[federation]\nenabled = false\n"
        if "[federation]" not in text
        else text.replace("[federation]", "[federation]\nenabled = false", 1)
    )
    done = run("announce")
    assert done.exit_code == 1
    assert "there are no accounts" in done.output
