"""OpenStack Swift with its S3 interface: the whole object store in one process.

Run by Debian's own Python, for which python3-swift is packaged:
`/usr/bin/python3 object_server.py FOLDER PORT PORT PORT PORT`, the S3 port first. Prints a line
when it listens. Objects are files below FOLDER, so that they outlive the process.
"""

import eventlet

eventlet.monkey_patch()

import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

HASHES = "[swift-hash]\nswift_hash_path_prefix = broad\nswift_hash_path_suffix = sheet\n"

COMMON = """
[DEFAULT]
swift_dir = {folder}
devices = {folder}
bind_ip = 127.0.0.1
mount_check = false
fallocate_reserve = 0
log_level = ERROR
"""

FRONT = """
[pipeline:main]
pipeline = catch_errors s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = here-1
[filter:tempauth]
use = egg:swift#tempauth
user_press_printer = ink-and-paper .admin
"""

BACK = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""


class Memory:
    """What Swift keeps in memcached elsewhere: tokens, and whether a bucket is there."""

    def __init__(self, app):
        self.app, self.held = app, {}

    def __call__(self, environ, start_response):
        environ["swift.cache"] = self
        return self.app(environ, start_response)

    def get(self, key, **_):
        return self.held.get(key)

    def set(self, key, value, **_):
        self.held[key] = value

    def delete(self, key, **_):
        self.held.pop(key, None)


def serve(folder: Path, kind: str, text: str, port: int) -> None:
    """Start one of the four servers."""
    conf = folder / f"{kind}.conf"
    conf.write_text(COMMON.format(folder=folder) + text.format(kind=kind))
    listener = eventlet.listen(("127.0.0.1", port), reuse_port=False)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = loadapp(str(conf), allow_modify_pipeline=True)
    eventlet.spawn(wsgi.server, listener, Memory(app), log_output=False)


def place(folder: Path, kind: str, port: int) -> None:
    """Write the ring that tells where a kind of thing is: all of it on this one disk."""
    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=1)
    builder.add_dev(
        {
            "id": 0, "region": 1, "zone": 1, "weight": 1, "device": "disk", "meta": "",
            "ip": "127.0.0.1", "port": port,
            "replication_ip": "127.0.0.1", "replication_port": port,
        }
    )  # fmt: skip
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def main(folder: Path, front: int, *back: int) -> None:
    """Serve until killed."""
    (folder / "disk").mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(HASHES)
    utils.SWIFT_CONF_FILE = str(folder / "swift.conf")
    for kind, port in zip(("account", "container", "object"), back, strict=True):
        place(folder, kind, port)
        serve(folder, kind, BACK, port)
    serve(folder, "proxy", FRONT, front)
    print("ready", flush=True)
    while True:
        eventlet.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
