"""PDFs that cannot be read: each is refused with its reason (security nos. 63, 64, 67, 72)."""

import io
import zlib

import pytest

pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed (extra `pdf`)")

from bridge.errors import BridgeError, FormatError
from bridge.ingest import formats
from bridge.ingest.formats import pdf
from bridge.ingest.formats.pdf import child, reader
from bridge.model import Document, Expected

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def raw(content: bytes, font: bytes = FONT, packed: bool = False, extra: bytes = b"") -> bytes:
    """A PDF of one page, written by hand; `extra` is the stream of object 6."""
    filtered = b"/Filter /FlateDecode " if packed else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< %b/Length %d >>\nstream\n%b\nendstream" % (filtered, len(content), content),
        font,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(extra), extra),
    ]
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Root 1 0 R /Size %d >>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def refusal(data: bytes) -> str:
    document = Document(name="A1.pdf", origin="in/A1.pdf", data=data)
    with pytest.raises(FormatError) as caught:
        pdf.parse(document, Expected())
    assert caught.value.where == "in/A1.pdf"
    return caught.value.code


def text(words: str) -> bytes:
    return b"BT /F1 10 Tf 50 700 Td (%b) Tj ET" % words.encode()


def test_pictures_only_have_no_text_layer() -> None:
    assert refusal(raw(b"0.5 g 50 50 400 600 re f")) == "no-text-layer"


def test_encrypted() -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    out = io.BytesIO()
    page = canvas.Canvas(out, encrypt="secret")
    page.drawString(50, 700, "The council met on Monday to mend the landing.")
    page.save()
    assert refusal(out.getvalue()) == "encrypted"


def test_characters_without_meaning() -> None:
    """A map into the private use area is what lost glyph names leave behind."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"1 beginbfrange <20> <7E> <E020> endbfrange\n"
        b"endcmap end end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    assert (
        refusal(raw(text("The council met on Monday again"), font, extra=cmap)) == "no-unicode"
    )


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing more", b"%PDF-1.4\n" + b"\0" * 4000])
def test_no_pdf_inside(data: bytes) -> None:
    assert refusal(data) == "broken"


def test_a_broken_table_of_objects_is_rebuilt_or_refused() -> None:
    data = raw(text("Sunday, March 1, 2026"))
    cut = data.replace(b"startxref", b"startxxxx")[:-20]
    assert refusal(cut) in ("broken", "no-article", "no-text-layer")


def test_two_hundred_thousand_runs_are_too_many() -> None:
    runs = b"\n".join(
        b"1 0 0 1 %d %d Tm (a) Tj" % (n % 500 * 7, n // 500 * 8) for n in range(200_000)
    )
    content = zlib.compress(b"BT /F1 6 Tf\n" + runs + b" ET")
    assert refusal(raw(content, packed=True)) == "too-complex"


def test_a_bomb_takes_no_more_than_its_share_of_memory() -> None:
    packer = zlib.compressobj(9)
    block = b"0 0 m 9 9 l S " * 100_000
    parts = [packer.compress(block) for _ in range(600)]  # 840 MB unpacked
    content = b"".join(parts) + packer.flush()
    assert refusal(raw(content, packed=True)) in ("too-complex", "no-text-layer", "broken")


def test_time_is_limited() -> None:
    with pytest.raises(FormatError) as caught:
        child.read(raw(text("The council met")), seconds=0.01)
    assert caught.value.code == "too-complex"


def test_the_child_reads_what_the_reader_reads() -> None:
    data = raw(text("The council met on Monday"))
    assert child.read(data) == list(reader.pages(data))


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    with pytest.raises(FormatError, match="pdf") as caught:
        list(reader.pages(b"%PDF-1.7"))
    assert caught.value.code == "no-pdf-support"
    assert "broadsheet[pdf]" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "mine"), [(b"%PDF-1.7", True), (b"junk %PDF-1.4", True), (b"<html>", False)]
)
def test_recognises_by_the_first_bytes(data: bytes, mine: bool) -> None:
    assert pdf.recognises(Document(name="x", origin="x", data=data)) is mine


def test_a_pdf_larger_than_any_text_may_be_is_read() -> None:
    """Page PDFs hold pictures; the child maps them and needs no memory for what it skips."""
    data = raw(text("The council met on Monday"), extra=bytes(formats.MAX_BYTES + 1))
    assert [len(page.words) for page in child.read(data)] == [1]
    with pytest.raises(FormatError) as caught:
        formats.parse(Document(name="A1.pdf", origin="in/A1.pdf", data=data), Expected())
    assert caught.value.code == "no-date"


def test_a_pdf_larger_than_any_edition_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_BYTES", 1000)
    assert refusal(raw(text("The council met"), extra=bytes(1000))) == "too-large"


def test_no_room_for_the_copy_is_told_and_refuses_no_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(child.tempfile, "TemporaryFile", full)
    with pytest.raises(BridgeError) as caught:
        child.read(raw(text("The council met")))
    assert not isinstance(caught.value, FormatError)
    assert "No space left" in str(caught.value)
