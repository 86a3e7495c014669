"""Photos of page PDFs: cut out of the page, kept as our own files, given to their captions.

A file is named by its own hash, so it is written once, before the article that shows it is
stored; after a crash at most a file stands there that nothing shows yet (design §5).
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bridge.errors import FormatError
from bridge.ingest.formats.pdf import child
from bridge.model import (
    Article,
    Block,
    Box,
    Document,
    Edition,
    Photo,
    PrintedEdition,
    Problem,
    Story,
)
from bridge.publish.files import Output

BELOW, ABOVE, BESIDE = 45.0, 25.0, 25.0
"""Points from a picture up to which text under, over or beside it may be its caption."""

SHARED = 0.5
"""Share of the shorter side that a caption and its picture have in common."""

SAME = 12
"""Characters by which a photo is known to be the one a block tells of."""

Read = Callable[[str], Document]
"""Returns the document with an origin; FormatError when it is no longer what it was."""


def place(
    edition: Edition,
    printed: Sequence[PrintedEdition],
    read: Read,
    output: Output,
    now: dt.datetime,
) -> Edition:
    """Return the edition with an image for each photo that stands on a page of a PDF.

    `now` becomes the time of files that are new. A page that cannot be drawn leaves its photos
    without images and is told as a problem. Raises BridgeError when a file cannot be written.
    """
    files: dict[Block, str] = {}
    problems: list[Problem] = []
    for one in printed:
        wanted = {block: box for story in one.stories for block, box in pictured(story)}
        try:
            cut = _cut(read(one.file), one, tuple(wanted.values())) if wanted else ()
        except FormatError as error:
            problems.append(_untaken(one.file, error))
            continue
        files.update(
            (block, _kept(data, output, now)) for block, data in zip(wanted, cut, strict=True)
        )
    return replace(
        edition,
        articles=tuple(_shown(article, files) for article in edition.articles),
        problems=(*edition.problems, *problems),
    )


def _untaken(file: str, error: FormatError) -> Problem:
    message = f"photos could not be cut out: {error.what}"
    return Problem(severity="warning", code="no-picture", message=message, where=file)


def pictured(story: Story) -> tuple[tuple[Block, Box], ...]:
    """Return the captions of a story with the picture each tells of, closest pairs first."""
    captions = [b for b in story.blocks if b.role == "caption" and b.boxes]
    captions = captions or [b for b in story.blocks if b.role == "credit" and b.boxes][:1]
    pairs = sorted(
        (
            (gap, at, number)
            for at, block in enumerate(captions)
            for number, box in enumerate(story.pictures)
            if (gap := _gap(block.boxes[0], box)) is not None
        ),
    )
    if not pairs and len(captions) == len(story.pictures) == 1:
        pairs = [(0.0, 0, 0)]
    found: dict[int, int] = {}
    for _, at, number in pairs:
        if at not in found and number not in found.values():
            found[at] = number
    return tuple((captions[at], story.pictures[number]) for at, number in found.items())


def _gap(text: Box, picture: Box) -> float | None:
    """Return how far a caption stands from a picture in points, None when it is not its own.

    Text under a picture comes before text at its side, and that before text over it.
    """
    if text.page != picture.page:
        return None
    across = min(text.x1, picture.x1) - max(text.x0, picture.x0)
    along = min(text.y1, picture.y1) - max(text.y0, picture.y0)
    if across > SHARED * min(text.x1 - text.x0, picture.x1 - picture.x0):
        if -5 <= text.y0 - picture.y1 <= BELOW:
            return max(text.y0 - picture.y1, 0.0)
        if -5 <= picture.y0 - text.y1 <= ABOVE:
            return max(picture.y0 - text.y1, 0.0) + BELOW + BESIDE
    if along > SHARED * min(text.y1 - text.y0, picture.y1 - picture.y0):
        side = max(text.x0 - picture.x1, picture.x0 - text.x1)
        if -5 <= side <= BESIDE:
            return max(side, 0.0) + BELOW
    return None


def _cut(
    document: Document, printed: PrintedEdition, boxes: Sequence[Box]
) -> tuple[bytes, ...]:
    """Return each box of a document's pages as a WebP image."""
    labels = [page.label for page in printed.pages]
    found: dict[Box, bytes] = {}
    for index, label in enumerate(labels):
        own = tuple(dict.fromkeys(box for box in boxes if box.page == label))
        if own:
            drawn = child.images(document.data, index, own, pages=len(labels))
            found.update(zip(own, drawn[1:], strict=True))
    return tuple(found[box] for box in boxes)


def _kept(data: bytes, output: Output, now: dt.datetime) -> str:
    path = f"media/{hashlib.sha256(data).hexdigest()}.webp"
    if output.entry(path) is None:
        output.write(path, data, now)
    return path


def _shown(article: Article, files: dict[Block, str]) -> Article:
    """Give an article's photos the files of its caption blocks."""
    own = set(article.source.boxes or ())
    left = [block for block in files if own.issuperset(block.boxes)]
    photos: list[Photo] = []
    for photo in article.photos:
        block = next((b for b in left if _tells(b, photo)), None)
        if block is not None:
            left.remove(block)
            photo = replace(photo, image=files[block])
        photos.append(photo)
    return replace(article, photos=tuple(photos)) if photos else article


def _tells(block: Block, photo: Photo) -> bool:
    names: Iterator[str] = (credit.name for credit in photo.credits)
    words = "".join((photo.caption or next(names, "")).split())[:SAME]
    return bool(words) and words in "".join(block.text.split())
