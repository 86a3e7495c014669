"""A strict peer, as a story: it looks, follows, reads, and leaves with another key."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.timeout(300)

WEEKDAYS = "一二三四五六日"
PAGE = """\
潮声晚报

{date}

星期{weekday}

A1

{headline}

本报讯（记者 沈听澜）停摆六年的老渡口大钟昨天上午十点重新敲响，江边晨练的人都停下来听。修钟师傅
说，齿轮一个没换，只是把里面的泥沙洗净，再上了三遍油。

钟声每小时响一次，夜里十点以后不响，免得吵了两岸的住户。

江堤新栽四百棵乌桕

本报讯（记者 何雨舟）园林队本周在江堤上栽下四百棵乌桕，到秋天江边会有一条红色的路。

树苗由附近三所学校的学生认养，每棵树上都挂着认养人的名字。
"""
FIRST = "老渡口的钟重新走了起来"


def page(headline: str) -> str:
    today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    date = f"{today.year}年{today.month}月{today.day}日"
    return PAGE.format(date=date, weekday=WEEKDAYS[today.weekday()], headline=headline)


def about(fedify: Any, type: str, words: str) -> list[dict[str, Any]]:
    """Return activities whose post says something."""
    return [
        activity
        for activity in fedify.of_type(type)
        if activity["object"] and words in (activity["object"]["content"] or "")
    ]


def test_a_strict_peer_follows_reads_and_leaves(house: Any, fedify: Any, until: Any) -> None:
    home = house()
    fedify.start("cavage")

    # it reads the account (by its id: an address it would look up by https alone) and
    # understands all that the profile says
    found = fedify.do("look", actor=home.account)
    assert (found["id"], found["type"], found["name"]) == (
        home.account,
        "Service",
        "潮声晚报 · 城事",
    )
    assert found["key"] == f"{home.account}#main-key"
    assert found["keys"] == ["Ed25519"]
    assert [one["type"] for one in found["attachments"]] == ["PropertyValue"] * 4

    # follow → accept
    fedify.do("follow", actor=home.account)
    (accept,) = until(lambda: fedify.of_type("Accept"))
    assert accept["actor"] == home.account

    # create: with language, tag and link
    home.drop("A1.txt", page(FIRST))
    (created,) = until(lambda: about(fedify, "Create", FIRST))
    post = created["object"]
    assert (post["type"], post["attributedTo"]) == ("Note", home.account)
    assert post["languages"] == ["zh-Hans"]
    assert "#城事" in post["tags"]
    assert post["url"] in post["content"]
    until(lambda: about(fedify, "Create", "乌桕"))
    assert len(fedify.of_type("Create")) == 2

    # whoever comes later finds both in the outbox, and the edition pinned
    later = fedify.do("look", actor=home.account, whole=True)
    assert len(later["items"]) == 2
    assert [id.partition(f"{home.account}/")[2].split("/")[0] for id in later["pinned"]] == [
        "editions",
        "about",
    ]

    # our own key changes: it is told in time, and believes the new one
    home.run("keys", "rotate", "tidewater_chengshi")
    (news,) = until(lambda: [a for a in fedify.of_type("Update") if is_actor(a, home)])
    assert news["object"]["key"] == f"{home.account}#main-key-2"

    # update: a newer text with a newer date
    home.drop("A1.txt", page("老渡口的钟今天重新走动"))
    (updated,) = until(lambda: about(fedify, "Update", "今天重新走动"))
    assert updated["object"]["id"] == post["id"]
    assert updated["object"]["updated"] > post["published"]

    # delete
    key = post["id"].rpartition("/")[2]
    home.run("article", "withdraw", key, "--reason", "时间写错")
    (deleted,) = until(lambda: fedify.of_type("Delete"))
    assert (deleted["object"]["type"], deleted["object"]["id"]) == ("Tombstone", post["id"])

    # it comes back with new keys, signs by the other scheme first, and leaves
    assert home.followers() == 1
    fedify.stop()
    fedify.start("rfc9421")
    fedify.do("unfollow", actor=home.account)
    until(lambda: home.followers() == 0)
    assert fedify.received == []


def is_actor(activity: dict[str, Any], home: Any) -> bool:
    return bool(activity["object"]) and activity["object"]["id"] == home.account


def test_a_guarded_house_is_read_by_a_peer_that_signs(
    house: Any, fedify: Any, until: Any
) -> None:
    """Both ask one another for keys before they believe anything; neither waits for ever."""
    home = house(guarded=True)
    fedify.start("rfc9421")
    fedify.do("follow", actor=home.account)
    until(lambda: fedify.of_type("Accept"))
