"""What is in force, and where each value came from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.config import explain, keys
from bridge.errors import ConfigError

Deploy = Callable[..., Path]


def test_each_value_has_its_origin(deploy: Deploy) -> None:
    path = deploy('title = "Herald"\n\n[server]\nport = 80\nworkers = 2\n')
    values = {value.key: value for value in explain(path, {"BROADSHEET_SERVER__WORKERS": "3"})}
    told = {
        name: (values[name].text, values[name].origin)
        for name in ("title", "server.port", "server.workers", "server.host", "section.1.slug")
    }
    assert told == {
        "title": ('"Herald"', "config/bridge.toml:1"),
        "server.port": ("80", "config/bridge.toml:4"),
        "server.workers": ("3", "BROADSHEET_SERVER__WORKERS"),
        "server.host": ('"127.0.0.1"', "default"),
        "section.1.slug": ('"front"', "config/papers/herald.toml:13"),
    }


def test_what_has_no_fixed_default_is_shown_as_it_comes_out(
    deploy: Deploy, tmp_path: Path
) -> None:
    values = {value.key: value.text for value in explain(deploy(), {})}
    assert values["data.database"] == f'"sqlite:///{tmp_path}/data/broadsheet.db"'
    assert values["federation.enabled"] == "true"
    assert "Broadsheet/" in values["http.user_agent"]


def test_every_key_with_a_default_is_shown(deploy: Deploy) -> None:
    shown = {value.key for value in explain(deploy(), {})}
    expected = {key.name for key in keys() if key.file == "bridge" and key.default}
    assert expected <= shown


def test_a_password_is_not_shown(deploy: Deploy) -> None:
    """Security no. 86."""
    path = deploy('data.database = "postgresql://me:s3cret@h/d?password=s3cret"')
    assert "s3cret" not in "".join(value.text for value in explain(path, {}))


def test_a_bad_configuration_is_not_explained(deploy: Deploy) -> None:
    with pytest.raises(ConfigError):
        explain(deploy("x = 1"), {})


@pytest.mark.parametrize(
    ("prefix", "first"),
    [("server", "server.host"), ("source", "source.NAME.kind"), ("section.match", None)],
)
def test_keys_are_listed_by_prefix(prefix: str, first: str | None) -> None:
    names = [key.name for key in keys(prefix)]
    assert names
    assert all(name.startswith(f"{prefix}.") for name in names)
    assert first in (None, names[0])


def test_a_prefix_is_whole_words_and_an_unknown_one_lists_nothing() -> None:
    assert keys("serv") == ()
