"""Every document as linked data: no word of ours is lost on who reads it by its contexts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader

DATA = Path(__file__).parent.parent / "data"
OTHER = {"webfinger", "host_meta", "nodeinfo_index", "nodeinfo_2.0", "nodeinfo_2.1"}
"""Documents that are no linked data."""

DOCUMENTS = [
    path
    for folder in ("activities", "posts")
    for path in sorted((DATA / folder).glob("*.json"))
    if path.stem not in OTHER
]

AS = "https://www.w3.org/ns/activitystreams#"
SEC = "https://w3id.org/security#"
LOADER = FrozenDocumentLoader()
"""The contexts that come with the library and no others: nothing is ever loaded."""


def expand(document: Any) -> Any:
    return jsonld.expand(document, {"documentLoader": LOADER})


def words(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every property and every type inside a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("@context", "contentMap", "nameMap", "summaryMap"):
                continue
            yield "property", key
            if key == "type":
                yield "type", inner
            yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_word_has_a_meaning(path: Path) -> None:
    """What a context does not know, a reader of linked data drops in silence."""
    document = read(path)
    context = document["@context"]
    for kind, word in sorted(set(words(document))):
        if kind == "type":
            (found,) = expand({"@context": context, "type": word, "name": "x"})
            assert ":" in found["@type"][0], f"the type {word}"
        elif word not in ("id", "type"):
            found = expand({"@context": context, word: "https://x.example/"})
            assert found, f"the property {word}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_says_the_same_in_both_readings(path: Path) -> None:
    document = read(path)
    (found,) = expand(document)
    assert found["@id"] == document["id"]
    assert found["@type"] == [f"{AS}{document['type']}"]
    again = jsonld.compact(found, document["@context"], {"documentLoader": LOADER})
    for name in ("id", "type", "actor", "attributedTo", "published", "content", "inbox"):
        assert again.get(name) == document.get(name), name


def test_a_language_is_one_value_in_its_language() -> None:
    (found,) = expand(read(DATA / "activities/note.json"))
    values = found[f"{AS}content"]
    assert {value.get("@language") for value in values} == {None, "zh-cn"}
    assert len({value["@value"] for value in values}) == 1


def test_an_actor_s_keys_are_found_by_their_names() -> None:
    (found,) = expand(read(DATA / "activities/actor_section.json"))
    (key,) = found[f"{SEC}publicKey"]
    assert key[f"{SEC}owner"] == [{"@id": found["@id"]}]
    (second,) = found[f"{SEC}assertionMethod"]
    assert second["@type"] == [f"{SEC}Multikey"]
    assert second[f"{SEC}controller"] == [{"@id": found["@id"]}]
    (multibase,) = second[f"{SEC}publicKeyMultibase"]
    assert multibase["@type"] == f"{SEC}multibase"


def test_what_we_implement_is_told_by_its_addresses() -> None:
    """FEP-844e."""
    (found,) = expand(read(DATA / "activities/actor_section.json"))
    (generator,) = found[f"{AS}generator"]
    links = generator["https://w3id.org/fep/844e#implements"]
    assert {link["@type"][0] for link in links} == {f"{AS}Link"}
    assert links[0][f"{AS}href"] == [{"@id": "https://datatracker.ietf.org/doc/html/rfc9421"}]


def test_nothing_is_ever_loaded_for_our_documents() -> None:
    contexts = {
        part
        for path in DOCUMENTS
        for part in _listed(read(path)["@context"])
        if isinstance(part, str)
    }
    assert contexts <= {"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"}


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]
