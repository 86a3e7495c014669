"""`broadsheet article`: what an editor sees and does at the terminal."""

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


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put_database: None):
    monkeypatch.chdir(tmp_path)
    for name in ("BROADSHEET_CONFIG", "BROADSHEET_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    assert run("init", ".", "--id", "tide", "--title", "潮声晚报").exit_code == 0
    return run


@pytest.fixture
def key(run, tmp_path: Path) -> str:
    """Take in a page, then the same page with one word corrected."""
    page = tmp_path / "A1.txt"
    for text in (PAGE, PAGE.replace("三遍油", "两遍油")):
        page.write_text(text, encoding="utf-8")
        assert run("ingest", str(page)).exit_code == 0
    (changed,) = (tmp_path / "feeds/tide/a").glob("*.diff.html")
    return changed.name.removesuffix(".diff.html")


def test_show_tells_what_is_known(run, key: str) -> None:
    shown = run("article", "show", key).output
    assert "老渡口的钟重新走了起来" in shown
    assert "version 2" in shown
    assert "state      live" in shown


def test_diff_marks_words(run, key: str) -> None:
    assert "再上了[-三-]{+两+}遍油" in run("article", "diff", key).output


def test_correct_publishes_and_a_dry_run_does_not(run, key: str, tmp_path: Path) -> None:
    page = tmp_path / f"feeds/tide/a/{key}.html"
    words = ("article", "correct", key, "--note", "上了两遍油，不是三遍。")
    told = run(*words, "--dry-run")
    assert (told.exit_code, "would: version 3" in told.output) == (0, True)
    assert "不是三遍" not in page.read_text("utf-8")
    done = run(*words)
    assert (done.exit_code, "files written" in done.output) == (0, True)
    assert "不是三遍" in page.read_text("utf-8")


def test_withdraw_removes_the_page_for_good(run, key: str, tmp_path: Path) -> None:
    page = tmp_path / f"feeds/tide/a/{key}.html"
    done = run("article", "withdraw", key, "--reason", "时间有误。")
    assert (done.exit_code, page.exists()) == (0, False)
    assert "withdrawn: 时间有误。" in run("article", "show", key).output
    again = run("article", "restore", key)
    assert (again.exit_code, "never comes back" in again.output) == (1, True)


@pytest.mark.parametrize("verb", ["show", "diff", "restore"])
def test_a_wrong_key_is_told(run, verb: str) -> None:
    told = run("article", verb, "tide-20260301-nobody")
    assert (told.exit_code, "no article has this key" in told.output) == (1, True)
