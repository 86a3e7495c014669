"""Pictures of page PDFs on their way to articles, pages and feeds: photos and whole pages."""

import datetime as dt
import hashlib
import io
import os
from pathlib import Path

import pytest

pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed (extra `pdf`)")
pytest.importorskip("reportlab", reason="reportlab is not installed")

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bridge.ingest.formats.pdf import child
from bridge.model import Block, BlockRole, Box, Line, PageImage, StoredArticle, Story
from bridge.pipeline import correct, images
from bridge.pipeline.ingest import ingest
from bridge.pipeline.publish import publish
from bridge.store import articles, documents, editions
from bridge.wiring import Bridge

SOURCE = "herald/daily"
DAY = dt.date(2026, 3, 1)
RED, BLUE = (190, 40, 30), (30, 60, 180)

TEXT = [
    "The four bakers of the old town",
    "will sell a loaf of half a pound,",
    "as pensioners had asked them to",
    "do for many years without much",
    "success at any of the meetings.",
]


def box(x0: float, y0: float, x1: float, y1: float, page: str = "A1") -> Box:
    return Box(page=page, x0=x0, y0=y0, x1=x1, y1=y1)


def story(captions: list[Box], pictures: list[Box], role: BlockRole = "caption") -> Story:
    blocks = tuple(
        Block(
            lines=(Line(number=at, text=f"Caption {at}", gap=0, indent=0),),
            text=f"Caption {at}",
            role=role,
            page=where.page,
            boxes=(where,),
        )
        for at, where in enumerate(captions, 1)
    )
    return Story(page="A1", kind="news", language="en", blocks=blocks, pictures=tuple(pictures))


def pairs(made: Story) -> dict[str, Box]:
    return {block.text: picture for block, picture in images.pictured(made)}


LEFT, RIGHT = box(40, 100, 240, 220), box(260, 100, 460, 220)


def test_a_caption_tells_of_the_picture_above_it():
    under = [box(262, 226, 440, 236), box(40, 226, 200, 236)]
    found = pairs(story(under, [LEFT, RIGHT]))
    assert found == {"Caption 1": RIGHT, "Caption 2": LEFT}


def test_a_caption_between_two_pictures_tells_of_the_upper_one():
    lower = box(40, 250, 240, 400)
    assert pairs(story([box(40, 226, 200, 236)], [LEFT, lower])) == {"Caption 1": LEFT}


def test_captions_beside_and_over_their_pictures():
    assert pairs(story([box(470, 190, 560, 218)], [LEFT, RIGHT])) == {"Caption 1": RIGHT}
    assert pairs(story([box(40, 86, 200, 96)], [LEFT, RIGHT])) == {"Caption 1": LEFT}


def test_the_only_caption_tells_of_the_only_picture_wherever_it_stands():
    assert pairs(story([box(600, 500, 700, 520)], [LEFT])) == {"Caption 1": LEFT}
    assert pairs(story([box(600, 500, 700, 520)], [LEFT, RIGHT])) == {}


def test_a_credit_alone_stands_for_a_caption():
    assert pairs(story([box(40, 223, 90, 230)], [LEFT], "credit")) == {"Caption 1": LEFT}


def page(colour: tuple[int, int, int], label: str, title: str, rotate: int = 0) -> bytes:
    """A page of one story with a photo and its caption."""
    out, pixels = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(pixels, "PNG")
    # the program that typesets swaps the sides of a page that is to be shown turned
    size = (400, 600) if rotate % 180 == 0 else (600, 400)
    canvas = Canvas(out, pagesize=size, invariant=1)
    canvas.setPageRotation(rotate)

    def text(x: float, y: float, said: str, size: float, font: str = "Times-Roman") -> None:
        canvas.setFont(font, size)
        canvas.drawString(x, 600 - y, said)

    text(40, 40, "The Harbour Herald", 20, "Times-Bold")
    text(40, 56, "SUNDAY, MARCH 1, 2026", 8)
    text(350, 40, label, 14)
    text(40, 110, title, 22, "Times-Bold")
    canvas.drawImage(ImageReader(pixels), 40, 600 - 250, 160, 120)
    text(40, 262, "A baker at her oven. Photo: Ida Roe", 8)
    for column, x in enumerate((40, 220)):
        for at, line in enumerate(TEXT):
            text(x + 10 * (at == 0), (290 if column == 0 else 140) + 12 * at, line, 10)
    canvas.save()
    return out.getvalue()


def drop(bridge: Bridge, name: str, data: bytes, now: dt.datetime, age: float = 60) -> Path:
    file = Path(bridge.source(SOURCE).path) / "2026-03-01" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (now.timestamp() - age, now.timestamp() - age))
    return file


def stored(bridge: Bridge) -> list[StoredArticle]:
    with bridge.store.read() as connection:
        return list(articles.of_edition(connection, "herald", DAY))


def colour_of(bridge: Bridge, path: str | None) -> tuple[int, ...]:
    assert path is not None
    data = (bridge.output.root / path).read_bytes()
    assert path == f"media/{hashlib.sha256(data).hexdigest()}.webp"
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "WEBP"
        assert max(image.size) / min(image.size) == pytest.approx(4 / 3, abs=0.05)
        found = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("rotate", [0, 90, 270])
def test_a_photo_is_cut_out_and_shown_with_its_article(federated, now, rotate):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree", rotate), now)
    ingest(federated, SOURCE, now)
    (photo,) = stored(federated)[0].article.photos
    assert (photo.caption, photo.credits[0].name) == ("A baker at her oven.", "Ida Roe")
    assert colour_of(federated, photo.image) == pytest.approx(RED, abs=8)
    publish(federated, "herald")
    shown = (federated.output.root / "herald/all/atom.xml").read_text("utf-8")
    assert f"https://paper.example/{photo.image}" in shown


def test_the_pages_of_one_edition_keep_their_photos_apart(federated, now):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    drop(federated, "A2.pdf", page(BLUE, "A2", "Millers object"), now)
    ingest(federated, SOURCE, now)
    found = {s.article.headline: s.article.photos[0].image for s in stored(federated)}
    assert colour_of(federated, found["Bakers agree"]) == pytest.approx(RED, abs=8)
    assert colour_of(federated, found["Millers object"]) == pytest.approx(BLUE, abs=8)


def test_a_page_that_comes_later_changes_no_photo_and_no_file(federated, now):
    """The pages are read again, since a story may jump; their photos stay as they are."""
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    ingest(federated, SOURCE, now)
    (before,) = stored(federated)
    drop(federated, "A2.pdf", page(BLUE, "A2", "Millers object"), now, age=30)
    taken = ingest(federated, SOURCE, now + dt.timedelta(minutes=5))
    assert taken.message == "1 new"
    after = next(s for s in stored(federated) if s.key == before.key)
    assert after.article.photos == before.article.photos
    file = federated.output.root / str(before.article.photos[0].image)
    assert file.stat().st_mtime == now.timestamp()


def test_photos_that_cannot_be_cut_out_are_told(federated, now, monkeypatch):
    monkeypatch.setattr(images.child, "RENDER", "bridge.ingest.formats.pdf.absent")
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    assert ingest(federated, SOURCE, now).counts["new"] == 1
    (photo,) = stored(federated)[0].article.photos
    assert photo.image is None
    with federated.store.read() as connection:
        record = documents.of_source(connection, SOURCE)["2026-03-01/A1.pdf"]
    assert [problem.code for problem in record.problems] == ["no-picture"]


# Whole pages.

SHEET = "herald/e/2026-03-01/A1.html"


def sheet_of(bridge: Bridge, label: str = "A1") -> PageImage:
    with bridge.store.read() as connection:
        issue = editions.get(connection, "herald", DAY)
    assert issue is not None
    image = next(known.image for known in issue.pages if known.label == label)
    assert image is not None
    return image


def shown(bridge: Bridge) -> str:
    return (bridge.output.root / SHEET).read_text("utf-8")


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_page_is_kept_and_shown_as_printed(federated, now, rotate):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree", rotate), now)
    ingest(federated, SOURCE, now)
    image = sheet_of(federated)
    with Image.open(federated.output.root / image.path) as drawn:
        assert drawn.size == (image.width, image.height)
    assert max(image.width, image.height) == 1600
    size = (image.width / image.scale, image.height / image.scale)
    assert size == pytest.approx((400, 600) if rotate == 0 else (600, 400), abs=2)
    done = publish(federated, "herald")
    assert SHEET in done.written
    assert image.path in shown(federated)
    assert f"/herald/a/{stored(federated)[0].key}.html" in shown(federated)


def test_the_photo_of_a_story_is_part_of_its_zone(federated, now):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    ingest(federated, SOURCE, now)
    boxes = stored(federated)[0].article.source.boxes or ()
    assert any(b.x1 - b.x0 == pytest.approx(160, abs=2) for b in boxes)


def test_an_unchanged_page_is_not_written_again(federated, now):
    file = drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    ingest(federated, SOURCE, now)
    publish(federated, "herald")
    later = now + dt.timedelta(hours=1)
    os.utime(file, (now.timestamp(), now.timestamp()))
    assert ingest(federated, SOURCE, later).message == "1 unchanged"
    assert publish(federated, "herald").written == ()
    media = federated.output.root / "media"
    assert {one.stat().st_mtime for one in media.iterdir()} == {now.timestamp()}


def test_a_revised_page_gets_a_new_image(federated, now):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    ingest(federated, SOURCE, now)
    before = sheet_of(federated)
    publish(federated, "herald")
    drop(federated, "A1.pdf", page(BLUE, "A1", "Bakers agree at last"), now, age=30)
    ingest(federated, SOURCE, now + dt.timedelta(minutes=5))
    after = sheet_of(federated)
    assert after.path != before.path
    assert SHEET in publish(federated, "herald").written
    assert after.path in shown(federated)
    assert before.path not in shown(federated)


def test_a_withdrawn_article_vanishes_from_the_page(federated, now):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    ingest(federated, SOURCE, now)
    publish(federated, "herald")
    key = stored(federated)[0].key
    correct.withdraw(federated, key, "An error of ours.", now + dt.timedelta(hours=1))
    publish(federated, "herald")
    assert key not in shown(federated)
    assert "Bakers agree" not in shown(federated)


def test_a_page_that_now_comes_as_text_is_no_longer_shown_as_printed(federated, now):
    drop(federated, "A1.pdf", page(RED, "A1", "Bakers agree"), now)
    ingest(federated, SOURCE, now)
    publish(federated, "herald")
    said = "The Harbour Herald\nSUNDAY, MARCH 1, 2026\nA1\n\nBakers agree\n\n" + "\n".join(TEXT)
    drop(federated, "A1.txt", said.encode(), now, age=30)
    ingest(federated, SOURCE, now + dt.timedelta(minutes=5))
    assert SHEET in publish(federated, "herald").removed
    assert not (federated.output.root / SHEET).exists()


def spread() -> bytes:
    """One sheet that holds two pages, each with a photo."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(900, 600), invariant=1)
    for left, label, title, colour in (
        (0, "A2", "Millers object", RED),
        (450, "A3", "Ferries wait", BLUE),
    ):
        pixels = io.BytesIO()
        Image.new("RGB", (8, 6), colour).save(pixels, "PNG")
        for x, y, said, size, font in (
            (40, 40, "Sunday, March 1, 2026", 8, "Times-Roman"),
            (370, 40, label, 14, "Times-Roman"),
            (40, 110, title, 22, "Times-Bold"),
            (40, 262, "A baker at her oven. Photo: Ida Roe", 8, "Times-Roman"),
            *(
                (
                    40 + 180 * column + 10 * (at == 0),
                    (290 if column == 0 else 140) + 12 * at,
                    line,
                    10,
                    "Times-Roman",
                )
                for column in (0, 1)
                for at, line in enumerate(TEXT)
            ),
        ):
            canvas.setFont(font, size)
            canvas.drawString(left + x, 600 - y, said)
        canvas.drawImage(ImageReader(pixels), left + 40, 600 - 250, 160, 120)
    canvas.save()
    return out.getvalue()


def test_each_page_of_a_spread_has_its_own_image_and_photo(federated, now):
    drop(federated, "A2-A3.pdf", spread(), now)
    ingest(federated, SOURCE, now)
    for label, colour in (("A2", RED), ("A3", BLUE)):
        image = sheet_of(federated, label)
        assert image.width / image.height == pytest.approx(450 / 600, abs=0.02)
        photo = next(
            s for s in stored(federated) if s.article.pages == (label,)
        ).article.photos[0]
        assert colour_of(federated, photo.image) == pytest.approx(colour, abs=8)


def test_a_page_too_costly_to_draw_leaves_the_others_theirs(monkeypatch):
    canvas_file = io.BytesIO()
    canvas = Canvas(canvas_file, pagesize=(400, 600))
    for number in range(3):
        canvas.drawString(40, 500, f"Page {number}")
        canvas.showPage()
    canvas.save()
    draw, asked = child._draw, []

    def failing(data, wanted, seconds):
        asked.append([one.index for one in wanted])
        done, error = draw(data, [one for one in wanted if one.index != 1][:1], seconds)
        return done, child._too_complex() if len(wanted) > 1 else error

    monkeypatch.setattr(child, "_draw", failing)
    found = child.images(canvas_file.getvalue(), [child.Wanted(index=at) for at in range(3)])
    assert asked == [[0, 1, 2], [2]]
    assert [one is not None for one in found] == [True, False, True]
