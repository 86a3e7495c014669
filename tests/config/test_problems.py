"""Each way to be wrong and its whole message, kept in tests/config/messages/."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.config import load
from bridge.config.problems import NEXT
from bridge.errors import ConfigError

MESSAGES = Path(__file__).parent / "messages"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is put into bridge.toml, changed in a good paper, or set in the environment."""

    bridge: str = ""
    swap: tuple[str, str] = ("", "")
    more: str = ""  # behind the paper's text
    second: tuple[str, str] | None = None  # swapped in a second paper
    environ: dict[str, str] = field(default_factory=dict)


PUBLIC = 'base_url = "https://feeds.example.org"\n'

CASES = {
    "unknown_key": Case(bridge='[server]\nhots = "::"\n'),
    "unknown_key_of_a_source": Case(swap=('path = "', 'setle = "5s"\npath = "')),
    "unknown_key_like_nothing": Case(bridge="[server]\nfrobnicate = 1\n"),
    "unknown_table": Case(bridge="[sever]\nport = 1\n"),
    "unknown_key_inside_an_inline_table": Case(more="match = { page = ['A1'] }\n"),
    "key_in_the_wrong_table": Case(bridge="[log]\nport = 8400\n"),
    "key_below_a_table_instead_of_above": Case(bridge='[log]\nmode = "reader"\n'),
    "not_toml": Case(bridge='title = "Herald\nmode = "reader"\n'),
    "key_twice": Case(bridge="[server]\nport = 1\nport = 2\n"),
    "table_twice": Case(bridge="[server]\nport = 1\n[server]\nworkers = 2\n"),
    "number_in_quotes": Case(bridge='[server]\nport = "8400"\n'),
    "number_too_large": Case(bridge="[server]\nport = 84000\n"),
    "number_instead_of_text": Case(bridge="title = 7\n"),
    "table_instead_of_text": Case(bridge="[title]\nx = 1\n"),
    "text_instead_of_table": Case(bridge='server = "::"\n'),
    "text_instead_of_list": Case(bridge='server.trusted_proxies = "::1"\n'),
    "icon_missing": Case(more='[accounts]\nicon = "config/none.png"\n'),
    "icon_that_is_no_picture": Case(more='icon = "config/bridge.toml"\n'),
    "old_address_that_is_none": Case(more='also_known_as = ["old.example.org"]\n'),
    "beat_that_looks_for_nothing": Case(
        more='[[beat]]\nslug = "x"\ntitle = "X"\nquery = "-x"\n'
    ),
    "beat_twice": Case(
        more='[[beat]]\nslug = "x"\ntitle = "X"\nquery = "x"\n'
        '[[beat]]\nslug = "x"\ntitle = "Y"\nquery = "y"\n'
    ),
    "beat_of_no_section": Case(
        more='[[beat]]\nslug = "x"\ntitle = "X"\nquery = "x"\nsections = ["none"]\n'
    ),
    "truth_in_quotes": Case(bridge='federation.enabled = "true"\n'),
    "wrong_choice": Case(bridge='mode = "publsher"\n'),
    "duration_without_unit": Case(bridge='[http]\ntimeout = "10"\n'),
    "duration_as_number": Case(bridge="[http]\ntimeout = 10\n"),
    "duration_out_of_bounds": Case(bridge='[http]\ntimeout = "1d"\n'),
    "size_with_a_small_unit": Case(bridge='[http]\nmax_bytes = "20mb"\n'),
    "network_with_host_bits": Case(bridge='server.trusted_proxies = ["::1", "10.0.0.1/8"]\n'),
    "wide_characters_before_the_caret": Case(
        more='match = { names = ["要闻", "海港·岛"], wrods = ["渡口"] }\n'
    ),
    "tab_before_the_caret": Case(bridge="[server]\n\tprot = 1\n"),
    "time_of_day": Case(swap=('id = "', 'hour = "5:30"\nid = "')),
    "time_zone": Case(swap=("Europe/Lisbon", "Europe/Lissbon")),
    "language": Case(swap=('"en"', '"english"')),
    "authority": Case(swap=("herald.example", "https://herald.example")),
    "slug_not_ascii": Case(swap=('"front"', '"头版"')),
    "slug_reserved": Case(swap=('"front"', '"corrections"')),
    "paper_id_reserved": Case(swap=('"herald"', '"admin"')),
    "handle_too_long": Case(
        swap=('"herald"', f'"{"h" * 35}"'),
        more=f'[[section]]\nslug = "{"s" * 30}"\ntitle="S"\n',
    ),
    "reader_with_hubs": Case(bridge='mode = "reader"\nfeeds.hubs = ["https://hub.example/"]\n'),
    "hub_that_is_none": Case(bridge='[feeds]\nhubs = ["hub.example"]\n'),
    "slug_twice": Case(more='[[section]]\nslug = "front"\ntitle = "Again"\n'),
    "template_with_an_unknown_place": Case(
        more='[[section]]\nslug = "b"\ntitle = "B"\ntemplate = "**{headlin}**"\n'
    ),
    "template_with_a_lone_brace": Case(
        more='[[section]]\nslug = "b"\ntitle = "B"\ntemplate = "{headline} }"\n'
    ),
    "template_that_says_nothing": Case(
        more='[[section]]\nslug = "b"\ntitle = "B"\ntemplate = "{hashtags}"\n'
    ),
    "quiet_hours": Case(more='[accounts]\nquiet = "22-6"\n'),
    "default_section_unknown": Case(swap=('id = "', 'default_section = "frnt"\nid = "')),
    "key_missing": Case(swap=('title = "The Harbour Herald"\n', "")),
    "section_without_slug": Case(more='[[section]]\ntitle = "Sport"\n'),
    "no_section": Case(swap=('[[section]]\nslug = "front"\ntitle = "Front page"\n', "")),
    "cron_with_four_fields": Case(swap=('path = "', 'cron = "5 * * *"\npath = "')),
    "cron_with_numbered_weekdays": Case(swap=('path = "', 'cron = "5 4 * * 1-5"\npath = "')),
    "cron_and_every": Case(swap=('path = "', 'cron = "5 4 * * *"\nevery = "5m"\npath = "')),
    "jitter_longer_than_every": Case(swap=('path = "', 'jitter = "1m"\npath = "')),
    "source_name": Case(swap=("[source.daily]", '[source."My pages"]')),
    "source_kind": Case(swap=('"folder"', '"foldr"')),
    "path_with_tilde": Case(swap=("incoming/herald", "~/incoming")),
    "paper_id_twice": Case(second=("incoming/herald", "incoming/second")),
    "one_folder_two_sources": Case(second=('id = "herald"', 'id = "second"')),
    "source_inside_feeds": Case(swap=("incoming/herald", "feeds/incoming")),
    "data_inside_feeds": Case(bridge='[data]\ndirectory = "feeds/data"\n'),
    "base_url_with_slash": Case(bridge='base_url = "https://feeds.example.org/"\n'),
    "base_url_with_path": Case(bridge='base_url = "https://example.org/feeds"\n'),
    "base_url_without_tls": Case(bridge=f"mode = 'reader'\n{PUBLIC.replace('s:', ':')}"),
    "base_url_public_without_mode": Case(bridge=PUBLIC),
    "reader_that_federates": Case(bridge='mode = "reader"\n[federation]\nenabled = true\n'),
    "database_of_another_make": Case(bridge='data.database = "mysql://me:s3cret@h/d"\n'),
    "database_twice": Case(bridge='[data]\ndatabase = "sqlite:///x"\ndatabase_file = "x"\n'),
    "secret_file_missing": Case(bridge='[data]\ndatabase_file = "secret"\n'),
    "bucket_of_another_make": Case(bridge='feeds.directory = "ftp://feeds.example.org"\n'),
    "bucket_name": Case(bridge='feeds.directory = "s3://Feeds"\n'),
    "bucket_without_directory": Case(bridge='[bucket]\nregion = "here-1"\n'),
    "bucket_key_alone": Case(
        bridge='feeds.directory = "s3://feeds"\nbucket.secret_key = "s3cret"\n'
    ),
    "bucket_endpoint": Case(
        bridge='feeds.directory = "s3://feeds"\nbucket.endpoint = "https://s3.example.net/"\n'
    ),
    "unknown_variable": Case(environ={"BROADSHEET_SERVER__PROT": "1"}),
    "unknown_variable_like_nothing": Case(environ={"BROADSHEET_XYZZY": "1"}),
    "variable_of_a_wrong_type": Case(environ={"BROADSHEET_SERVER__PORT": "http"}),
    "variable_out_of_bounds": Case(environ={"BROADSHEET_HTTP__TIMEOUT": "0s"}),
    "variable_with_a_bad_element": Case(
        environ={"BROADSHEET_SERVER__TRUSTED_PROXIES": "::1, proxy"}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_message_for(
    name: str,
    deploy: Callable[..., Path],
    paper: str,
    tmp_path: Path,
    golden: Callable[[Path, str], None],
) -> None:
    case = CASES[name]
    assert case.swap[0] in paper
    papers = {"herald": paper.replace(*case.swap, 1) + case.more}
    if case.second:
        papers["second"] = paper.replace(*case.second, 1)
    with pytest.raises(ConfigError) as caught:
        load(deploy(case.bridge, papers), case.environ)
    text = str(caught.value).replace(str(tmp_path), "/deployment")
    golden(MESSAGES / f"{name}.txt", text + "\n")
    assert caught.value.exit_code == 10


def test_no_message_is_kept_for_a_case_that_is_gone() -> None:
    assert {path.stem for path in MESSAGES.glob("*.txt")} == set(CASES)


def test_every_code_is_shown_by_a_case_here_or_in_test_loader() -> None:
    kept = "".join(path.read_text(encoding="utf-8") for path in MESSAGES.glob("*.txt"))
    assert set(NEXT) - {code for code in NEXT if code in kept} == {"BR101", "BR110"}
