"""Cut text put together again."""

import pytest

from bridge.ingest.normalise.joins import run_on

WORDS = frozenset({"headlines", "three-mile", "three", "mile"})


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        ("风筝飞过河堤落在电", "线上，没人去取。", "风筝飞过河堤落在电线上，没人去取。"),
        ("went rolling", "down the hill", "went rolling down the hill"),
        ("in the head-", "lines were wrong", "in the headlines were wrong"),
        ("of the three-", "mile loop", "of the three-mile loop"),
        ("the wet grass-", "land below", "the wet grassland below"),
        ("Nell Calder-", "Quist said", "Nell Calder-Quist said"),
        ("a five-", "story hotel", "a five-story hotel"),
        ("began to in-", "hale", "began to inhale"),
        ("held on Nov.", "20.", "held on Nov. 20."),
        ("soft\u00ad", "ly", "softly"),
        ("全长2", "18公里", "全长218公里"),
        ("用Windows", "Server的人", "用Windows Server的人"),
    ],
)
def test_joins(left, right, whole):
    assert run_on([left, right], WORDS) == whole
