"""Tokens: what they are made of, and that no text shows one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import access

BYTES = st.binary(min_size=20, max_size=20)


@given(BYTES, BYTES)
def test_a_token_carries_all_its_bytes_and_fits_every_place(one: bytes, other: bytes) -> None:
    """160 bits, in what addresses, passwords and cookies hold unescaped."""
    token = access.token(one)
    assert access.TOKEN.fullmatch(token)
    assert re.fullmatch(r"[A-Za-z0-9_]+", token)
    assert (token == access.token(other)) == (one == other)
    assert re.fullmatch(r"[0-9a-f]{64}", access.digest(token))


@given(BYTES, st.text(), st.text())
def test_no_text_shows_a_token(random: bytes, before: str, behind: str) -> None:
    """Security no. 86."""
    token = access.token(random)
    for shown in (token, token.upper()):
        hidden = access.hide(f"{before}{shown}{behind}")
        assert token not in hidden.lower()
        assert token[3:] not in hidden.lower()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (
            '"GET /r/rd_abcdefgh234567/all/rss.xml HTTP/1.1" 200',
            '"GET /r/…/all/rss.xml HTTP/1.1" 200',
        ),
        ("/r/tooshort-and-wrong-1/x?q=1", "/r/…/x?q=1"),
        ("Authorization: rd_abcdefgh234567", "Authorization: …"),
        ("/home/r/feeds/a.xml, rd_, /r/x", "/home/r/feeds/a.xml, rd_, /r/x"),
    ],
)
def test_what_is_hidden_and_what_is_left(text: str, hidden: str) -> None:
    assert access.hide(text) == hidden


def test_nobodys_digest_is_shown_by_accident() -> None:
    import datetime as dt

    reader = access.Reader(
        name="x", digest="feed" * 16, created=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    assert "feed" not in repr(reader)
