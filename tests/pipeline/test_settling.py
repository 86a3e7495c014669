"""Results of many runs in one commit: all are told what came of their own."""

import threading

import pytest
from sqlalchemy import text

from bridge.errors import BridgeError
from bridge.pipeline.settling import Settling
from bridge.store import Connection

COUNT = text("UPDATE recalls SET number = number + 1")


@pytest.fixture
def settling(federated):
    with federated.store.begin() as connection:
        connection.execute(text("INSERT INTO recalls VALUES (1, 0)"))
    return Settling(federated.store)


def number(bridge) -> int:
    with bridge.store.read() as connection:
        return int(connection.execute(text("SELECT number FROM recalls")).scalar_one())


def together(settling: Settling, works) -> list[str]:
    """Hand in all works at the same time; gives what each raised."""
    raised = [""] * len(works)
    start = threading.Barrier(len(works))

    def one(place: int) -> None:
        start.wait()
        try:
            settling.write(works[place])
        except Exception as error:
            raised[place] = type(error).__name__

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def count(connection: Connection) -> None:
    connection.execute(COUNT)


def fail(connection: Connection) -> None:
    connection.execute(COUNT)
    raise ZeroDivisionError


def test_many_works_share_few_commits(federated, settling, monkeypatch):
    commits, begin = [], federated.store.begin
    monkeypatch.setattr(
        type(federated.store), "begin", lambda self: commits.append(1) or begin()
    )
    assert together(settling, [count] * 20) == [""] * 20
    assert number(federated) == 20
    assert len(commits) < 10


def test_one_that_fails_takes_nobody_with_it(federated, settling):
    assert together(settling, [count, fail, count]) == ["", "ZeroDivisionError", ""]
    assert number(federated) == 2


def test_trouble_of_the_database_is_told_to_all(federated, settling, monkeypatch):
    def refuse(self):
        raise BridgeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(federated.store), "begin", refuse)
        assert together(settling, [count] * 3) == ["BridgeError"] * 3
    settling.write(count)
    assert number(federated) == 1
