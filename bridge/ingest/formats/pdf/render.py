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
    data: bytes, index: int, boxes: Sequence[tuple[float, float, float, float]]
) -> Iterator[bytes]:
    """Yield a page as WebP, then each box of it; boxes are points from its top left."""
    document = opened(data)
    try:
        page = document[index]
        width, height = page.get_size()
        whole = page.render(scale=min(LONGEST / max(width, height), SHARPEST)).to_pil()
        yield _packed(whole)
        if not boxes:
            return
        scale = min(SHARPEST, (MOST_PIXELS / (width * height)) ** 0.5)
        sharp = page.render(scale=scale).to_pil()
        for box in boxes:
            cut = sharp.crop(tuple(round(edge * scale) for edge in box))
            cut.thumbnail((LONGEST, LONGEST))
            yield _packed(cut)
    finally:
        document.close()


def _packed(image: Any) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def main() -> None:
    """Draw what the arguments ask for; each image goes out after its length in four bytes."""
    data = limit()
    boxes = [tuple(box) for box in json.loads(sys.argv[2])]
    for image in images(data, int(sys.argv[1]), boxes):
        sys.stdout.buffer.write(len(image).to_bytes(4, "big") + image)


if __name__ == "__main__":
    main()
