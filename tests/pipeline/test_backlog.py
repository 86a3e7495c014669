"""What may be sent and not written down: so much and no more."""

import threading

from bridge.pipeline.backlog import Backlog


def test_no_more_places_than_there_are():
    backlog = Backlog(3, 1)
    assert [backlog.enter(0) for _ in range(5)] == [True, True, True, False, False]
    backlog.leave(2)
    assert [backlog.enter(0) for _ in range(3)] == [True, True, False]


def test_it_presses_before_all_places_are_taken():
    backlog = Backlog(4, 2)
    pressed = []
    for _ in range(4):
        backlog.enter(0)
        pressed.append(backlog.is_pressed)
    assert pressed == [False, True, True, True]


def test_who_waits_gets_the_next_place_that_comes_free():
    backlog = Backlog(1, 0)
    assert backlog.enter(0)
    entered = threading.Event()
    thread = threading.Thread(target=lambda: backlog.enter(30) and entered.set())
    thread.start()
    assert not entered.is_set()
    backlog.leave(1)
    assert entered.wait(10)
    thread.join()
