"""Alive is not the same as ready."""

import pytest
from flask import Flask
from sqlalchemy import text

from bridge.wiring import Bridge


def test_alive_and_ready(app: Flask) -> None:
    client = app.test_client()
    for path in ("/livez", "/readyz"):
        answer = client.get(path)
        assert (answer.status_code, answer.data) == (200, b"ok\n")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_lost_database_is_alive_but_not_ready(app: Flask, bridge: Bridge) -> None:
    bridge.store.close()
    for file in bridge.settings.data_dir.iterdir():
        if file.name.startswith("broadsheet.db"):
            file.unlink()
    bridge.settings.data_dir.joinpath("broadsheet.db").write_bytes(b"no database at all" * 100)
    client = app.test_client()
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.data) == (503, b"the database is not ready\n")
    assert str(bridge.settings.data_dir).encode() not in answer.data


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_a_database_of_another_program_is_not_ready(
    app: Flask, bridge: Bridge, revision: str
) -> None:
    with bridge.store.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :found"), {"found": revision}
        )
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.data) == (503, b"the database is of another version\n")
