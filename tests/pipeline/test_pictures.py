"""Pictures are measured once, when their article is announced."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Photo, StoredArticle
from bridge.pipeline import pictures
from bridge.store import pictures as rows
from bridge.wiring import Bridge

pytest.importorskip("PIL", reason="needs Pillow")
from PIL import Image, ImageDraw

PATH = f"media/{'b' * 64}.webp"


def drawn(box: tuple[int, int, int, int] | None) -> bytes:
    """A grey picture, with stripes in one place."""
    image = Image.new("RGB", (320, 160), "grey")
    if box:
        for x in range(box[0], box[2], 20):
            ImageDraw.Draw(image).rectangle((x, box[1], x + 9, box[3]), fill="white")
    data = BytesIO()
    image.save(data, "WEBP", lossless=True)
    return data.getvalue()


@pytest.fixture
def shown(publish: Callable[..., StoredArticle]) -> StoredArticle:
    plain = publish(9)
    photos = (Photo(caption="", image=PATH), Photo(caption="", image="https://x.example/a.png"))
    return replace(plain, article=replace(plain.article, photos=photos))


def test_size_likeness_and_focus_are_kept(
    federated: Bridge, shown: StoredArticle, now: dt.datetime
) -> None:
    federated.output.write(PATH, drawn((240, 0, 320, 60)), now)
    with federated.store.begin() as connection:
        pictures.measure(federated, connection, shown)
        pictures.measure(federated, connection, shown)
        (measure,) = rows.get(connection, [PATH]).values()
        (picture,) = pictures.of_article(federated, connection, shown)
    assert (measure.width, measure.height) == (320, 160)
    assert len(measure.blurhash) == 28  # four by three components
    right, up = measure.focus
    assert right > 0.4
    assert up > 0.2
    assert picture.blurhash == measure.blurhash
    assert picture.alt == "Ferry number 9 sails again"  # never nothing


@pytest.mark.parametrize("data", [b"", b"RIFF....WEBP", b"<svg/>"])
def test_what_is_no_picture_is_shown_unmeasured(
    federated: Bridge, shown: StoredArticle, now: dt.datetime, data: bytes
) -> None:
    federated.output.write(PATH, data, now)
    with federated.store.begin() as connection:
        pictures.measure(federated, connection, shown)
        assert rows.get(connection, [PATH]) == {}
        (picture,) = pictures.of_article(federated, connection, shown)
    assert picture.width is None


def test_a_picture_that_is_gone_is_no_trouble(federated: Bridge, shown: StoredArticle) -> None:
    with federated.store.begin() as connection:
        pictures.measure(federated, connection, shown)
        assert rows.get(connection, [PATH]) == {}


def test_the_middle_of_nothing_is_the_middle() -> None:
    assert pictures.focus([[7] * 4] * 3) == (0.0, 0.0)


@given(st.integers(1, 32), st.integers(1, 32), st.randoms(use_true_random=False))
def test_a_focus_is_inside_the_picture(width: int, height: int, random: object) -> None:
    rows = [[random.randrange(256) for _ in range(width)] for _ in range(height)]  # type: ignore[attr-defined]
    assert all(-1 <= value <= 1 for value in pictures.focus(rows))
