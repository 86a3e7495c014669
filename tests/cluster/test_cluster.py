"""A scheduler, three workers, two web servers and nginx, as deploy/cluster has them.

One story in one test, because starting all of it costs most of the time.
"""

import datetime as dt
import http.client
import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.model import Follower
from bridge.model.social import shard_of
from bridge.store import Store, followers

SILENCE = 5
START = 120  # seconds; a busy machine takes long to start so many
INBOXES = 5  # at each peer

PAGE = """潮声晚报
{today:%Y年%m月%d日}
{label} 城事

{headline}
本报讯（记者 顾晚舟）停了两年的渡口，下个月初重新开航。
渡船比从前少了三条，每一班都要先过安全检查。
"""


def drop(cluster: Any, label: str, headline: str) -> None:
    """Put a page of today's edition in; what is older would not be announced."""
    today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    text = PAGE.format(today=today, label=label, headline=headline)
    cluster.drop(f"{today}-{label}.txt", text)


def follow(store: Store, account: str, inboxes: list[str]) -> None:
    now = dt.datetime.now(dt.UTC)
    with store.begin() as connection:
        for inbox in inboxes:
            person = inbox.removesuffix("/inbox")
            follower = Follower(
                actor=account,
                id=person,
                inbox=inbox,
                shared_inbox=None,
                follow=f"{person}/follow",
                since=now,
            )
            followers.put(connection, follower)


def begun(store: Store, *executors: str) -> set[int]:
    """The shards that these nodes are sending."""
    with store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT queue_partition_key, executor_id FROM dbos.workflow_status"
            " WHERE status = 'PENDING' AND name = 'deliver_shard'"
        )
        return {int(row[0].partition("/")[2]) for row in rows if row[1] in executors}


def get(port: int, path: str) -> tuple[int, str, str]:
    """Status, body and who answered."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers["X-Served-By"] or ""
    except urllib.error.HTTPError as answer:
        return answer.code, "", ""
    except (OSError, http.client.HTTPException):
        return 0, "", ""


@pytest.mark.timeout(400)
def test_nodes_die_and_the_paper_goes_out(
    cluster: Any, peers: Any, wait_for: Callable[..., Any]
) -> None:
    """Design §8, target 4: a dead node's work resumes within its limit and ten seconds."""
    store = cluster.store
    workers = [f"worker-{n}" for n in (1, 2, 3)]
    cluster.start("run", "1")
    wait_for(lambda: '"ready"' in cluster.log("run-1"), START)  # one compiles for all
    for port in cluster.web:
        cluster.start("serve", str(port))
    for name in workers:
        cluster.start(*name.split("-"), "--silence", str(SILENCE))
    for port in cluster.web:
        wait_for(lambda port=port: get(port, "/readyz")[0] == 200, START)
    for name in workers:
        wait_for(lambda name=name: '"ready"' in cluster.log(name), START)
    cluster.start_nginx()

    # The page comes out, through nginx from the shared folder and from either web server.
    follow(store, "tidewater_chengshi", peers.inboxes(INBOXES))
    wait_for(lambda: get(cluster.port, "/readyz")[0] == 200)
    drop(cluster, "A1", "老渡口下月复航")
    feed = "/tidewater/chengshi/rss.xml"
    wait_for(lambda: "老渡口下月复航" in get(cluster.port, feed)[1])
    for port in cluster.web:
        wait_for(lambda port=port: "老渡口下月复航" in get(port, feed)[1])
    actor = get(cluster.port, "/ap/actors/tidewater_chengshi")
    assert actor[2] == "broadsheet"
    assert json.loads(actor[1])["id"] == f"{cluster.url}/ap/actors/tidewater_chengshi"

    # Every follower gets it, once, whichever nodes share the shards.
    everyone = dict.fromkeys(peers.inboxes(INBOXES), 1)
    wait_for(lambda: len(peers.count("老渡口下月复航")) == len(everyone))
    time.sleep(1)
    assert peers.count("老渡口下月复航") == everyone
    assert cluster.command("nodes").stdout.count("worker") == 3

    # In mid-work one worker is killed and one frozen.
    peers.delay = 1.0
    drop(cluster, "A2", "渡船添了夜班")

    def two_at_work() -> list[str]:
        """Two workers have deliveries in hand."""
        busy = [name for name in workers if begun(store, cluster.node(name))]
        return busy[:2] if len(busy) >= 2 and peers.count("渡船添了夜班") else []

    killed, frozen = wait_for(two_at_work)
    cluster.send(killed, signal.SIGKILL)
    cluster.send(frozen, signal.SIGSTOP)
    stopped = time.monotonic()
    lost = begun(store, cluster.node(killed), cluster.node(frozen))
    assert lost
    wait_for(lambda: not begun(store, cluster.node(killed), cluster.node(frozen)), SILENCE + 10)
    resumed = time.monotonic() - stopped
    print(f"resumed after {resumed:.1f} s with a limit of {SILENCE} s")
    assert resumed > SILENCE / 2  # who is alive is let alone
    peers.delay = 0.0
    wait_for(lambda: len(peers.count("渡船添了夜班")) == len(everyone))

    # The frozen one wakes up; nothing is repeated but what was in flight, and it works on.
    hosts = [f"127.0.0.1:{server.server_port}" for server in peers.servers]
    touched = [host for host in hosts if shard_of(host) in lost]
    before = len(peers.got)
    cluster.send(frozen, signal.SIGCONT)
    wait_for(lambda: "begun again" in cluster.log(frozen))
    time.sleep(2)
    late = len(peers.got) - before
    repeated = sum(count - 1 for count in peers.count("渡船添了夜班").values())
    print(f"{len(touched)} hosts in hand, {repeated} repeated, {late} after waking")
    assert set(peers.count("渡船添了夜班")) == set(everyone)
    assert late <= len(touched)  # of each host: the request in flight
    assert repeated <= 2 * len(touched)  # and what was answered but not written down yet
    assert len({body for _, body in peers.got if "渡船添了夜班" in body.decode()}) == 1

    # A new process of the killed one comes back under its old name.
    cluster.start(*killed.split("-"), "--silence", str(SILENCE))
    wait_for(lambda: '"ready"' in cluster.log(killed).rpartition('"starting"')[2])
    drop(cluster, "A3", "末班船改到十点")
    wait_for(lambda: len(peers.count("末班船改到十点")) == len(everyone))
    time.sleep(1)
    assert peers.count("末班船改到十点") == everyone
    listed = cluster.command("nodes")
    assert listed.returncode == 0, listed.stdout
