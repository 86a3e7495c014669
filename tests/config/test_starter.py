"""The shipped files: complete, commented, current, and exactly the defaults."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.config import Settings, keys, load, starter

CONFIG = Path(__file__).parents[2] / "config"
COMMENTED = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)
Deploy = Callable[..., Path]


def in_force(text: str) -> str:
    """Put every commented default into force."""
    return COMMENTED.sub("", text)


def same(one: Settings, other: Settings) -> bool:
    return replace(one, path=other.path) == other


def test_the_shipped_bridge_toml_is_made_from_the_models(
    golden: Callable[[Path, str], None],
) -> None:
    golden(CONFIG / "bridge.toml", starter("bridge"))


def test_the_shipped_bridge_toml_loads_to_exactly_the_defaults(deploy: Deploy) -> None:
    defaults = load(deploy(""), {})
    assert same(load(deploy((CONFIG / "bridge.toml").read_text()), {}), defaults)


def test_so_it_does_with_every_commented_key_in_force(deploy: Deploy) -> None:
    text = in_force((CONFIG / "bridge.toml").read_text())
    written = tomllib.loads(text)
    for key in keys():
        if key.file == "bridge" and key.default is not None:
            table = written if len(key.path) == 1 else written[key.path[0]]
            assert key.path[-1] in table
    assert same(load(deploy(text), {}), load(deploy(""), {}))


@pytest.mark.parametrize("file", ["bridge", "paper"])
def test_a_starter_names_every_key(file: str) -> None:
    text = starter(file)  # type: ignore[arg-type]
    for key in keys():
        if key.file == file and key.path[-1] != "match":
            assert re.search(rf"^(# +)?{key.path[-1]} = ", text, re.MULTILINE), key.name


def test_the_shipped_configuration_loads_and_runs_out_of_the_box() -> None:
    settings = load(CONFIG / "bridge.toml", {})
    (paper,) = settings.site.papers
    assert settings.site.base_url == "http://127.0.0.1:8400"
    assert settings.federation.enabled
    assert paper.id == "linzhou"
    folders = {source.id: source.path for source in settings.sources}
    assert folders == {
        "linzhou/bundled": str(CONFIG.parent / "docs/example/linzhou"),
        "linzhou/incoming": str(CONFIG.parent / "incoming/linzhou"),
    }


def test_the_bundled_paper_names_every_key_of_a_paper_with_its_default(deploy: Deploy) -> None:
    text = (CONFIG / "papers/linzhou.toml").read_text(encoding="utf-8")
    for key in keys():
        if key.file == "paper" and key.path[:2] != ("section", "match"):
            assert re.search(rf"^(# +)?{key.path[-1]} = ", text, re.MULTILINE), key.name
    plain = load(deploy(papers={"linzhou": text}), {})
    assert load(deploy(papers={"linzhou": in_force(text)}), {}) == plain


def test_a_new_deployment_says_what_it_was_given(deploy: Deploy) -> None:
    bridge = starter("bridge", {"mode": "reader", "base_url": "https://feeds.example.org"})
    paper = starter(
        "paper",
        {"paper.id": "tide", "paper.title": '潮报 "Tide"', "section.slug": "front"},
    )
    settings = load(deploy(bridge, {"tide": paper}), {})
    assert (settings.site.mode, settings.site.papers[0].title) == ("reader", '潮报 "Tide"')
    assert [source.id for source in settings.sources] == ["tide/incoming"]


@pytest.mark.parametrize("name", ["bridge.toml", "papers/linzhou.toml"])
def test_the_first_line_points_editors_at_a_schema_that_is_there(name: str) -> None:
    path = CONFIG / name
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert (path.parent / first.removeprefix("#:schema ")).resolve().is_file()
