"""`broadsheet keys`: what is shown of them, and how they are replaced."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main

BRIDGE = 'mode = "publisher"\nbase_url = "https://paper.example"\n'
PAPER = """\
[paper]
id = "herald"
title = "The Harbour Herald"
language = "en"
timezone = "UTC"
authority = "paper.example"
[source.daily]
kind = "folder"
path = "incoming/herald"
[[section]]
slug = "city"
title = "City"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "config/papers").mkdir(parents=True)
    (tmp_path / "config/bridge.toml").write_text(BRIDGE, encoding="utf-8")
    (tmp_path / "config/papers/herald.toml").write_text(PAPER, encoding="utf-8")
    return tmp_path / "config/bridge.toml"


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["-c", str(config), "keys", *words])


def test_one_account_gets_a_new_key_and_the_old_one_is_shown_for_a_week(config: Path) -> None:
    done = run(config, "rotate", "herald_city")
    assert done.exit_code == 0, done.output
    assert (
        "herald_city signs as https://paper.example/ap/actors/herald_city#main-key-2; "
        "its followers are told" in done.output
    )
    shown = run(config).output
    rows = [line.split() for line in shown.splitlines() if line.startswith("herald_city")]
    assert [(row[1], len(row)) for row in rows if row[2] == "rsa"] == [
        ("main-key-2", 5),
        ("main-key", 7),
    ]
    assert "PRIVATE" not in shown


def test_all_accounts_at_once(config: Path) -> None:
    done = run(config, "rotate", "--all")
    assert done.exit_code == 0, done.output
    names = [line.split()[0] for line in done.output.splitlines() if "signs as" in line]
    assert names == ["herald", "herald_city", "instance"]


@pytest.mark.parametrize("words", [(), ("herald_city", "--all")])
def test_it_must_be_said_which(config: Path, words: tuple[str, ...]) -> None:
    done = run(config, "rotate", *words)
    assert done.exit_code == 2
    assert "name the accounts, or give --all" in done.output


def test_an_account_that_is_not_there_is_told(config: Path) -> None:
    done = run(config, "rotate", "herald_sport")
    assert done.exit_code == 1
    assert "no account has the name 'herald_sport'" in done.output
    assert "herald_city" in done.output
