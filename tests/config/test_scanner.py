"""The positions of keys, judged by `tomllib`: what is put at a place must be found there."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.config.scanner import KeyPath, Place, key_paths, scan

# Characters that end, open or hide something in TOML, among ordinary and wide ones.
TRICKY = st.text(st.sampled_from("ab#=[]{},.'\"\\ \t海淥é𝄞"), max_size=8)
SCALARS = st.sampled_from(
    "1 -17 0x1F 1_000 3.5 1e5 -inf nan true false 07:32:00 1979-05-27 "
    "1979-05-27T07:32:00Z".split()
) | st.sampled_from(
    ["1979-05-27 07:32:00", '""', "''", '""""a"""""', "''''a'''''", "'''\n'''", '"""\\\n  """']
)


def basic(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def quoted(text: str) -> st.SearchStrategy[str]:
    """Every way to write a text that can hold it."""
    forms = [basic(text), '"""\n' + basic(text)[1:-1] + '\n"""']
    if "'" not in text:
        forms += [f"'{text}'", f"'''{text}\n'''"]
    return st.sampled_from(forms)


STRINGS = TRICKY.flatmap(quoted)
KEY_PARTS = st.sampled_from("abc") | TRICKY.map(basic) | st.sampled_from(["'a b'", "'['", "1"])
KEYS = st.lists(KEY_PARTS, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".".join(parts), " . ".join(parts)])
)
GAPS = st.sampled_from(["", " ", "\n", " # x = [1]\n", "\n# '\n\t"])


def values(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Arrays over several lines with comments, and inline tables."""
    arrays = st.tuples(st.lists(inner, max_size=3), GAPS, st.sampled_from(["", ","])).map(
        lambda parts: (
            f"[{parts[1]}{f'{parts[1]},{parts[1]}'.join(parts[0])}"
            f"{parts[2] if parts[0] else ''}{parts[1]}]"
        )
    )
    tables = st.lists(st.tuples(KEYS, inner), max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"
    )
    return arrays | tables


VALUES = st.recursive(SCALARS | STRINGS, values, max_leaves=5)
STATEMENTS = (
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}")
    | KEYS.map(lambda key: f"[{key}]")
    | KEYS.map(lambda key: f"[[ {key} ]]")
    | st.sampled_from(["", "# comment [x]", "\t"])
)


def parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A valid text: of the statements drawn, those that may follow the ones before."""
    text, newline = "", draw(st.sampled_from(["\n", "\r\n"]))
    for statement in draw(st.lists(STATEMENTS, max_size=10)):
        ending = draw(st.sampled_from(["", "  ", " # end"]))
        longer = f"{text}{statement}{ending}\n"
        text = longer if parsed(longer) is not None else text
    return text.replace("\n", newline)


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def at(values: Any, path: KeyPath) -> Any:
    for part in path:
        values = values[part]
    return values


def replaced(text: str, place: Place, new: str) -> str:
    """Put something else where a value is written."""
    lines, span = lines_of(text), place.value
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column] + new + line[span.column + span.width :]
    return "\n".join(lines)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_every_key_of_a_valid_text_has_a_place(text: str) -> None:
    values = tomllib.loads(text)
    assert set(scan(text, values)) == set(key_paths(values))


@settings(max_examples=100, deadline=None)
@given(documents())
def test_what_is_put_at_the_place_of_a_value_is_found_under_its_key(text: str) -> None:
    values = tomllib.loads(text)
    for path, place in scan(text, values).items():
        piece = lines_of(text)[place.value.line - 1][place.value.column :][: place.value.width]
        if piece.startswith("[") and parsed(f"v = {piece}") is None:
            continue  # a table's header, or an array that goes on below
        if parsed(f"v = {piece}") is None or isinstance(at(values, path), dict | list):
            continue  # a text that goes on below; or something with keys of its own
        changed = parsed(replaced(text, place, '"here"'))
        assert changed is not None
        assert at(changed, path) == "here"


@settings(max_examples=100, deadline=None)
@given(documents())
def test_the_place_of_a_key_holds_that_key(text: str) -> None:
    values = tomllib.loads(text)
    for path, place in scan(text, values).items():
        piece = lines_of(text)[place.key.line - 1][place.key.column :][: place.key.width]
        if isinstance(path[-1], str):
            assert tomllib.loads(f"{piece} = 1") == {path[-1]: 1}


@settings(max_examples=50, deadline=None)
@given(documents(), documents())
def test_places_that_do_not_fit_the_values_are_not_given(text: str, other: str) -> None:
    values = tomllib.loads(other)
    places = scan(text, values)
    assert places == {} or set(places) == set(key_paths(values))


@given(st.text(st.sampled_from("ab=\"[]{}.#\n' "), max_size=30))
def test_any_text_is_survived(text: str) -> None:
    assert scan(text, {"a": 1}).keys() <= {("a",)}


@pytest.mark.parametrize(
    ("text", "path", "line", "column", "width"),
    [
        ("port = 1", ("port",), 1, 0, 4),
        ("\n\n[server]\nport = 1", ("server", "port"), 4, 0, 4),
        ("[server]", ("server",), 1, 1, 6),
        ("[a.b]\n[a]", ("a",), 2, 1, 1),
        ("[a.b]", ("a",), 1, 1, 1),
        ("[[s]]\nx = 1\n[[s]]\nx = 2", ("s", 1, "x"), 4, 0, 1),
        ("[[s]]\n[s.m]\nx = 1\n[[s]]\n[s.m]\nx = 2", ("s", 1, "m", "x"), 6, 0, 1),
        ("m = { a = [1, 2], b = 3 }", ("m", "b"), 1, 18, 1),
        ("a.b.c = 1", ("a", "b", "c"), 1, 4, 1),
        ('"海港" = 1', ("海港",), 1, 0, 4),
        ("a = '''\nb = 1\n'''\nb = 2", ("b",), 4, 0, 1),
        ("a = [\n  1, # b = 1\n]\nb = 2", ("b",), 4, 0, 1),
        ("a = 1\r\nb = 2\r\n", ("b",), 2, 0, 1),
        ("a = ''''x'''''\nb = 1", ("b",), 2, 0, 1),
        ('a = """"x"""""\nb = 1', ("b",), 2, 0, 1),
        ('a = """x\\""""\nb = 1', ("b",), 2, 0, 1),
    ],
)
def test_a_key_stands_here(
    text: str, path: KeyPath, line: int, column: int, width: int
) -> None:
    span = scan(text, tomllib.loads(text))[path].key
    assert (span.line, span.column, span.width) == (line, column, width)


def test_an_element_of_a_list_has_its_own_place() -> None:
    text = 'ports = [\n  "a",\n  "bc",\n]'
    span = scan(text, tomllib.loads(text))["ports", 1].value
    assert (span.line, span.column, span.width) == (3, 2, 4)
