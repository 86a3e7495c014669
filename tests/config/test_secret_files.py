"""Secrets in files of their own (security no. 86)."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.config import explain, load
from bridge.errors import ConfigError

Deploy = Callable[..., Path]
URL = "postgresql://me:s3cret@db/news"
POINTER = '[data]\ndatabase_file = "secret"\n'


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"{URL}\n")
    path.chmod(0o600)
    return path


def refusal(path: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {})
    (told,) = caught.value.problems
    assert "s3cret" not in told
    return told


def test_the_files_content_is_the_value(deploy: Deploy, secret: Path) -> None:
    assert load(deploy(POINTER), {}).database == URL


def test_the_file_may_be_named_by_the_environment(deploy: Deploy, secret: Path) -> None:
    environ = {"BROADSHEET_DATA__DATABASE_FILE": str(secret)}
    assert load(deploy(), environ).database == URL
    assert load(deploy("data.database = 'sqlite:///x'"), environ).database == URL


def test_a_variable_wins_over_the_files_pointer(deploy: Deploy, secret: Path) -> None:
    environ = {"BROADSHEET_DATA__DATABASE": "sqlite:////x"}
    assert load(deploy(POINTER), environ).database == "sqlite:////x"


def test_both_in_the_environment_are_refused(deploy: Deploy, secret: Path) -> None:
    environ = {
        "BROADSHEET_DATA__DATABASE": "sqlite:////x",
        "BROADSHEET_DATA__DATABASE_FILE": str(secret),
    }
    told = refusal(deploy(), environ)
    assert told.startswith("BROADSHEET_DATA__DATABASE_FILE  both database and database_file")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_others_can_use_is_refused(deploy: Deploy, secret: Path, mode: int) -> None:
    secret.chmod(mode)
    told = refusal(deploy(POINTER))
    assert f"has mode {mode:04o}, so that others can use it" in told
    assert "chmod 600" in told


def test_a_file_that_cannot_be_read_is_told(deploy: Deploy, secret: Path) -> None:
    if os.geteuid() == 0:
        secret.unlink()
        secret.symlink_to(secret)  # root may read everything but this
    else:
        secret.chmod(0o000)
    assert refusal(deploy(POINTER)).startswith("config/bridge.toml:2  [data]  database_file: ")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "is empty"), (b" \n", "is empty"), (b"x" * 70_000, "too large"), (b"\xff", "utf-8")],
)
def test_a_file_without_a_secret_in_it_is_told(
    deploy: Deploy, secret: Path, content: bytes, why: str
) -> None:
    secret.write_bytes(content)
    assert why in refusal(deploy(POINTER))


def test_a_folder_or_pipe_is_no_secret(deploy: Deploy, secret: Path) -> None:
    secret.unlink()
    os.mkfifo(secret, 0o600)
    assert "is not a file" in refusal(deploy(POINTER))
    secret.unlink()
    secret.mkdir(0o700)
    assert "is not a file" in refusal(deploy(POINTER))


def test_where_containers_put_secrets_their_mode_is_not_ours_to_judge(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch, deploy: Deploy
) -> None:
    secret.chmod(0o444)
    monkeypatch.setattr("bridge.config.secret_files.MOUNTS", (f"{tmp_path}/",))
    assert load(deploy(POINTER), {}).database == URL


def test_a_bad_value_in_the_file_is_told_at_the_key_that_names_it(
    deploy: Deploy, secret: Path
) -> None:
    secret.write_text("mysql://me:s3cret@db/news")
    told = refusal(deploy(POINTER))
    assert told.startswith("config/bridge.toml:2  [data]  database is no URL of a database")


def test_the_secret_is_starred_out_when_shown(deploy: Deploy, secret: Path) -> None:
    shown = {value.key: value for value in explain(deploy(POINTER), {})}["data.database"]
    assert shown.text == '"postgresql://me:******@db/news"'
    assert shown.origin == f"file {secret}"
