"""A PostgreSQL server for a measurement, made by the recipe that operators use."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RECIPE = Path(__file__).parents[1] / "deploy/cluster/postgresql.sh"


def is_installed() -> bool:
    """Tell whether there is a PostgreSQL to be started."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return bool(shutil.which("initdb") or list(debian))


@contextmanager
def server() -> Iterator[str]:
    """Run a server until the block ends; gives the URL of an empty database.

    It refuses to run as root, and does so there as its own user or as one without power.
    """
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = None if os.getuid() else "postgres" if "postgres" in names else "nobody"
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-pg-"))
    script = shutil.copy(RECIPE, folder)
    if user:
        shutil.chown(folder, user)
        folder.chmod(0o755)

    def recipe(*words: str) -> None:
        command = [script, words[0], str(folder / "cluster"), *words[1:]]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    try:
        recipe("make", "127.0.0.1", port)
        yield (folder / "cluster/url").read_text().strip()
        recipe("stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
