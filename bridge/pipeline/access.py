"""Let readers into a private copy by name, and shut them out again."""

import datetime as dt
import secrets

from bridge.errors import BridgeError
from bridge.model import Reader, access, addresses
from bridge.store import readers
from bridge.wiring import Bridge

LONGEST = 80
"""Characters of a reader's name."""


def admit(bridge: Bridge, name: str, now: dt.datetime) -> str:
    """Let somebody in and return the token, which is stored nowhere and cannot be read again.

    Raises BridgeError for a name that is taken or none, and where nothing needs a token.
    """
    if bridge.site.mode != "reader":
        raise BridgeError(
            "nothing here needs a token",
            where=str(bridge.settings.path),
            why=f'mode is "{bridge.site.mode}": feeds and pages are open to everybody',
            hint='tokens are for mode = "reader"',
        )
    token = access.token(secrets.token_bytes(20))
    reader = Reader(name=_checked(name), digest=access.digest(token), created=now)
    with bridge.store.begin() as connection:
        if not readers.add(connection, reader):
            raise BridgeError(
                f'there is a reader "{reader.name}" already',
                hint="revoke that token first, or choose another name",
            )
    return token


def revoke(bridge: Bridge, name: str, now: dt.datetime) -> None:
    """Shut somebody out; BridgeError when nobody in force has this name."""
    with bridge.store.begin() as connection:
        done = readers.revoke(connection, name.strip(), now)
        known = ", ".join(one.name for one in readers.in_force(connection)) or "nobody"
    if not done:
        raise BridgeError(f'no reader is called "{name}"', hint=f"who may read: {known}")


def doors(bridge: Bridge, token: str) -> tuple[tuple[str, str], ...]:
    """Return what a reader is told: what each personal address is of, and the address."""
    base = addresses.personal(bridge.site.base_url, token)
    feeds = (
        (
            paper.title,
            addresses.url(base, addresses.feed_path(paper.id, addresses.ALL, "rss.xml")),
        )
        for paper in bridge.site.papers
    )
    site, every = addresses.url(base, ""), addresses.url(base, "opml.xml")
    return ("in a browser", site), ("every feed (OPML)", every), *feeds


def _checked(name: str) -> str:
    """Return a name that fits on a line and can stand before a password (RFC 7617)."""
    name = name.strip()
    if not name or len(name) > LONGEST or ":" in name or not name.isprintable():
        raise BridgeError(
            f"{name!r} cannot be a reader's name",
            hint=f'1 to {LONGEST} characters on one line, without ":"',
        )
    return name
