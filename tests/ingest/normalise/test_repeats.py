"""What a jump page prints again is left out, and nothing else."""

import pytest

from bridge.ingest.normalise.repeats import new_blocks, overlap
from bridge.model import Block, BlockRole, Line

HEAD = ("河堤去年秋天开工，今年春天修好。", "老人们说，比以前宽了一倍，夏天可以把竹椅搬上去，")


def block(text: str, role: BlockRole = "body") -> Block:
    lines = tuple(
        Line(number=number, text=part, gap=0, indent=0)
        for number, part in enumerate(text.split("\n"), 1)
    )
    return Block(lines=lines, text=" ".join(text.split("\n")), role=role, page="A1")


def kept(head: tuple[str, ...], *tail: str, unfinished: bool = True) -> list[str]:
    found = new_blocks(list(map(block, tail)), list(map(block, head)), unfinished)
    return [one.text for one in found]


@pytest.mark.parametrize(
    "tail",
    [
        ("坐到半夜也不怕摔。", "入口有灯。"),
        ("夏天可以把竹椅搬上去，坐到半夜也不怕摔。", "入口有灯。"),
        (HEAD[1] + "坐到半夜也不怕摔。", "入口有灯。"),
        (HEAD[0], HEAD[1] + "坐到半夜也不怕摔。", "入口有灯。"),
    ],
    ids=["nothing", "words", "paragraph", "all"],
)
def test_the_longest_overlap_goes(tail):
    assert kept(HEAD, *tail) == ["坐到半夜也不怕摔。", "入口有灯。"]


def test_a_cut_word_of_latin_letters_is_no_hindrance():
    head = ("The queue stretched past the bakery and the old post of-",)
    tail = "The queue stretched past the bakery and the old post office by nine."
    assert kept(head, tail) == ["fice by nine."]


def test_a_wrapped_paragraph_is_shortened_line_by_line():
    tail = "夏天可以把竹椅\n搬上去，坐到半\n夜也不怕摔。"
    (found,) = new_blocks([block(tail)], list(map(block, HEAD)), unfinished=True)
    assert [line.text for line in found.lines] == ["坐到半", "夜也不怕摔。"]
    assert [line.number for line in found.lines] == [2, 3]


def test_a_tail_of_a_whole_head_may_repeat_any_paragraph():
    whole = ("河堤修好了。", "老人们说，比以前宽了一倍。", "孩子们说，风也大了。")
    assert kept(whole, "孩子们说，风也大了。", "明天开放。", unfinished=False) == ["明天开放。"]
    assert kept(whole, "以前宽了一倍。孩子们说，风也大了。", unfinished=False) == []


def test_a_short_sentence_said_twice_stays():
    """A new paragraph has come; what stands under it is no repetition."""
    whole = ("“修好了。”", "老人们说，比以前宽了一倍。")
    tail = ("孩子们也去看了。", "“修好了。”")
    assert kept(whole, *tail, unfinished=False) == list(tail)


@pytest.mark.parametrize(
    ("known", "told", "length"),
    [
        ("abcdefghij", "cdefghijkl", 8),
        ("abcdefghij", "defghijklm", 0),  # seven may be chance
        ("abcdefghijklmnop", "bcdefghijk", 10),
        ("aaaaaaaaaaaab", "aaaaaaaab!", 9),
        ("abcdefghij", "abc", 0),
    ],
)
def test_overlap(known, told, length):
    assert overlap(known, told) == length
