"""What a node may no longer do after it was taken for dead."""

import threading

import pytest

from bridge.workers import lease
from bridge.workers.lease import Lease, LostError


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's clock, to be set by hand."""
    at = [1000.0]
    monkeypatch.setattr(lease, "moment", lambda: at[0])
    return at


def test_a_single_node_is_never_lost(clock: list[float]) -> None:
    stop = threading.Event()
    own = Lease(stop)
    leave = own.watch()
    with own.task():
        clock[0] += 10_000_000
        own.guard()
    assert not leave()
    stop.set()
    assert leave()


def test_a_task_that_slept_through_its_lease_can_neither_go_on_nor_write(
    clock: list[float],
) -> None:
    own = Lease(threading.Event(), silence=60)
    leave = own.watch()
    with own.task():
        clock[0] += 60
        own.guard()
        assert not leave()
        clock[0] += 1
        assert leave()
        with pytest.raises(LostError, match="silent too long"):
            own.guard()


def test_a_sign_of_life_does_not_bring_back_what_was_lost(clock: list[float]) -> None:
    """Others may have begun it meanwhile; what begins afterwards is this node's again."""
    own = Lease(threading.Event(), silence=60)
    leave = own.watch()
    with own.task():
        clock[0] += 61
        assert own.renew(clock[0])
        assert leave()
        with pytest.raises(LostError):
            own.guard()
    assert not own.watch()()
    with own.task():
        own.guard()


def test_signs_of_life_in_time_keep_the_lease(clock: list[float]) -> None:
    own = Lease(threading.Event(), silence=60)
    leave = own.watch()
    for _ in range(10):
        clock[0] += 50
        assert not own.renew(clock[0])
    assert not leave()


def test_the_databases_clock_counts_where_the_machines_own_stood_still(
    clock: list[float],
) -> None:
    """A paused virtual machine does not notice."""
    own = Lease(threading.Event(), silence=60)
    leave = own.watch()
    assert own.renew(clock[0], late=True)
    assert leave()


def test_threads_that_do_no_task_are_not_guarded(clock: list[float]) -> None:
    """The heart itself must write when the lease has run out."""
    own = Lease(threading.Event(), silence=60)
    clock[0] += 61
    own.guard()
