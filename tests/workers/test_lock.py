"""One daemon per data folder (security no. 107)."""

import datetime as dt
import json
import os
import socket
import stat
from pathlib import Path

import pytest

from bridge.errors import BridgeError, HeldError
from bridge.workers.lock import NAME, held


def test_second_holder_is_refused_and_told_who_has_it(tmp_path: Path, now: dt.datetime) -> None:
    with held(tmp_path, now), pytest.raises(HeldError) as refusal, held(tmp_path, now):
        pass
    assert refusal.value.exit_code == 11
    assert str(refusal.value) == (
        f"{tmp_path}: another daemon holds the data folder"
        f" (process {os.getpid()} on {socket.gethostname()} since 2026-03-01T04:00:00+00:00);"
        " stop it, or give this one a data folder of its own"
    )


def test_lock_is_free_again_after_the_block_and_after_an_error(
    tmp_path: Path, now: dt.datetime
) -> None:
    with held(tmp_path, now):
        pass
    with pytest.raises(ZeroDivisionError), held(tmp_path, now):
        raise ZeroDivisionError
    with held(tmp_path, now) as path:
        assert json.loads(path.read_text())["pid"] == os.getpid()


@pytest.mark.parametrize("left", ["", "{", '{"pid": 1}', "[]", "\0" * 40])
def test_file_left_behind_blocks_nobody(tmp_path: Path, now: dt.datetime, left: str) -> None:
    (tmp_path / NAME).write_text(left)
    with held(tmp_path, now):
        pass


@pytest.mark.parametrize("left", ["", "{", "[]"])
def test_refusal_does_without_a_signature(tmp_path: Path, now: dt.datetime, left: str) -> None:
    with held(tmp_path, now) as path:
        path.write_text(left)
        with pytest.raises(HeldError, match="not signed yet"), held(tmp_path, now):
            pass


def test_lock_file_is_for_its_owner_only_and_no_link_is_followed(
    tmp_path: Path, now: dt.datetime
) -> None:
    with held(tmp_path / "new", now) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    target = tmp_path / "precious"
    target.write_text("kept")
    (tmp_path / NAME).symlink_to(target)
    with pytest.raises(BridgeError, match="cannot open the lock"), held(tmp_path, now):
        pass
    assert target.read_text() == "kept"
