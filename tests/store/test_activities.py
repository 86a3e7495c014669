"""Our activities: one text for each, sent the same every time."""

import datetime as dt
from dataclasses import replace

import pytest

from bridge.model import Activity
from bridge.store import Store, activities, deliveries

ID = "https://paper.example/ap/activities/create-daily-20260301-aaaaaa"


@pytest.fixture
def create(now: dt.datetime) -> Activity:
    return Activity(
        id=ID,
        actor="daily_city",
        type="Create",
        object="https://paper.example/ap/o/daily-20260301-aaaaaa",
        body={"type": "Create", "id": ID, "content": "渡口今晨恢复通航"},
        created=now,
    )


def test_an_activity_comes_back_as_stored(store: Store, create: Activity) -> None:
    with store.begin() as connection:
        assert activities.get(connection, ID) is None
        assert activities.add(connection, create)
        assert activities.get(connection, ID) == create


def test_the_first_text_of_an_id_stays(store: Store, create: Activity) -> None:
    """Security no. 89: the same id always means the same bytes."""
    with store.begin() as connection:
        activities.add(connection, create)
        assert not activities.add(connection, replace(create, body={"type": "Other"}))
        assert activities.get(connection, ID) == create


def test_the_bytes_keep_the_order_they_were_written_in(store: Store, create: Activity) -> None:
    wanted = f'{{"type":"Create","id":"{ID}","content":"渡口今晨恢复通航"}}'.encode()
    with store.begin() as connection:
        activities.add(connection, create)
        assert activities.bodies(connection, [ID, "https://paper.example/none"]) == {ID: wanted}


def test_the_newest_activity_about_an_object_is_found(store: Store, create: Activity) -> None:
    update = replace(create, id=f"{ID}-2", type="Update")
    with store.begin() as connection:
        assert activities.about(connection, create.object) is None
        activities.add(connection, create)
        activities.add(connection, update)
        assert activities.about(connection, create.object) == update


def test_what_has_lost_its_task_is_found_after_a_while(store: Store, create: Activity) -> None:
    """Neither what is held back nor what answers one actor has followers' rows to get."""
    minute = dt.timedelta(minutes=1)
    held = replace(create, id=f"{ID}-held", release_at=create.created + 5 * minute)
    accept = replace(create, id=f"{ID}-accept", type="Accept")
    with store.begin() as connection:
        for activity in (create, held, accept):
            activities.add(connection, activity)
        activities.add(
            connection, replace(accept, id=f"{ID}-other", type="Follow"), personal=True
        )
        assert activities.overdue(connection, create.created - minute) == ()
        assert activities.overdue(connection, create.created + minute) == (ID,)
        assert activities.overdue(connection, create.created + 9 * minute) == (ID, held.id)
        deliveries.fan_out(connection, ID, create.created)
        assert activities.overdue(connection, create.created + minute) == ()


def test_nothing_is_held_back_for_a_clock_that_was_put_back(
    store: Store, create: Activity
) -> None:
    """Security no. 109."""
    day = dt.timedelta(days=1)
    held = replace(create, release_at=create.created + day / 2)
    with store.begin() as connection:
        activities.add(connection, held)
        activities.rewind(connection, create.created)
        assert activities.released(connection, create.created) == ()
        activities.rewind(connection, create.created - day)
        assert activities.released(connection, create.created - day) == (ID,)
