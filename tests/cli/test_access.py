"""`broadsheet readers`: let in, listed, shut out; the token is shown once and kept nowhere."""

import re
from pathlib import Path

from click.testing import CliRunner, Result

from bridge.cli import main

BRIDGE = 'mode = "{mode}"\nbase_url = "https://paper.example"\n{more}'
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

NO_NAME = "cannot be a reader's name"
REFUSED = {
    ("add", "Lin"): 'there is a reader "Lin" already',
    ("add", "a:b"): f"'a:b' {NO_NAME}",
    ("add", "  "): NO_NAME,
    ("add", "a\nb"): NO_NAME,
    ("add", "x" * 81): NO_NAME,
    ("revoke", "Shen"): 'no reader is called "Shen"; who may read: Lin',
}


def configure(root: Path, mode: str = "reader", more: str = "") -> Path:
    (root / "config/papers").mkdir(parents=True, exist_ok=True)
    (root / "config/bridge.toml").write_text(BRIDGE.format(mode=mode, more=more), "utf-8")
    (root / "config/papers/herald.toml").write_text(PAPER, "utf-8")
    return root / "config/bridge.toml"


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["-c", str(config), *words])


def test_a_reader_is_let_in_listed_and_shut_out(tmp_path: Path) -> None:
    config = configure(tmp_path)
    added = run(config, "readers", "add", " 林 Yue ")
    assert added.exit_code == 0, added.output
    (token,) = set(re.findall(r"rd_[a-z2-7]{32}", added.output))
    for address in ("", "opml.xml", "herald/all/rss.xml"):
        assert f"https://paper.example/r/{token}/{address}\n" in added.output
    listed = run(config, "readers")
    assert re.search(r"林 Yue\s+\d{4}-\d\d-\d\d\s+never", listed.output)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert token.encode() not in kept  # security no. 86
    assert token not in listed.output
    assert run(config, "readers", "revoke", "林 Yue").output == "林 Yue may read no longer\n"
    assert re.search(
        r"never\s+\d{4}-\d\d-\d\d \d\d:\d\d", run(config, "readers", "list").output
    )


def test_no_two_tokens_are_alike(tmp_path: Path) -> None:
    config = configure(tmp_path)
    shown = [run(config, "readers", "add", name).output for name in ("a", "b")]
    tokens = [set(re.findall(r"rd_[a-z2-7]{32}", text)) for text in shown]
    assert tokens[0].isdisjoint(tokens[1])


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    config = configure(tmp_path)
    run(config, "readers", "add", "Lin")
    for words, told in REFUSED.items():
        done = run(config, "readers", *words)
        assert (words, done.exit_code) == (words, 1)
        assert told in done.output


def test_a_publisher_needs_no_tokens(tmp_path: Path) -> None:
    done = run(configure(tmp_path, "publisher"), "readers", "add", "Lin")
    assert done.exit_code == 1
    assert 'mode is "publisher": feeds and pages are open to everybody' in done.output


def test_where_nobody_was_let_in_it_says_how(tmp_path: Path) -> None:
    assert "broadsheet readers add NAME" in run(configure(tmp_path), "readers").output


def test_check_tells_that_files_alone_are_open_to_everybody(tmp_path: Path) -> None:
    told = run(configure(tmp_path), "check").output
    assert "only `broadsheet serve` asks for tokens" in told
    assert "warning" not in told
    alone = run(configure(tmp_path, more="server.search = false\n"), "check").output
    assert "then nothing here is private" in alone
    assert "tokens" not in run(configure(tmp_path, "publisher"), "check").output
