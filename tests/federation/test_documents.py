"""JSON from strangers: what is read, what is refused (security nos. 28 and 38)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import ActivityError
from bridge.federation.documents import read, reference

REFUSED = {
    "empty": b"",
    "no object": b"[1]",
    "a string": b'"x"',
    "null": b"null",
    "cut off": b'{"type":',
    "two documents": b"{}{}",
    "not UTF-8": b'{"a":"\xff"}',
    "UTF-16": '{"a":"b"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "key doubled": b'{"actor":"a","actor":"b"}',
    "key doubled inside": b'{"object":{"id":"a","id":"b"}}',
    "key doubled by escape": b'{"actor":"a","\\u0061ctor":"b"}',
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":-Infinity}',
    "infinite by size": b'{"a":1e999}',
    "5000 digits": b'{"a":' + b"9" * 5000 + b"}",
    "5000 digits after the point": b'{"a":0.' + b"9" * 5000 + b"}",
    "NUL": b'{"a":"\\u0000"}',
    "NUL in a key": b'{"a\\u0000":1}',
    "half a character": b'{"a":"\\ud800"}',
    "half a character in a key": b'{"\\udc00":1}',
    "half a character deep down": b'{"a":[{"b":["\\ud83d"]}]}',
    "40 levels": b'{"a":' * 40 + b"1" + b"}" * 40,
    "100000 lists": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "over 1 MB": b'{"a":"' + b"x" * 1_000_000 + b'"}',
    "@graph": b'{"@graph":[]}',
    "@included": b'{"@included":[]}',
    "@reverse inside": b'{"object":{"@reverse":{}}}',
    "@id beside id": b'{"id":"a","@id":"b"}',
    "@type inside": b'{"object":[{"@type":"Follow"}]}',
    "context gives actor another meaning": b'{"@context":{"actor":"as:object"}}',
    "context gives object another meaning": b'{"@context":["x",{"object":{"@id":"as:actor"}}]}',
    "context gives id another meaning": b'{"@context":[{"id":"as:url"}]}',
    "context takes type away": b'{"@context":[{"type":null}]}',
    "context gives owner another meaning": b'{"@context":[{"owner":"schema:name"}]}',
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_28_38_what_is_refused(data: bytes) -> None:
    with pytest.raises(ActivityError):
        read(data)


READ: dict[str, Any] = {
    "plain": {"type": "Like", "id": "https://home.example/1"},
    "text of every kind": {"content": "报纸 \U0001f4f0 \x1b \x7f ' \" </script>"},
    "numbers": {"a": [0, -1, 1.5, 10**20, True, None]},
    "twenty levels": json.loads('{"a":' * 20 + "1" + "}" * 20),
    "contexts as servers send them": {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {
                "id": "@id",
                "type": "@type",
                "actor": {"@id": "as:actor", "@type": "@id"},
                "publicKey": {"@id": "sec:publicKey", "@type": "@id"},
                "sensitive": "as:sensitive",
                "toot": "http://joinmastodon.org/ns#",
                "votersCount": "toot:votersCount",
                "@vocab": "_:",
            },
        ],
        "type": "Create",
    },
    "a context that is nonsense": {"@context": [1, None, [{}]]},
}


@pytest.mark.parametrize("document", READ.values(), ids=READ.keys())
def test_what_is_read(document: dict[str, Any]) -> None:
    assert read(json.dumps(document).encode()) == document
    assert read(json.dumps(document, ensure_ascii=False).encode()) == document


@given(st.binary(max_size=200))
def test_38_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read(data)
    except ActivityError:
        return
    assert json.loads(data) == document


@pytest.mark.parametrize(
    ("value", "id"),
    [
        ("https://home.example/u", "https://home.example/u"),
        ({"id": "https://home.example/u", "type": "Person"}, "https://home.example/u"),
        ("HTTPS://HOME.example.:443/u#k", "https://home.example/u#k"),
        (None, None),
        ("", None),
        ("mei", None),
        ("acct:mei@home.example", None),
        ({}, None),
        ({"id": {"id": "https://home.example/u"}}, None),
        (["https://home.example/u"], None),
        (1, None),
        ("https://u:p@home.example/", None),
    ],
)
def test_30_a_reference_has_one_spelling(value: object, id: str | None) -> None:
    assert reference(value) == id
