"""What every room's tests share: `now`, golden files, PostgreSQL, and no silent skips in CI."""

import datetime as dt
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files instead of comparing"
    )


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


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty SQLite database once, for tests to copy: it takes most of a second."""
    from bridge.store import open_store

    path = tmp_path_factory.mktemp("empty") / "broadsheet.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def put_database(empty_database: Path, tmp_path: Path) -> None:
    """Put an empty database where the deployment in `tmp_path` has its own."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(empty_database, tmp_path / "data/broadsheet.db")


class PostgreSQL:
    """A server of our own on a socket; its database `pattern` has every table and no rows.

    It refuses to run as root: there it runs as its own user, or any other without power.
    """

    def __init__(self, folder: Path, programs: dict[str, str]) -> None:
        self._folder, self._programs = folder, programs
        names = {entry.pw_name for entry in pwd.getpwall()}
        self._user = None if os.getuid() else "postgres" if "postgres" in names else "nobody"
        if self._user:
            shutil.chown(folder, self._user)
        self._numbers = itertools.count(1)
        self.url = f"postgresql+psycopg://broadsheet@/postgres?host={folder}"

    def make(self) -> None:
        words = ("-U", "broadsheet", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._run("initdb", *words)

    def start(self) -> None:
        flags = f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", flags, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-m", mode, "stop")

    def prepare(self) -> None:
        """Make the pattern, with our tables and the engine's."""
        from bridge.store import open_store
        from bridge.workers import outbox

        self.execute("CREATE DATABASE pattern")
        pattern = self._named("pattern")
        open_store(pattern).close()
        outbox.prepare(pattern)

    def create(self) -> str:
        """Make a database of its own from the pattern and return its URL."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE pattern")
        return self._named(name)

    def execute(self, statement: str) -> None:
        """Run what PostgreSQL allows only outside of transactions."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _named(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def _run(self, program: str, *words: str) -> None:
        command = [self._programs[program], "-D", str(self._folder / "data"), *words]
        subprocess.run(
            command, user=self._user, cwd=self._folder, check=True, capture_output=True
        )


def _program(name: str) -> str | None:
    """Look on the path, then where Debian keeps PostgreSQL's own programs."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Run a PostgreSQL for the tests; whoever stops it must start it again."""
    programs = {name: _program(name) for name in ("initdb", "pg_ctl")}
    found = {name: path for name, path in programs.items() if path}
    if found != programs:
        pytest.skip("needs PostgreSQL (initdb, pg_ctl)")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = PostgreSQL(folder, found)
        server.make()
        server.start()
        try:
            server.prepare()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> str:
    """The URL of a PostgreSQL database of its own, with every table and no rows."""
    return postgresql.create()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """In CI a skip is a failure: what a test needs is installed there."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
