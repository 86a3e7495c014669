"""Who wrote it, from wherever print says so: head, lead-in, end, tagline."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.ingest.normalise.bodies import Body
from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.features import reader, short_name
from bridge.ingest.segment.language.agencies import agency
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.language.surnames import is_name
from bridge.ingest.segment.leadins import enclosed
from bridge.ingest.segment.people import LATIN_NAME, MARKS, Person, Persons, persons
from bridge.model import Block, Byline

_OWN = re.compile("本[报報刊台社网網](?:讯|訊)?")
_CONTRIBUTED = re.compile(
    (
        f"(?:reporters?|staff writers?)? ?(?P<names>{LATIN_NAME.pattern}(?"
        f":(?:,| and|, and) {LATIN_NAME.pattern})*).{{0,20}} contributed"
    ),
    re.I,
)
_ADDITIONAL = re.compile(
    "(?:additional reporting|reporting|compiled) by (?P<names>.+?)\\.?$", re.I
)
_DASH_NAME = re.compile("[—–-]+ ?(?P<name>.+)")


@dataclass(frozen=True, slots=True)
class Makers:
    """People, wire service and place that the byline and credits name."""

    byline: tuple[Byline, ...]
    agency: str | None
    place: str | None


def read(blocks: Sequence[Block], body: Body, title: str | None, rules: Rules) -> Makers:
    """Return who made an article; `title` is the paper's, for `本报记者`."""
    heads = [_head(block, rules) for block in blocks if block.role == "byline"]
    tails = [_tagline(block, rules) for block in blocks if block.role == "tagline"]
    found = [one for one in heads if one is not None]
    house = body.found.org if body.found else None
    wire = _wire(blocks, body, found, rules)
    people: list[tuple[Person, str | None]] = [(p, None) for one in found for p in one.people]
    if body.found and body.found.persons:
        people += [(p, house) for p in body.found.persons.people]
    if body.closing and body.closing.persons:
        people += [(p, body.closing.org) for p in body.closing.persons.people]
    people += [(p, None) for one in body.credits for p in one.people]
    people += [(p, None) for one in tails if one for p in one.people]
    places = [one.place for one in found if one.place]
    return Makers(
        byline=_unique(people, title, wire, _second_line(blocks, title)),
        agency=wire,
        place=places[0] if places else None,
    )


def _head(block: Block, rules: Rules) -> Persons | None:
    text = fold(block.text)
    found = persons(text, rules)
    if found is None and rules.spaced and LATIN_NAME.fullmatch(text):
        return persons(f"By {text}", rules)
    if (
        found is None
        and not rules.spaced
        and is_name(bare := text.strip(MARKS + " ").replace(" ", ""))
    ):
        return persons(f"作者 {bare}", rules)
    return found


def _tagline(block: Block, rules: Rules) -> Persons | None:
    text = fold(block.text)
    plain = persons(text, rules)
    if plain is not None:
        return plain
    closing = enclosed(text, rules)
    if closing is not None:
        return closing.persons
    if not rules.spaced and (sender := reader(text)):
        return Persons(people=(Person(name=sender, role="author", label="letter"),))
    if not rules.spaced:
        name = text.strip("()[]【】〔〕 ")
        signed = name != text and short_name(name)
        return persons(f"记者 {name}", rules) if signed else None
    for form in (_CONTRIBUTED, _ADDITIONAL):
        match = form.match(text)
        if match:
            names = re.split(",? and |, ", match["names"])
            return Persons(
                people=tuple(_contributor(n) for n in names if LATIN_NAME.fullmatch(n))
            )
    match = _DASH_NAME.fullmatch(text)
    if match:
        return persons(f"By {match['name']}", rules)
    return _sender(text)


def _sender(text: str) -> Persons | None:
    """`Ann Lee, Mill Lane` under a letter: its writer."""
    match = LATIN_NAME.match(text)
    if match is None or text.endswith("."):
        return None
    return Persons(people=(Person(name=match.group(), role="author", label="letter"),))


def _contributor(name: str) -> Person:
    return Person(name=name, role="contributor", label="contributed")


def _wire(
    blocks: Sequence[Block], body: Body, heads: Sequence[Persons], rules: Rules
) -> str | None:
    if body.found and body.found.agency:
        return body.found.agency
    if body.closing and body.closing.agency:
        return body.closing.agency
    for one in heads:
        if one.agency:
            return one.agency
        for person in one.people:
            if person.org and agency(person.org):
                return agency(person.org)
    named = (agency(block.text) for block in blocks if block.role == "byline")
    return next((name for name in named if name), None)


def _second_line(blocks: Sequence[Block], title: str | None) -> str | None:
    """`Echo Staff Writer` under a name: the writer is the paper's own."""
    for block in blocks:
        if block.role == "byline" and re.search("\\b(?:staff|our)\\b", block.text, re.I):
            return title
    return None


def _unique(
    people: Sequence[tuple[Person, str | None]],
    title: str | None,
    wire: str | None,
    house: str | None,
) -> tuple[Byline, ...]:
    found: dict[str, Byline] = {}
    for person, org in people:
        known = found.get(person.name)
        if known is not None:
            if known.role != "photographer" or person.role == "photographer":
                continue  # named at the head and again at the end
            found.pop(person.name)
        found[person.name] = Byline(
            name=person.name, role=person.role, org=_org(person, org, title, wire) or house
        )
    return tuple(found.values())


def _org(person: Person, org: str | None, title: str | None, wire: str | None) -> str | None:
    named = person.org or (org if person.role == "reporter" else None)
    if named is None:
        return None
    if _OWN.fullmatch(named) or (title and title.endswith(named)):
        return title
    return agency(named) or (wire if wire and named == wire else named)
