"""A real object store on this machine, and the two places an output can be in."""

import datetime as dt
import itertools
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Protocol

import pytest

from bridge.config.settings import Bucket as Address
from bridge.publish.bucket import Bucket
from bridge.publish.files import Output
from bridge.publish.folder import Folder
from bridge.publish.objects import Objects, Patience

PYTHON = "/usr/bin/python3"
USER, KEY = "press:printer", "ink-and-paper"
PATIENCE = Patience(connect=5, request=30, tries=2)


class ObjectServer:
    """OpenStack Swift; what it holds outlives being killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, None
        self.ports = free_ports(4)
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        self._numbers = itertools.count(1)
        self._token: dict[str, str] = {}

    def start(self) -> None:
        script = str(Path(__file__).with_name("object_server.py"))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [PYTHON, script, str(self.folder), *map(str, self.ports)],
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        if self.process.stdout.readline() != b"ready\n":
            pytest.fail((self.folder / "log").read_text("utf-8"))
        self._token = {}

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def make_bucket(self) -> Address:
        """Make a bucket with nothing in it; the output is in a folder of it."""
        name = f"feeds-{next(self._numbers)}"
        self.ask("PUT", name)
        return Address(
            url=f"s3://{name}/paper",
            endpoint=self.url,
            region="here-1",
            path_style=True,
            access_key=USER,
            secret_key=KEY,
        )

    def ask(self, method: str, path: str, data: bytes | None = None) -> tuple[Message, bytes]:
        """Ask in Swift's own language, past everything that is tested."""
        if not self._token:
            login = {"X-Auth-User": USER, "X-Auth-Key": KEY}
            request = urllib.request.Request(f"{self.url}/auth/v1.0", headers=login)
            with urllib.request.urlopen(request, timeout=30) as answer:
                self._token = {"X-Auth-Token": answer.headers["X-Auth-Token"]}
        url = f"{self.url}/v1/AUTH_press/{path}"
        request = urllib.request.Request(url, data, self._token, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers, answer.read()


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@pytest.fixture(name="free_ports")
def _free_ports() -> Callable[[int], list[int]]:
    return free_ports


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    there = shutil.which(PYTHON) and not subprocess.run(
        [PYTHON, "-c", "import swift"], capture_output=True, check=False
    ).returncode  # fmt: skip
    if not there:
        pytest.skip("needs OpenStack Swift (python3-swift)")
    server = ObjectServer(tmp_path_factory.mktemp("swift"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def address(object_server: ObjectServer) -> Address:
    return object_server.make_bucket()


@pytest.fixture
def another(address: Address) -> Callable[..., Address]:
    """The same bucket, with something wrong."""
    return lambda **changes: replace(address, **changes)


@pytest.fixture
def open_bucket() -> Callable[..., Bucket]:
    """Open the output in a bucket, as one node."""

    def opened(address: Address, *, private: bool = False) -> Bucket:
        objects = Objects(address, PATIENCE)
        return Bucket(objects, ttl=dt.timedelta(minutes=15), private=private)

    return opened


class Place(Protocol):
    """Where an output is, and what only hands do there."""

    def output(self) -> Output:
        """Open the output anew, as another node does."""

    def read(self, path: str) -> bytes: ...

    def names(self) -> set[str]:
        """Everything that stands there but what is known of it."""

    def version(self, path: str) -> object:
        """Something that is another after every write."""

    def lose(self, start: str) -> None:
        """Delete what starts so, `.manifest` too."""

    def spoil(self, path: str) -> None:
        """Put other bytes there."""


class FolderPlace:
    def __init__(self, root: Path) -> None:
        self.root = root

    def output(self) -> Output:
        return Folder(self.root)

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def names(self) -> set[str]:
        files = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        return {path.as_posix() for path in files if path.parts[0] != ".manifest"}

    def version(self, path: str) -> object:
        stat = (self.root / path).stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns

    def lose(self, start: str) -> None:
        for path in self.root.rglob("*"):
            if path.is_file() and path.relative_to(self.root).as_posix().startswith(start):
                path.unlink()

    def spoil(self, path: str) -> None:
        (self.root / path).write_bytes(b"by hand")


class BucketPlace:
    def __init__(self, server: ObjectServer, address: Address, opened: object) -> None:
        self.server, self.address, self.opened = server, address, opened
        self.base = address.url.removeprefix("s3://")

    def output(self) -> Output:
        return self.opened(self.address)  # type: ignore[operator]

    def read(self, path: str) -> bytes:
        return self.server.ask("GET", f"{self.base}/{path}")[1]

    def _all(self) -> set[str]:
        bucket, _, folder = self.base.partition("/")
        listed = self.server.ask("GET", bucket)[1].decode().split()
        return {name.removeprefix(f"{folder}/") for name in listed}

    def names(self) -> set[str]:
        return {name for name in self._all() if not name.startswith(".manifest")}

    def version(self, path: str) -> object:
        return self.server.ask("HEAD", f"{self.base}/{path}")[0]["X-Timestamp"]

    def lose(self, start: str) -> None:
        for name in self._all():
            if name.startswith(start):
                self.server.ask("DELETE", f"{self.base}/{name}")

    def spoil(self, path: str) -> None:
        self.server.ask("PUT", f"{self.base}/{path}", b"by hand")


@pytest.fixture
def bucket_place(
    object_server: ObjectServer, address: Address, open_bucket: Callable[..., Bucket]
) -> BucketPlace:
    return BucketPlace(object_server, address, open_bucket)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Both places, so that every test of the seam runs on each."""
    if request.param == "folder":
        return FolderPlace(tmp_path / "feeds")
    found: BucketPlace = request.getfixturevalue("bucket_place")
    return found


@pytest.fixture
def wait_for() -> Callable[..., None]:
    def wait(what: Callable[[], object], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what():
                return
            time.sleep(0.05)
        pytest.fail(f"not within {seconds} seconds: {what.__doc__ or what}")

    return wait


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a child process, without anything of a store's in it."""
    return {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
