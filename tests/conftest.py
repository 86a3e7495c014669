"""What every room's tests share: the moment `now`, golden files, and no silent skips in CI."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files instead of comparing"
    )


CHAOS = ("chaos", "cluster", "workers/test_cluster_nodes.py")
"""Tests that kill and freeze processes against the clock: `make chaos`, on a quiet machine."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of CHAOS, which `make test` leaves out."""
    rooms = [Path(__file__).parent / room for room in CHAOS]
    for item in items:
        if any(item.path.is_relative_to(room) for room in rooms):
            item.add_marker("chaos")


@pytest.fixture
def now() -> dt.datetime:
    """One moment for every test; time passes only where a test says so."""
    return dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare text with a golden file, or rewrite the file under --update-golden."""

    def compare(path: Path, actual: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"no golden file {path}; run `make golden` and review it")
        assert actual == path.read_text(encoding="utf-8")

    return compare


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """In CI a skip is a failure: what a test needs is installed there."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
