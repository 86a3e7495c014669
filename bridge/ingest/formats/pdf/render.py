"""Draws a page and cuts photos out of it; run in a child process, like `reader`."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bridge.ingest.formats.pdf.reader import limit, opened

LONGEST = 1600
"""Pixels of the longer side of any image."""

SHARPEST = 3.0
"""Pixels per point at most: 216 dpi, for photos."""

MOST_PIXELS = 24_000_000
"""Of the page a photo is cut from, in the bitmap."""

QUALITY = 80


def images(
    data: bytes, index: int, boxes: Sequence[tuple[float, float, float, float]], pages: int = 0
) -> Iterator[bytes]:
    """Yield a page as WebP, then each box of it; boxes are points from its top left.

    Yields nothing when the PDF has another number of pages than it should; 0 is any.
    """
    document = opened(data)
    try:
        if pages not in (0, len(document)):
            return
        page = document[index]
        width, height = page.get_size()
        whole = page.render(scale=min(LONGEST / max(width, height), SHARPEST)).to_pil()
        yield _packed(whole)
        if not boxes:
            return
        scale = min(SHARPEST, (MOST_PIXELS / (width * height)) ** 0.5)
        sharp = page.render(scale=scale).to_pil()
        for box in boxes:
            cut = sharp.crop(_inside(box, scale, sharp.size))
            cut.thumbnail((LONGEST, LONGEST))
            yield _packed(cut)
    finally:
        document.close()


def _inside(
    box: tuple[float, float, float, float], scale: float, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return a box in pixels, without what bleeds over the edge of the page."""
    left, top = (
        min(max(round(edge * scale), 0), whole - 1)
        for edge, whole in zip(box[:2], size, strict=True)
    )
    right, bottom = (
        min(round(edge * scale), whole) for edge, whole in zip(box[2:], size, strict=True)
    )
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _packed(image: Any) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def main() -> None:
    """Draw what the arguments ask for; each image goes out after its length in four bytes."""
    data = limit()
    boxes = [tuple(box) for box in json.loads(sys.argv[2])]
    for image in images(data, int(sys.argv[1]), boxes, int(sys.argv[3])):
        sys.stdout.buffer.write(len(image).to_bytes(4, "big") + image)


if __name__ == "__main__":
    main()
