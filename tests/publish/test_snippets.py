"""Pieces of text with what was looked for marked."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Paragraph, StoredArticle
from bridge.model.tokens import phrase
from bridge.publish.snippets import BEFORE, LENGTH, Piece, marked, snippet

FERRY = [phrase("渡口")]


def saying(stored: StoredArticle, *texts: str) -> StoredArticle:
    body = tuple(Paragraph(kind="paragraph", text=text) for text in texts)
    bare = replace(stored.article, deck=(), lead_in=None, body=body, photos=())
    return replace(stored, article=bare)


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{text}]" if found else text for text, found in pieces)


def test_every_place_is_marked_as_it_is_written() -> None:
    assert shown(marked("老渡口與新渡口", FERRY)) == "老[渡口]與新[渡口]"
    assert shown(marked("CAFÉ au lait", [phrase("cafe")])) == "[CAFÉ] au lait"
    assert shown(marked("桥", FERRY)) == "桥"
    assert marked("", FERRY) == ()


@given(st.text(max_size=30), st.text(min_size=1, max_size=3))
def test_the_pieces_together_are_the_text(text: str, word: str) -> None:
    assert "".join(piece for piece, _ in marked(text, [phrase(word)])) == text


def test_a_snippet_stands_around_the_first_place(
    ferry: StoredArticle,
) -> None:
    long = "水" * 200 + "渡口" + "山" * 200
    found = snippet(saying(ferry, "无关的一段。", long), FERRY)
    text = shown(found)
    assert text.startswith("…" + "水" * BEFORE + "[渡口]")
    assert text.endswith("山…")
    assert len("".join(piece for piece, _ in found)) == LENGTH + 2


def test_a_short_text_is_shown_whole_and_near_its_end_as_much_as_fits(
    ferry: StoredArticle,
) -> None:
    assert shown(snippet(saying(ferry, "过了渡口。"), FERRY)) == "过了[渡口]。"
    found = shown(snippet(saying(ferry, "水" * 300 + "渡口"), FERRY))
    assert found == "…" + "水" * (LENGTH - 2) + "[渡口]"


def test_an_article_found_by_its_headline_alone_shows_its_summary(
    ferry: StoredArticle,
) -> None:
    stored = saying(ferry, "桥。")
    assert snippet(stored, FERRY) == ((stored.summary, False),)


def test_what_is_longer_than_a_snippet_is_marked_whole(
    ferry: StoredArticle,
) -> None:
    word = "渡口" * 80
    assert shown(snippet(saying(ferry, word), [phrase(word)])) == f"[{word}]"
