"""The summary: whole sentences, whole quotations."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.normalise import summary
from bridge.model import Article, Paragraph, Provenance


def article(text: str, language: str = "zh-Hans") -> Article:
    return Article(
        order=1,
        pages=("A1",),
        section=None,
        kind="news",
        headline="河堤",
        body=(Paragraph(kind="paragraph", text=text),),
        language=language,
        source=Provenance(file="A1.txt"),
    )


LONG = "，".join(["河堤修好了"] * 40)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("河堤修好了。" * 12 + "明天开放。", "河堤修好了。" * 10),
        ("“河堤修好了。明天开放。”老耿说。", "“河堤修好了。明天开放。”老耿说。"),
        ("河堤修好了", "河堤修好了"),
    ],
)
def test_whole_sentences(text, wanted):
    assert summary(article(text)) == wanted


def test_a_sentence_that_is_too_long_ends_with_a_clause():
    found = summary(article(LONG))
    assert found.endswith("修好了…")
    assert len(found) <= 140


def test_english_abbreviations_end_no_sentence():
    text = "The vote is held on Nov. 15 at St. Luke’s. " + "It will be long. " * 20
    assert summary(article(text, "en")).startswith(
        "The vote is held on Nov. 15 at St. Luke’s. It"
    )


def test_nothing_to_sum_up_is_empty():
    assert summary(replace(article(""), body=())) == ""


@given(st.text(max_size=600))
def test_a_summary_is_the_beginning_of_the_text(text):
    found = summary(article(text))
    assert " ".join(text.split()).startswith(found.removesuffix("…").rstrip())
