"""Replies, complaints and blocks in the editor's hands."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main
from bridge.model import Reply, Report
from bridge.pipeline.moderate import name
from bridge.store import Store, open_store, replies, reports

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_database: None) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "220")

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    assert run("init", ".", "--id", "tide", "--title", "Tide").exit_code == 0
    assert run("replies").stdout == "nobody replied yet\n"
    return run


@pytest.fixture
def reply(now: dt.datetime) -> Reply:
    return Reply(
        id="https://one.example/notes/1",
        key="tide-20260301-000001",
        account="tide_all",
        actor="https://one.example/users/mei",
        name="mei@one.example",
        url="https://one.example/@mei/1",
        content="<p>When does it <em>sail</em>?</p><p>Twice?</p>",
        language="en",
        published=now,
        received=now,
        public=True,
    )


@pytest.fixture
def store(run: Run, reply: Reply, now: dt.datetime) -> Iterator[Store]:
    opened = open_store("sqlite:///data/broadsheet.db")
    with opened.begin() as connection:
        replies.add(connection, reply)
        private = replace(reply, id="https://one.example/notes/2", public=False)
        replies.add(connection, private)
        report = Report(
            id="https://one.example/flags/1",
            actor="https://one.example/actor",
            objects=("http://127.0.0.1:8400/ap/o/tide-20260301-000001",),
            content="Wrong name",
            received=now,
        )
        reports.add(connection, report)
    yield opened
    opened.close()


def test_replies_are_listed_shown_and_decided(run: Run, store: Store, reply: Reply) -> None:
    listed = run("replies", "--state", "held").stdout
    assert f"{name(reply)}  held " in listed
    assert "When does it sail? Twice?" in listed
    assert "held, private" in listed
    assert "2 held" in listed
    shown = run("replies", "show", name(reply)).stdout
    assert "mei@one.example" in shown
    assert shown.endswith("When does it sail?\nTwice?\n")
    assert run("replies", "approve", name(reply)).stdout.startswith("approved: mei@one.example")
    assert run("replies", "reject", reply.id).exit_code == 0
    assert "1 held · 1 rejected" in run("replies").stdout


def test_what_was_private_is_not_approved(run: Run, store: Store) -> None:
    done = run("replies", "approve", "https://one.example/notes/2")
    assert done.exit_code == 1
    assert "not said in public" in done.output


def test_complaints_are_listed_and_closed(run: Run, store: Store) -> None:
    assert "Wrong name" in run("reports").stdout
    assert run("reports", "close", "1", "--note", "corrected").exit_code == 0
    assert run("reports", "--state", "open").stdout == "no complaints\n"
    assert "corrected" in run("reports").stdout
    assert run("reports", "close", "9").exit_code == 1


def test_blocks_are_made_listed_lifted_and_exchanged(run: Run, store: Store) -> None:
    assert run("block").stdout == "the list is empty\n"
    assert run("block", "add", "Spam.example", "--comment", "ads").stdout == (
        "spam.example: suspend\n"
    )
    run("block", "add", "loud.example", "--silence")
    run("allow", "good.example")
    listed = run("block").stdout
    for words in ("spam.example", "loud.example  silence", "good.example  allow"):
        assert words in listed
    exported = run("block", "export").stdout
    assert exported.splitlines()[1:] == [
        "loud.example,silence,False,False,,False",
        "spam.example,suspend,False,False,ads,False",
    ]
    assert run("block", "remove", "spam.example").exit_code == 0
    assert run("block", "remove", "spam.example").exit_code == 1
    Path("list.csv").write_text(exported)
    assert run("block", "import", "list.csv").stdout == "1 added, 1 skipped\n"


def test_a_list_that_is_no_list(run: Run, store: Store) -> None:
    Path("list.csv").write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in run("block", "import", "list.csv").output
    Path("list.csv").write_text("two words\n")
    done = run("block", "import", "list.csv")
    assert done.exit_code == 2
    assert "line 1" in done.output
