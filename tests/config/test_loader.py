"""Loading: what good files come to, and that a bad configuration tells everything at once."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.config import load
from bridge.errors import ConfigError
from bridge.model import Newspaper, Section, Source

Deploy = Callable[..., Path]


def problems(path: Path, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {})
    return caught.value.problems


def codes(told: tuple[str, ...]) -> list[str]:
    return [problem.split()[-1] for problem in told]


def test_a_paper_becomes_the_models_words(deploy: Deploy, tmp_path: Path) -> None:
    text = """
[paper]
id = "linzhou"
title = "临洲日报"
title_latin = "LINZHOU DAILY"
language = "zh-hans"
timezone = "Asia/Shanghai"
hour = "05:30"
authority = "linzhou.example"
description = "每天四版"
default_section = "bendi"
window = 3

[source.daily]
kind = "folder"
path = "incoming/linzhou"
settle = "1m30s"
ignore = ["*.bak"]
max_bytes = "2MB"
cron = "*/5  4-7 * * Mon-Sat"
jitter = "10s"
misfire_grace = "2h"

[[section]]
slug = "yaowen"
title = "要闻"
description = "头版"
match = { pages = ["A1"], names = ["要闻"], agencies = ["海桥社"] }
federate = "off"
text = "excerpt"

[[section]]
slug = "bendi"
title = "本地"
[section.match]
banners = ["灯下谈"]
words = ["码头"]
"""
    settings = load(deploy(papers={"linzhou": text}), {})
    assert settings.site.papers == (
        Newspaper(
            id="linzhou",
            title="临洲日报",
            title_latin="LINZHOU DAILY",
            language="zh-Hans",
            timezone=ZoneInfo("Asia/Shanghai"),
            hour=dt.time(5, 30),
            authority="linzhou.example",
            description="每天四版",
            sections=(
                Section(
                    slug="yaowen",
                    title="要闻",
                    description="头版",
                    pages=("A1",),
                    names=("要闻",),
                    agencies=("海桥社",),
                    federate="off",
                    text="excerpt",
                ),
                Section(slug="bendi", title="本地", banners=("灯下谈",), words=("码头",)),
            ),
            default_section="bendi",
            window=3,
        ),
    )
    assert settings.sources == (
        Source(
            id="linzhou/daily",
            paper="linzhou",
            kind="folder",
            path=str(tmp_path / "incoming/linzhou"),
            settle=dt.timedelta(seconds=90),
            ignore=("*.bak",),
            max_bytes=2_000_000,
            cron="*/5 4-7 * * mon-sat",
            every=dt.timedelta(seconds=20),
            jitter=dt.timedelta(seconds=10),
            misfire_grace=dt.timedelta(hours=2),
        ),
    )


def test_what_a_paper_leaves_out_comes_from_bridge_toml(deploy: Deploy) -> None:
    path = deploy('feeds.window = 30\n[schedule]\njitter = "3s"\nmisfire_grace = "2h"\n')
    settings = load(path, {})
    assert settings.site.papers[0].window == 30
    assert settings.site.papers[0].default_section == "front"
    assert settings.sources[0].jitter == dt.timedelta(seconds=3)
    assert settings.sources[0].misfire_grace == dt.timedelta(hours=2)


def test_folders_start_above_the_config_folder(deploy: Deploy, tmp_path: Path) -> None:
    settings = load(deploy(), {})
    assert settings.root == tmp_path
    assert settings.data_dir == tmp_path / "data"
    assert settings.feeds_dir == tmp_path / "feeds"
    assert settings.database == f"sqlite:///{tmp_path}/data/broadsheet.db"


def test_folders_start_beside_a_file_elsewhere(deploy: Deploy, tmp_path: Path) -> None:
    (tmp_path / deploy().parent).rename(tmp_path / "etc")
    assert load(tmp_path / "etc/bridge.toml", {}).data_dir == tmp_path / "etc/data"


def test_an_absolute_folder_stays(deploy: Deploy) -> None:
    path = deploy('data.directory = "/var/lib/broadsheet"\nfeeds.directory = "/srv/feeds"\n')
    settings = load(path, {})
    assert settings.database == "sqlite:////var/lib/broadsheet/broadsheet.db"
    assert settings.feeds_dir == Path("/srv/feeds")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///news.db", "sqlite:///{root}/news.db"),
        ("sqlite:////srv/news.db", "sqlite:////srv/news.db"),
        ("postgresql+psycopg://me@db/news", "postgresql+psycopg://me@db/news"),
    ],
)
def test_a_database_of_ones_own(
    deploy: Deploy, tmp_path: Path, written: str, meant: str
) -> None:
    settings = load(deploy(f'data.database = "{written}"'), {})
    assert settings.database == meant.format(root=tmp_path)


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("", True),
        ("federation.enabled = false", False),
        ('mode = "reader"', False),
        ('mode = "reader"\nfederation.enabled = false', False),
    ],
)
def test_a_publisher_federates_unless_told_otherwise(
    deploy: Deploy, text: str, enabled: bool
) -> None:
    assert load(deploy(text), {}).federation.enabled is enabled


@pytest.mark.parametrize(
    "text",
    [
        'base_url = "https://a.org"\nmode = "reader"',
        'base_url = "http://192.168.1.5:8400"',
        'base_url = "http://paper.test"',
        'base_url = "http://a.org"\nmode = "publisher"\nserver.insecure_http = true',
    ],
)
def test_a_base_url_that_fits_its_mode(deploy: Deploy, text: str) -> None:
    assert load(deploy(text), {})


def test_the_user_agent_says_who_we_are(deploy: Deploy) -> None:
    assert load(deploy(), {}).http.user_agent.endswith(" (+http://127.0.0.1:8400)")
    own = load(deploy('http.user_agent = "Herald/1"'), {})
    assert own.http.user_agent == "Herald/1"


def test_a_byte_order_mark_and_windows_lines_are_harmless(deploy: Deploy, paper: str) -> None:
    text = b"\xef\xbb\xbf" + paper.replace("\n", "\r\n").encode()
    assert load(deploy(b"\xef\xbb\xbftitle = 'T'\r\n", {"a": text}), {}).site.title == "T"


def test_hidden_and_other_files_are_not_papers(deploy: Deploy) -> None:
    path = deploy()
    (path.parent / "papers/.#herald.toml").write_text("?")
    (path.parent / "papers/herald.toml.bak").write_text("?")
    assert len(load(path, {}).site.papers) == 1


def test_every_problem_of_every_file_is_told_at_once(deploy: Deploy, paper: str) -> None:
    path = deploy(
        'titel = "x"\n[server]\nport = 0\n',
        {
            "a": "[paper\n",
            "b": paper.replace('language = "en"', 'language = "?"'),
            "c": paper.replace('slug = "front"', 'slug = "all"') + "colour = 1\n",
            "d": b"\xff",
        },
    )
    told = problems(path, {"BROADSHEET_LOG__LEVEL": "loud", "BROADSHEET_LOGG": "1"})
    where = [problem.split("\n")[0].split("  ")[0] for problem in told]
    assert where == [
        "BROADSHEET_LOGG",
        "BROADSHEET_LOG__LEVEL",
        "config/bridge.toml:1",
        "config/bridge.toml:3",
        "config/papers/a.toml:1",
        "config/papers/b.toml:4",
        "config/papers/c.toml:2",  # the id of b
        "config/papers/c.toml:10",  # the folder of b
        "config/papers/c.toml:13",
        "config/papers/c.toml:15",
        "config/papers/d.toml",
    ]


def test_a_broken_bridge_toml_does_not_hide_the_environment(deploy: Deploy) -> None:
    told = problems(deploy("["), {"BROADSHEET_SERVER__PORT": "0"})
    assert codes(told) == ["BR104", "BR103"]


def test_a_missing_file_is_told_with_its_name(tmp_path: Path) -> None:
    told = problems(tmp_path / "bridge.toml")
    assert told[0].startswith(f"{tmp_path}/bridge.toml  cannot be read: No such file")
    assert codes(told) == ["BR101", "BR110"]


def test_a_file_too_large_is_not_read(deploy: Deploy) -> None:
    told = problems(deploy("#" * 1_100_000))
    assert "larger than 1 MB" in told[0]


def test_a_text_nested_too_deeply_is_told(deploy: Deploy) -> None:
    told = problems(deploy("a = " + "[" * 20_000))
    assert codes(told) == ["BR103"]


def test_a_password_is_starred_out_wherever_it_stands(deploy: Deploy) -> None:
    """Security no. 86: nothing secret in a message."""
    texts = (
        '[data]\ndatabase = "postgresql://me:s3cret@h/d\n',
        '[data]\ndatabse = "postgresql://me:s3cret@h/d"\n',
        '[data]\ndatabase = "postgres://me:s3cret@h/d"\n',
        '[data]\ndatabase = "mysql://h/d?user=me&password=s3cret"\n',
        '[server]\nhost = "postgresql://me:s3cret@h/d"\n',
    )
    for text in texts:
        told = problems(deploy(text))
        assert "s3cret" not in "".join(told)
        assert "******" in told[0]


def test_a_message_holds_nothing_a_terminal_would_obey(deploy: Deploy) -> None:
    """Security no. 81: control characters of a file do not reach the terminal."""
    told = problems(deploy('"\\u001b[31m" = 1\nx = "\x1b[2J\n'), {"BROADSHEET_\x1b": ""})
    assert "\x1b" not in "".join(told)


def test_a_long_line_is_cut_around_what_is_wrong(deploy: Deploy) -> None:
    told = problems(deploy(f'data = {{ directory = "{"x" * 500}", prot = 1 }}'))
    source, carets = told[0].split("\n")[1:3]
    assert len(source) < 200
    assert source[carets.index("^") :].startswith("prot")
