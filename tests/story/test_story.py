"""The story of one page: dropped, read, published, followed, corrected, and never doubled."""

import datetime as dt
import json
import urllib.request
from zoneinfo import ZoneInfo

import feedparser

WEEKDAYS = "一二三四五六日"

PAGE = """\
潮声晚报

{date}

星期{weekday}

A1

老渡口的钟重新走了起来

本报讯（记者 沈听澜）停摆六年的老渡口大钟昨天上午十点重新敲响，江边晨练的人都停下来听。修钟师傅
说，齿轮一个没换，只是把里面的泥沙洗净，再上了三遍油。

钟声每小时响一次，夜里十点以后不响，免得吵了两岸的住户。

江堤新栽四百棵乌桕

本报讯（记者 何雨舟）园林队本周在江堤上栽下四百棵乌桕，到秋天江边会有一条红色的路。

树苗由附近三所学校的学生认养，每棵树上都挂着认养人的名字。
"""


def page(headline: str = "老渡口的钟重新走了起来") -> str:
    today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    text = PAGE.format(
        date=f"{today.year}年{today.month}月{today.day}日", weekday=WEEKDAYS[today.weekday()]
    )
    return text.replace("老渡口的钟重新走了起来", headline)


def fetch(url: str) -> dict:
    request = urllib.request.Request(url, headers={"Accept": "application/activity+json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def titles(house) -> dict[str, str]:
    """Return the guid of each title in the section's feed; none before it is published."""
    feed = feedparser.parse(f"{house.url}/tidewater/chengshi/rss.xml")
    assert not feed.bozo or feed.status == 404
    return {entry.title: entry.id for entry in feed.entries}


def follow(house, reader, wait_for) -> str:
    """Find the section's account as a server does, and follow it."""
    handle = f"acct:tidewater_chengshi@127.0.0.1:{house.port}"
    found = fetch(f"{house.url}/.well-known/webfinger?resource={handle}")
    link = next(link for link in found["links"] if link["rel"] == "self")
    actor = fetch(link["href"])
    reader.trusted[actor["publicKey"]["id"]] = actor["publicKey"]["publicKeyPem"]
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{reader.id}/follows/1",
        "type": "Follow",
        "actor": reader.id,
        "object": actor["id"],
    }
    inbox = actor["endpoints"]["sharedInbox"]
    path = inbox.removeprefix(house.url)
    body, headers = reader.signed(activity, f"127.0.0.1:{house.port}", path)
    request = urllib.request.Request(inbox, data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202
    (accept,) = wait_for(lambda: reader.received("Accept"))
    assert accept["object"]["id"] == activity["id"]
    return actor["id"]


def test_a_page_reaches_reader_and_follower_once_and_so_does_its_correction(
    house, reader, wait_for
):
    house.start()

    # Given a follower of the section, on a server that checks every signature
    actor = follow(house, reader, wait_for)

    # When the page is dropped into the watched folder
    house.drop("A1.txt", page())

    # Then its articles stand in the section's feed, and reach the follower's inbox
    feed = wait_for(lambda: titles(house))
    assert list(feed) == ["老渡口的钟重新走了起来", "江堤新栽四百棵乌桕"]
    wait_for(lambda: len(reader.received("Create")) == 2)
    posts = {create["object"]["id"]: create["object"] for create in reader.received("Create")}
    assert all(post["attributedTo"] == actor for post in posts.values())
    (post,) = (post for post in posts.values() if "老渡口的钟" in post["content"])
    assert fetch(post["id"])["content"] == post["content"]

    # When the headline is corrected
    house.drop("A1.txt", page("老渡口的大钟重新走了起来"))

    # Then it is the same entry and the same post, told anew
    corrected = wait_for(lambda: {k: v for k, v in titles(house).items() if "大钟" in k})
    assert corrected["老渡口的大钟重新走了起来"] == feed["老渡口的钟重新走了起来"]
    (update,) = wait_for(lambda: reader.received("Update"))
    assert update["object"]["id"] == post["id"]
    assert update["object"]["updated"] > update["object"]["published"]

    # And a second daemon on the same data folder refuses
    second = house.run("run")
    assert second.returncode == 11
    assert "another daemon holds the data folder" in second.stderr

    # When everything is stopped and started again
    assert house.stop() == 0
    sent, told = len(reader.inbox), titles_on_disk(house)
    house.start()
    house.drop("A2.txt", "")
    status = wait_for(lambda: told_in_status(house, "A2.txt"))

    # Then there is still one of each, and what is wrong is said in one line
    assert "[empty]" in status
    assert titles_on_disk(house) == told
    assert (len(reader.inbox), reader.forged) == (sent, [])
    assert house.stop() == 0


def titles_on_disk(house) -> bytes:
    return (house.root / "feeds/tidewater/chengshi/atom.xml").read_bytes()


def told_in_status(house, name: str) -> str:
    """Return the line of `status` that names a file."""
    lines = house.run("status").stdout.splitlines()
    return next((line for line in lines if name in line and "quarantined" in line), "")
