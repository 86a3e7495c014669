"""The command as a person meets it: what it prints, where, and how it exits."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import COMMANDS, examine, main, preview
from bridge.cli.overview import holder

PAGE = """\
潮声晚报

2026年3月1日

星期日

A1

老渡口的钟重新走了起来

本报讯（记者 沈听澜）停摆六年的老渡口大钟昨天上午十点重新敲响，江边晨练的人都停下来听。修钟师傅
说，齿轮一个没换，只是把里面的泥沙洗净，再上了三遍油。

钟声每小时响一次，夜里十点以后不响，免得吵了两岸的住户。

江堤新栽四百棵乌桕

本报讯（记者 何雨舟）园林队本周在江堤上栽下四百棵乌桕，到秋天江边会有一条红色的路。
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("BROADSHEET_CONFIG", "BROADSHEET_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return run


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "A1.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def house(run, tmp_path: Path) -> Path:
    """A deployment made by `init`, in the current folder."""
    assert run("init", ".", "--id", "tide", "--title", "潮声晚报").exit_code == 0
    return tmp_path


def test_init_names_everything_after_the_paper(run, tmp_path: Path) -> None:
    assert run("init", "desk", "--id", "tide", "--title", "Tide").exit_code == 0
    paper = (tmp_path / "desk/config/papers/tide.toml").read_text("utf-8")
    assert '\npath = "incoming/tide"\n' in paper
    assert (tmp_path / "desk/incoming/tide").is_dir()


def test_init_refuses_an_id_that_check_would_refuse(run, tmp_path: Path) -> None:
    done = run("init", "desk", "--id", "The Tide", "--title", "Tide")
    assert done.exit_code == 2
    assert "is not a short name; a-z, 0-9" in done.output
    assert not (tmp_path / "desk").exists()


def test_help_needs_click_only():
    """`--help` and completion must answer at once; the heavy libraries take a second."""
    code = "import sys; from bridge.cli import main; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"sqlalchemy", "dbos", "flask", "pydantic", "lxml", "requests", "granian", "rich"}
    assert heavy & set(done.stdout.split()) == set()


def test_every_verb_has_a_sentence(run):
    listed = run("--help").output
    for command in COMMANDS:
        assert command.name in listed
        assert command.get_short_help_str()
        assert run(*([command.name, "--help"])).exit_code == 0


def test_inspect_shows_what_an_editor_would_see(run, page):
    shown = run("inspect", str(page))
    assert shown.exit_code == 0, shown.output
    assert "潮声晚报 · 2026-03-01 · 星期日" in shown.output
    assert "老渡口的钟重新走了起来" in shown.output
    assert "2 articles" in shown.output


def test_inspect_prints_the_edition_as_json_on_stdout_alone(run, page):
    edition = json.loads(run("inspect", str(page), "--json").stdout)
    assert edition["schema"] == "broadsheet-edition/1"
    assert [article["headline"] for article in edition["articles"]] == [
        "老渡口的钟重新走了起来",
        "江堤新栽四百棵乌桕",
    ]


def test_the_json_is_an_input_form_as_well(run, page, tmp_path):
    first = run("inspect", str(page), "--json").stdout
    (tmp_path / "edition.json").write_text(first, encoding="utf-8")
    again = json.loads(run("inspect", "edition.json", "--json").stdout)
    assert again["articles"] == json.loads(first)["articles"]


def test_a_date_may_be_given_for_a_page_that_has_none(run, tmp_path):
    undated = PAGE.replace("2026年3月1日\n\n星期日\n", "")
    (tmp_path / "front.txt").write_text(undated, encoding="utf-8")
    refused = run("inspect", "front.txt")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "front.txt: no date of the edition was found" in refused.stderr
    given = run("inspect", "front.txt", "--date", "2026-03-01", "--json")
    assert json.loads(given.stdout)["date"] == "2026-03-01"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\x02" * 100, "binary"),
        (b"%PDF-1.7 broken", ""),
        (b'{"schema": "something else"}', ""),
    ],
)
def test_unusable_input_exits_2_with_one_line(run, tmp_path, content, reason):
    (tmp_path / "page.txt").write_bytes(content)
    done = run("inspect", "page.txt")
    assert (done.exit_code, done.stdout) == (2, "")
    assert reason in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_try_writes_the_whole_site_for_a_look(page, tmp_path):
    edition = examine._read((str(page),), None)
    start = preview.write(edition, tmp_path / "site", dt.datetime.now(dt.UTC))
    shown = (tmp_path / "site" / start / "index.html").read_text("utf-8")
    assert "江堤新栽四百棵乌桕" in shown
    assert len(list((tmp_path / "site" / start / "a").glob("*.html"))) == 2


def test_init_makes_a_folder_that_check_accepts(run, house):
    done = run("check")
    assert done.exit_code == 0, done.output
    assert "潮声晚报 (tide)" in done.output
    again = run("init", ".", "--id", "tide")
    assert again.exit_code == 1
    assert "is there already" in again.stderr


def test_a_broken_config_exits_10_and_names_every_problem(run, house):
    paper = house / "config/papers/tide.toml"
    text = paper.read_text("utf-8").replace("settle =", "setle =").replace('= "5s"', '= "soon"')
    paper.write_text(text.replace("# setle", "setle") + '\nhedline = "x"\n', encoding="utf-8")
    done = run("check")
    assert done.exit_code == 10
    assert 'did you mean "settle"?' in done.stderr
    assert "hedline" in done.stderr


def test_ingest_publishes_and_says_what_it_did(run, house, page):
    done = run("ingest", str(page))
    assert done.exit_code == 0, done.stderr
    assert "tide: 2 new" in done.stdout
    feed = house / "feeds/tide/all/rss.xml"
    assert "老渡口的钟重新走了起来" in feed.read_text("utf-8")
    before = feed.stat()
    again = run("ingest", str(page))
    assert (again.exit_code, again.stdout) == (0, "tide: 1 unchanged; 0 files written\n")
    assert feed.stat() == before


def test_deleted_feeds_come_back_byte_for_byte(run, house, page):
    """Security no. 102: the output is derived."""
    run("ingest", str(page))
    feeds = house / "feeds"

    def content() -> dict[str, bytes]:
        files = (path for path in feeds.rglob("*") if path.is_file())
        public = (path for path in files if ".manifest" not in path.parts)
        return {str(path): path.read_bytes() for path in public}

    before = content()
    feeds.rename(house / "gone")
    assert run("publish", "--all").exit_code == 0
    assert content() == before


def test_ingest_exits_2_for_nothing_usable_and_3_for_some(run, house, page, tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"")
    nothing = run("ingest", "bad.txt")
    assert nothing.exit_code == 2
    assert "refused bad.txt: the file is empty [empty]" in nothing.stderr
    assert run("ingest", str(page), "bad.txt").exit_code == 3


def test_status_tells_the_whole_state(run, house, page):
    assert "no edition yet" in run("status").stdout
    run("ingest", str(page))
    (house / "bad.txt").write_bytes(b"")
    run("ingest", "bad.txt")
    done = run("status")
    assert done.exit_code == 3, "a document was set aside"
    assert "○ daemon not running" in done.stdout
    assert "2026-03-01 · 星期日" in done.stdout
    assert "bad.txt  quarantined: the file is empty [empty]" in done.stdout
    lines = [json.loads(line) for line in run("status", "--json").stdout.splitlines()]
    kinds = [line["message_type"] for line in lines]
    assert kinds == ["daemon", "paper", "source", "source", "document", "fediverse"]


def test_runs_editions_followers_and_deliveries_are_tables(run, house, page):
    run("ingest", str(page))
    assert "2 new" in run("runs").stdout
    assert "2026-03-01" in run("editions").stdout
    assert "tide_" in run("followers").stdout
    assert "nothing sent yet" in run("deliveries").stdout


def test_an_unknown_paper_is_answered_with_the_known_ones(run, house, page):
    done = run("ingest", str(page), "--paper", "tidd")
    assert done.exit_code == 1
    assert 'no paper has the id "tidd"; papers in the config: tide' in done.stderr


def test_nobody_holds_a_lock_file_that_is_not_there(tmp_path):
    assert holder(tmp_path / "daemon.lock") is None


def test_config_says_where_each_value_comes_from(run, house, monkeypatch):
    monkeypatch.setenv("BROADSHEET_SERVER__PORT", "8401")
    shown = run("config", "show", "--origin").stdout
    assert "server.port = 8401  # BROADSHEET_SERVER__PORT" in shown
    assert "source.NAME.settle" in run("config", "keys", "source").stdout
    assert json.loads(run("config", "schema").stdout)["$schema"]
