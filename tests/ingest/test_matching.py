"""Likeness of texts, and the best assignment against trying them all."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.ingest.matching import LARGEST, assign, fold, shared, shingles, telling, tokens


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ＡＩ 时代（上）", "AI时代(上)"),
        ("“春”　来了", '"春"来了'),
        ("「春」来了", '"春"来了'),
        ("老桥——新路", "老桥-新路"),
        ("an  “old”\nbridge", 'an "old" bridge'),
        ("3 月 2 日", "3月2日"),
        ("Sun – Mon", "Sun - Mon"),
    ],
)
def test_typography_is_levelled(text: str, level: str) -> None:
    assert fold(text) == level


@pytest.mark.parametrize(
    ("one", "other"), [("any one", "anyone"), ("May", "may"), ("好。", "好！")]
)
def test_what_readers_can_tell_apart_is_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A股大涨3%", ("a", "股", "大", "涨", "3")),
        ("Two bridges, one river.", ("two", "bridges", "one", "river")),
        ("ひらカタ漢", ("ひ", "ら", "カ", "タ", "漢")),
        ("。，！", ()),
    ],
)
def test_tokens_are_characters_or_words(text: str, expected: tuple[str, ...]) -> None:
    assert tokens(text) == expected


def test_one_token_makes_one_shingle() -> None:
    assert shingles(("桥",)) == frozenset({("桥", "")})
    assert shingles(()) == frozenset()


def test_boilerplate_is_left_out_of_both_sides() -> None:
    template = shingles(tokens("本周公示"))
    stored = [template | shingles(tokens(f"stall {number}")) for number in range(20)]
    found = [template | shingles(tokens("stall 7"))]
    assert shared(*telling(found, stored)) == {(0, 7): 1}


def best_total(scores: dict[tuple[int, int], int], rows: int, columns: int) -> int:
    slots = list(range(columns)) + [columns] * rows
    return max(
        sum(scores.get(pair, 0) for pair in enumerate(chosen))
        for chosen in permutations(slots, rows)
    )


pairs = st.tuples(st.integers(0, 3), st.integers(0, 3))


@given(st.dictionaries(pairs, st.integers(1, 50)))
def test_the_assignment_is_the_best_of_all(scores: dict[tuple[int, int], int]) -> None:
    found = assign(scores)
    assert len(set(found.values())) == len(found)
    assert all(pair in scores for pair in found.items())
    assert sum(scores[pair] for pair in found.items()) == best_total(scores, 4, 4)


def test_a_good_pair_gives_way_when_both_then_have_one() -> None:
    assert assign({(0, 0): 90, (0, 1): 85, (1, 0): 88}) == {0: 1, 1: 0}


def test_a_crowd_is_paired_by_the_best_pair_first() -> None:
    size = LARGEST + 1
    scores = {
        (row, column): 1 + (row == column) for row in range(size) for column in range(size)
    }
    assert assign(scores) == {number: number for number in range(size)}
