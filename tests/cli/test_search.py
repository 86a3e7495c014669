"""`broadsheet search`: the archive at the terminal."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main

PAGE = """\
潮声晚报

2026年3月1日

星期日

A1

老渡口的钟重新走了起来

本报讯（记者 沈听澜）停摆六年的老渡口大钟昨天上午十点重新敲响，江边晨练的人都停下来听。修钟师傅
说，齿轮一个没换，只是把里面的泥沙洗净，再上了三遍油。

江堤新栽四百棵乌桕

本报讯（记者 何雨舟）园林队本周在江堤上栽下四百棵乌桕，到秋天江边会有一条红色的路。
"""

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployment with one page taken in; the tests leave it as it was."""
    root = tmp_path_factory.mktemp("tide")
    page = root / "A1.txt"
    page.write_text(PAGE, encoding="utf-8")
    given = CliRunner().invoke(main, ("init", str(root), "--id", "tide", "--title", "潮声晚报"))
    assert given.exit_code == 0
    config = str(root / "config" / "bridge.toml")
    assert CliRunner().invoke(main, ("-c", config, "ingest", str(page))).exit_code == 0
    return root


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(place)
    for name in ("BROADSHEET_CONFIG", "BROADSHEET_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: CliRunner().invoke(main, words)


def test_what_is_found_is_listed_with_where_it_stands(run: Run) -> None:
    found = run("search", "老渡口")
    assert found.exit_code == 0
    assert "2026-03-01" in found.stdout
    assert "老渡口的钟重新走了起来" in found.stdout
    assert "乌桕" not in found.stdout
    assert run("search", "江边", "-渡口").exit_code == 2  # click takes it for an option
    left = run("search", "--", "江边", "-渡口")
    assert "四百棵乌桕" in left.stdout
    assert "渡口" not in left.stdout


def test_each_article_is_a_json_object_a_line(run: Run) -> None:
    found = [json.loads(line) for line in run("search", "江边", "--json").stdout.splitlines()]
    assert [one["headline"] for one in found] == [
        "老渡口的钟重新走了起来",
        "江堤新栽四百棵乌桕",
    ]
    assert found[0]["url"].endswith(f"/tide/a/{found[0]['key']}.html")
    assert len(run("search", "江边", "--json", "--limit", "1").stdout.splitlines()) == 1


def test_paper_section_and_dates_narrow_it(run: Run) -> None:
    (section,) = {
        json.loads(line)["section"]
        for line in run("search", "江边", "--json").stdout.splitlines()
    }
    for words in (
        ("--paper", "tide"),
        ("--section", section),
        ("--since", "2026-03-01", "--until", "2026-03-01"),
    ):
        assert len(run("search", "江边", "--json", *words).stdout.splitlines()) == 2, words
    none = run("search", "江边", "--since", "2026-03-02")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "nothing found\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Missing argument"),
        (("？",), "there is no word in it"),
        (("江", "--paper", "lake"), "there is no such paper or section"),
        (("江", "--since", "yesterday"), "does not match the format"),
    ],
)
def test_a_search_that_cannot_be_answered_says_why(
    run: Run, words: tuple[str, ...], told: str
) -> None:
    refused = run("search", *words)
    assert refused.exit_code == 2
    assert told in refused.stderr


def test_a_lost_index_is_made_anew(run: Run) -> None:
    (database,) = Path.cwd().rglob("broadsheet.db")
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM search_entries")
    connection.close()
    assert run("search", "渡口").stdout == ""
    again = run("search", "--rebuild", "渡口")
    assert again.exit_code == 0
    assert "2 articles in the index, 2 of them new or changed" in again.stderr
    assert "老渡口" in again.stdout
