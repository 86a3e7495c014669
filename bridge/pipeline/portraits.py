"""Pictures that the accounts show of themselves, at addresses made of their bytes.

So a new picture has a new address, and nobody keeps the old one for the new.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import structlog

from bridge.config import portraits
from bridge.config.portraits import Portrait
from bridge.model import Picture, Site, addresses

MOST = 64
"""Pictures kept in memory, 2 MB each at most."""

log = structlog.get_logger(__name__)


def picture(site: Site, path: str | None, alt: str) -> Picture | None:
    """Return a picture as an account's document names it; None for one that is gone."""
    found = _read(path) if path else None
    if found is None:
        return None
    url = addresses.portrait(site.base_url, _name(found))
    return Picture(url=url, media_type=found.type, alt=alt)


def find(site: Site, name: str) -> Portrait | None:
    """Return the picture with this name; None when no account shows such a one."""
    shown = filter(None, map(_read, _paths(site)))
    return next((portrait for portrait in shown if _name(portrait) == name), None)


def _paths(site: Site) -> Iterator[str]:
    for paper in site.papers:
        accounts = paper.accounts
        icons = (accounts.icon, accounts.image, *(section.icon for section in paper.sections))
        yield from (path for path in icons if path)


def _name(portrait: Portrait) -> str:
    return f"{sha256(portrait.data).hexdigest()[:32]}.{portrait.ending}"


def _read(path: str) -> Portrait | None:
    try:
        seen = Path(path).stat()
    except OSError as error:
        log.warning("an account's picture is gone", path=path, reason=error.strerror)
        return None
    return _read_once(path, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=MOST)
def _read_once(path: str, mtime_ns: int, size: int) -> Portrait | None:
    try:
        return portraits.read(Path(path))
    except ValueError as error:  # it was changed since the configuration was checked
        log.warning("an account's picture cannot be shown", path=path, reason=str(error))
        return None
