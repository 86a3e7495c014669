"""Overrides from the environment: typed, checked as in the file, and counting more."""

import datetime as dt
import ipaddress
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.config import keys, load
from bridge.errors import ConfigError

Deploy = Callable[..., Path]


def test_a_variable_counts_more_than_the_file(deploy: Deploy) -> None:
    path = deploy("[server]\nport = 1\nworkers = 3\n")
    server = load(path, {"BROADSHEET_SERVER__PORT": "9000"}).server
    assert (server.port, server.workers) == (9000, 3)


def test_a_key_above_the_tables_has_no_section_in_its_variable(deploy: Deploy) -> None:
    assert load(deploy(), {"BROADSHEET_TITLE": "Herald"}).site.title == "Herald"


def test_a_text_is_taken_as_it_is(deploy: Deploy) -> None:
    environ = {"BROADSHEET_TITLE": 'The "Herald" # 1', "BROADSHEET_HTTP__TIMEOUT": "1m30s"}
    settings = load(deploy(), environ)
    assert settings.site.title == 'The "Herald" # 1'
    assert settings.http.timeout == dt.timedelta(seconds=90)


@pytest.mark.parametrize(
    "text", ["::1, 10.0.0.0/8", '["::1", "10.0.0.0/8"]', "::1,10.0.0.0/8,"]
)
def test_a_list_has_commas_or_is_toml(deploy: Deploy, text: str) -> None:
    proxies = load(
        deploy(), {"BROADSHEET_SERVER__TRUSTED_PROXIES": text}
    ).server.trusted_proxies
    assert proxies == (ipaddress.ip_network("::1"), ipaddress.ip_network("10.0.0.0/8"))


def test_an_empty_list_empties_the_files(deploy: Deploy) -> None:
    path = deploy('server.trusted_proxies = ["::1"]')
    environ = {"BROADSHEET_SERVER__TRUSTED_PROXIES": ""}
    assert load(path, environ).server.trusted_proxies == ()


def test_a_truth_is_toml(deploy: Deploy) -> None:
    assert not load(deploy(), {"BROADSHEET_FEDERATION__ENABLED": "false"}).federation.enabled


@pytest.mark.parametrize("text", ["", "yes", "True", "1\nport = 2"])
def test_anything_else_for_a_truth_is_refused(deploy: Deploy, text: str) -> None:
    with pytest.raises(ConfigError, match="enabled must be true or false"):
        load(deploy(), {"BROADSHEET_FEDERATION__ENABLED": text})


def test_a_good_variable_mends_a_bad_value_in_the_file(deploy: Deploy) -> None:
    path = deploy("[server]\nport = 'x'\n")
    assert load(path, {"BROADSHEET_SERVER__PORT": "80"}).server.port == 80


@pytest.mark.parametrize(
    "name", ["BROADSHEET_CONFIG", "BROADSHEET_DEBUG", "PATH", "BROADSHEETS"]
)
def test_variables_of_others_are_left_alone(deploy: Deploy, name: str) -> None:
    assert load(deploy(), {name: "x"})


def test_a_variable_takes_the_place_of_a_whole_table_that_is_none(deploy: Deploy) -> None:
    with pytest.raises(ConfigError) as caught:
        load(deploy("server = 1"), {"BROADSHEET_SERVER__PORT": "80"})
    assert [problem.split("  ")[0] for problem in caught.value.problems] == [
        "config/bridge.toml:1"
    ]


def test_checks_across_keys_see_the_environment(deploy: Deploy) -> None:
    environ = {"BROADSHEET_MODE": "reader", "BROADSHEET_FEDERATION__ENABLED": "true"}
    with pytest.raises(ConfigError, match="BROADSHEET_FEDERATION__ENABLED  federation cannot"):
        load(deploy(), environ)


def test_every_key_of_bridge_toml_has_a_variable_of_its_own() -> None:
    variables = [key.variable for key in keys() if key.file == "bridge"]
    assert None not in variables
    assert len(set(variables)) == len(variables)
