"""The databases of the store's suite: SQLite always, PostgreSQL where it is installed."""

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
from sqlalchemy import make_url

from bridge.model import (
    Article,
    Byline,
    Credit,
    Dateline,
    Edition,
    Page,
    Paragraph,
    Photo,
    Provenance,
    StoredArticle,
    Title,
)
from bridge.store import Store, open_store
from bridge.store.database import build_engine

_numbers = itertools.count(1)


def find_program(name: str) -> str | None:
    """Look on the path, then where Debian keeps PostgreSQL's own programs."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL of our own on a socket; gives the URL of an up-to-date database."""
    initdb, pg_ctl = find_program("initdb"), find_program("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("needs PostgreSQL (initdb, pg_ctl)")
    # The server refuses to run as root, so there it runs as its own or any powerless user.
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = None if os.getuid() else "postgres" if "postgres" in names else "nobody"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True)

    data = str(folder / "data")
    try:
        run(initdb, "-D", data, "-U", "broadsheet", "-A", "trust", "-E", "UTF8", "--no-sync")
        flags = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        run(pg_ctl, "-D", data, "-w", "-l", str(folder / "log"), "-o", flags, "start")
        try:
            url = f"postgresql+psycopg://broadsheet@/postgres?host={folder}"
            execute(url, "CREATE DATABASE pattern")
            pattern = make_url(url).set(database="pattern")
            open_store(pattern.render_as_string(hide_password=False)).close()
            yield url
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def execute(url: str, statement: str) -> None:
    """Run what PostgreSQL allows only outside of transactions."""
    engine = build_engine(url, (), begin="")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, up-to-date database of its own, on each backend in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bridge.db"
    server: str = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    execute(server, f"CREATE DATABASE {name} TEMPLATE pattern")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store with nothing in it."""
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def reopen(url: str) -> Iterator[Callable[[], Store]]:
    """Open the same database again, as another process would."""
    opened: list[Store] = []

    def reopen() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield reopen
    for store in opened:
        store.close()


Stored = Callable[..., StoredArticle]

DATE = dt.date(2026, 3, 2)


@pytest.fixture
def stored() -> Stored:
    """Make a stored article of the invented paper `river` from its number and page."""
    return make_stored


def make_stored(
    number: int, page: str = "A1", date: dt.date = DATE, section: str = "city"
) -> StoredArticle:
    moment = dt.datetime.combine(date, dt.time(6), dt.UTC)
    return StoredArticle(
        key=f"river-{date:%Y%m%d}-{page.lower()}{number:04}",
        paper="river",
        date=date,
        section=section,
        article=make_article(number, page, section),
        summary="江水缓缓流过。",
        published=moment,
        updated=moment,
        first_seen=moment + dt.timedelta(microseconds=5),
        revision=1,
        state="live",
    )


def make_article(number: int, page: str, section: str) -> Article:
    return Article(
        order=number,
        pages=(page,),
        section=section,
        kind="news",
        headline=f"春江水暖第{number}则",
        byline=(Byline(name="周远", role="reporter", org="江畔晨报"),),
        dateline=Dateline(raw="本报讯", place="江城", date=DATE),
        body=(Paragraph(kind="paragraph", text=f"江水在{page}版缓缓流过。"),),
        photos=(Photo(caption="江面", credits=(Credit(name="林舟", role="photographer"),)),),
        language="zh-Hans",
        source=Provenance(file=f"{page}.txt", lines=(1, 2)),
    )


@pytest.fixture
def edition() -> Callable[..., Edition]:
    """Make an edition of the invented paper from its page labels."""

    def edition(*labels: str, date: dt.date = DATE, **fields: object) -> Edition:
        title = Title(id="river", title="江畔晨报", title_latin=None, language="zh-Hans")
        pages = tuple(Page(label=label) for label in labels)
        return Edition(paper=title, date=date, pages=pages, **fields)  # type: ignore[arg-type]

    return edition
