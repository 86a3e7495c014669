"""Pictures of posts: words for who cannot see them, and what shows before they are loaded.

A picture is measured once, when its article is announced; without the libraries of the extra
`pdf`, which is where pictures come from, posts show it unmeasured.
"""

from io import BytesIO

import structlog

from bridge.model import Photo, Picture, StoredArticle, addresses
from bridge.publish import body
from bridge.publish.words import words
from bridge.store import Connection, pictures
from bridge.store.pictures import Measure
from bridge.wiring import Bridge

LONGEST_ALT = 1_500
"""Characters; Mastodon cuts at that."""

GRID = 32
"""Pixels of the longer side of the likeness that is measured: more would not show."""

log = structlog.get_logger(__name__)


def measure(bridge: Bridge, connection: Connection, entry: StoredArticle) -> None:
    """Measure those pictures of an article that never were."""
    paths = _paths(entry)
    for path in set(paths) - pictures.get(connection, paths).keys():
        found = _measured(bridge, path)
        if found is not None:
            pictures.put(connection, found)


def of_article(
    bridge: Bridge, connection: Connection, entry: StoredArticle
) -> tuple[Picture, ...]:
    """Return the pictures of an article of which we hold a file, in their order."""
    known = pictures.get(connection, _paths(entry))
    language = bridge.paper(entry.paper).language
    found = []
    for photo in entry.article.photos:
        path = body.own_image(photo)
        if path is not None:
            url = addresses.url(bridge.site.base_url, path)
            found.append(_picture(url, _alt(photo, entry, language), known.get(path)))
    return tuple(found)


def focus(rows: list[list[int]]) -> tuple[float, float]:
    """Return where the detail of a grey picture gathers: -1 to 1, right and up of its centre.

    Others cut a preview around it. A picture without any detail has it in the centre.
    """
    total, across, down = 0, 0.0, 0.0
    height, width = len(rows), len(rows[0])
    for y in range(1, height):
        for x in range(1, width):
            detail = abs(rows[y][x] - rows[y][x - 1]) + abs(rows[y][x] - rows[y - 1][x])
            total += detail
            across += detail * x
            down += detail * y
    if not total:
        return 0.0, 0.0
    right = 2 * across / total / width - 1
    up = 1 - 2 * down / total / height
    return round(right, 2), round(up, 2)


def _paths(entry: StoredArticle) -> list[str]:
    return [path for photo in entry.article.photos if (path := body.own_image(photo))]


def _alt(photo: Photo, entry: StoredArticle, language: str) -> str:
    """Return what a picture shows and who made it; never nothing."""
    made = body.credit(photo.credits, words(language))
    said = photo.alt or photo.caption or entry.article.headline
    return f"{said} ({made})"[:LONGEST_ALT] if made else said[:LONGEST_ALT]


def _picture(url: str, alt: str, known: Measure | None) -> Picture:
    kind = body.IMAGE_TYPES[url.rpartition(".")[2]]
    if known is None:
        return Picture(url=url, media_type=kind, alt=alt)
    return Picture(
        url=url,
        media_type=kind,
        alt=alt,
        width=known.width,
        height=known.height,
        blurhash=known.blurhash,
        focus=known.focus,
    )


def _measured(bridge: Bridge, path: str) -> Measure | None:
    try:
        import blurhash
        from PIL import Image
    except ImportError:
        return None
    data = bridge.output.read(path)
    if data is None:
        return None
    try:
        with Image.open(BytesIO(data)) as image:
            width, height = image.size
            small = image.convert("RGB")
            small.thumbnail((GRID, GRID))
    except (OSError, ValueError) as error:
        log.warning("a picture cannot be measured", path=path, reason=str(error))
        return None
    colours, greys = small.tobytes(), small.convert("L").tobytes()
    across, rows = small.width, range(small.height)
    grid = [[list(colours[3 * (y * across + x) :][:3]) for x in range(across)] for y in rows]
    grey = [list(greys[y * across : (y + 1) * across]) for y in rows]
    return Measure(
        path=path,
        width=width,
        height=height,
        blurhash=str(blurhash.encode(grid, 4, 3)),
        focus=focus(grey),
    )
