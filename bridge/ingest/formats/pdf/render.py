"""Draws pages and cuts photos out of them; run in a child process, like `reader`."""

import io
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bridge.ingest.formats.pdf.reader import PAGE_SECONDS, Mapped, limit, opened

LONGEST = 1600
"""Pixels of the longer side of any image."""

SHARPEST = 3.0
"""Pixels per point at most: 216 dpi, for photos."""

MOST_PIXELS = 24_000_000
"""Of the page a photo is cut from, in the bitmap."""

QUALITY = 80

Area = Sequence[float]
"""x0, y0, x1, y1 in points from the top left of a page as shown."""


class Wanted(NamedTuple):
    """A page to draw: its place from 0, the part of it that counts, boxes in that part."""

    at: int
    area: Area | None  # None for the whole page
    boxes: Sequence[Area]


class Image(NamedTuple):
    """A part of a page as WebP, and how many pixels a point of the page has in it."""

    data: bytes
    width: int
    height: int
    scale: float


def images(data: Mapped, wanted: Sequence[Wanted]) -> Iterator[list[Image]]:
    """Yield for each page wanted its image and then one of each box."""
    document = opened(data)
    try:
        for page in wanted:
            yield list(_page(document[page.at], page))
    finally:
        document.close()


def _page(page: Any, wanted: Wanted) -> Iterator[Image]:
    size = page.get_size()
    area = wanted.area or (0.0, 0.0, *size)
    scale = min(LONGEST / max(area[2] - area[0], area[3] - area[1]), SHARPEST)
    whole = page.render(scale=scale).to_pil()
    yield _packed(whole.crop(_inside(area, scale, whole.size)), scale)
    if not wanted.boxes:
        return
    scale = min(SHARPEST, (MOST_PIXELS / (size[0] * size[1])) ** 0.5)
    sharp = page.render(scale=scale).to_pil()
    left, top = area[0], area[1]
    for x0, y0, x1, y1 in wanted.boxes:
        place = (x0 + left, y0 + top, x1 + left, y1 + top)
        yield _packed(sharp.crop(_inside(place, scale, sharp.size)), scale)


def _inside(box: Area, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box in pixels, without what bleeds over the edge of the page."""
    left, top = (
        min(max(round(edge * scale), 0), whole - 1)
        for edge, whole in zip(box[:2], size, strict=True)
    )
    right, bottom = (
        min(round(edge * scale), whole) for edge, whole in zip(box[2:], size, strict=True)
    )
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _packed(image: Any, scale: float) -> Image:
    width = image.width
    image.thumbnail((LONGEST, LONGEST))
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=QUALITY)
    return Image(out.getvalue(), image.width, image.height, scale * image.width / width)


def main() -> None:
    """Draw what the argument asks for; each page goes out as a line of JSON and its images.

    The line holds width, height, scale and bytes of each image; the bytes follow it.
    """
    data = limit()
    wanted = [Wanted(*page) for page in json.loads(sys.argv[1])]
    out = sys.stdout.buffer
    for drawn in images(data, wanted):
        heads = [(*image[1:], len(image.data)) for image in drawn]
        out.write(json.dumps(heads).encode() + b"\n")
        out.writelines(image.data for image in drawn)
        out.flush()
        signal.alarm(PAGE_SECONDS)


if __name__ == "__main__":
    main()
