"""Read JSON from strangers: plain, bounded, and refused where it could mean two things.

Security nos. 28 and 38. It is never processed as JSON-LD: nothing is loaded, nothing expanded,
and what would change the meaning of the words read here is refused.
"""

import json
from typing import Any, NoReturn

from bridge.errors import ActivityError
from bridge.model import Json, urls

LARGEST = 1_000_000
DEEPEST = 32
MOST_DIGITS = 30

ACTOR_TYPES = frozenset({"Application", "Group", "Organization", "Person", "Service"})
"""What an account may be."""

RESHAPING = frozenset({"@graph", "@included", "@reverse", "@nest", "@id", "@type"})
"""JSON-LD keywords that would let a document say something else than its plain words."""

FIXED: dict[str, frozenset[str]] = {
    "id": frozenset({"@id"}),
    "type": frozenset({"@type"}),
    **{
        term: frozenset({f"as:{term}", f"https://www.w3.org/ns/activitystreams#{term}"})
        for term in (
            "actor",
            "object",
            "target",
            "attributedTo",
            "to",
            "cc",
            "inbox",
            "endpoints",
        )
    },
    "publicKey": frozenset({"sec:publicKey", "https://w3id.org/security#publicKey"}),
    "owner": frozenset({"sec:owner", "https://w3id.org/security#owner"}),
}
"""Words whose meaning a context may repeat but not change."""


def read(data: bytes) -> Json:
    """Return a JSON object; ActivityError says what is wrong with it."""
    if len(data) > LARGEST:
        raise ActivityError("the document is too large", why=f"more than {LARGEST} bytes")
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
        raise ActivityError("the document is not usable JSON", why=why) from error
    if not isinstance(document, dict):
        raise ActivityError("the document is not a JSON object")
    _check_values(document)
    _check_context(document.get("@context"))
    return document


def reference(value: Any) -> str | None:
    """Return the id that a property names, alone or embedded, in one spelling; else None."""
    if isinstance(value, dict):
        value = value.get("id")
    if not isinstance(value, str):
        return None
    try:
        return urls.canonical(value)
    except ValueError:
        return None


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is doubled")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("a number has too many digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits) if len(digits) <= MOST_DIGITS else float("inf")
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is out of range")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _check_values(document: Json) -> None:
    """Walk the document without recursion: depth, forbidden characters and keywords."""
    level: list[Any] = [{key: value for key, value in document.items() if key != "@context"}]
    for _ in range(DEEPEST):
        following: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                for key in value:
                    _check_key(key)
                following.extend(value.values())
            elif isinstance(value, list):
                following.extend(value)
            elif isinstance(value, str):
                _check_text(value)
        if not following:
            return
        level = following
    raise ActivityError("the document is nested too deeply", why=f"more than {DEEPEST} levels")


def _check_key(key: str) -> None:
    _check_text(key)
    if key in RESHAPING:
        raise ActivityError("the document uses JSON-LD that is not read here", where=key)


def _check_text(value: str) -> None:
    if "\x00" in value:
        raise ActivityError("a NUL character in the document")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ActivityError("half a character in the document")


def _check_context(context: Any) -> None:
    """Refuse a context that gives our words another meaning."""
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            for word, meanings in FIXED.items():
                meaning = part.get(word)
                if isinstance(meaning, dict):
                    meaning = meaning.get("@id")
                if word in part and meaning not in meanings:
                    raise ActivityError("the context gives a word another meaning", where=word)
