"""Pictures of page PDFs: each page as it looks in print, and the photos cut out of it.

They are kept as our own files, photos given to their captions. A file is named by its own
hash, so it is written once, before the article or page that shows it is stored; after a crash
at most a file stands there that nothing shows yet (design §5).
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bridge.errors import FormatError
from bridge.ingest.formats.pdf import child
from bridge.model import (
    Article,
    Block,
    Box,
    Document,
    Edition,
    PageImage,
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


@dataclass(slots=True)
class _Album:
    """The files made for one edition."""

    photos: dict[Block, str] = field(default_factory=dict)
    pages: dict[str, PageImage] = field(default_factory=dict)  # by label
    problems: list[Problem] = field(default_factory=list)


def place(
    edition: Edition,
    printed: Sequence[PrintedEdition],
    read: Read,
    output: Output,
    now: dt.datetime,
) -> Edition:
    """Return the edition with an image of each page of a PDF, and of each photo on it.

    `now` becomes the time of files that are new. A page that cannot be drawn has no image, nor
    have its photos, and that is told as a problem. Raises BridgeError when a file cannot be
    written.
    """
    album = _Album()
    for one in printed:
        if one.sheets:
            try:
                _fill(album, one, read(one.file), output, now)
            except FormatError as error:
                album.problems.append(_untaken(one.file, error.what))
    return replace(
        edition,
        pages=tuple(replace(page, image=album.pages.get(page.label)) for page in edition.pages),
        articles=tuple(_shown(article, album.photos) for article in edition.articles),
        problems=(*edition.problems, *album.problems),
    )


def _fill(
    album: _Album, printed: PrintedEdition, document: Document, output: Output, now: dt.datetime
) -> None:
    """Draw a document's pages and keep what was drawn."""
    photos = [pair for story in printed.stories for pair in pictured(story)]
    wanted = [
        child.Wanted(
            index=sheet.index,
            area=sheet.area,
            boxes=tuple(dict.fromkeys(box for _, box in photos if box.page == sheet.page)),
        )
        for sheet in printed.sheets
    ]
    for sheet, asked, drawn in zip(
        printed.sheets, wanted, child.images(document.data, wanted), strict=True
    ):
        if drawn is None:
            what = f"page {sheet.page} takes too much time or memory"
            album.problems.append(_untaken(printed.file, what))
            continue
        whole, cuts = drawn.whole, zip(asked.boxes, drawn.cuts, strict=True)
        album.pages[sheet.page] = PageImage(
            path=_kept(whole.data, output, now),
            width=whole.width,
            height=whole.height,
            scale=round(whole.scale, 5),
        )
        paths = {box: _kept(cut.data, output, now) for box, cut in cuts}
        album.photos.update((block, paths[box]) for block, box in photos if box in paths)


def _untaken(file: str, what: str) -> Problem:
    message = f"pictures could not be taken: {what}"
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
