"""Moderate: what editors decide about replies and complaints, and whom they do not hear."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import get_args

from bridge.errors import BridgeError, UserError
from bridge.model import InteractionKind, Reply, ReplyState, Report, urls
from bridge.pipeline import blocked, dialogue, verify
from bridge.store import Connection, blocks, followers, interactions, replies, reports
from bridge.store.blocks import Block, Kind, Severity
from bridge.wiring import Bridge

SEARCHED = 5_000
"""The newest replies among which a short name is looked up."""

LONGEST_LIST = 5_000_000
"""Bytes of a list that is imported: half a million servers are more than there are."""

COLUMNS = ("domain", "severity", "public_comment")
"""What is read of a list as Mastodon exports it; its header marks them with `#`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a list came to."""

    added: int
    skipped: int  # not to be blocked, or blocked already


def name(reply: Reply) -> str:
    """Return the short name of a reply, for a person to type."""
    return sha256(reply.id.encode()).hexdigest()[:8]


def find(bridge: Bridge, wanted: str) -> Reply:
    """Return a reply by its id or short name; BridgeError when there is none."""
    with bridge.store.read() as connection:
        return _find(connection, wanted)


def decide(bridge: Bridge, wanted: str, state: ReplyState, now: dt.datetime) -> Reply:
    """Approve or reject a reply, given by its id or short name; return it as it was.

    Raises BridgeError when there is none, or to approve what was not said in public.
    """
    with bridge.store.begin() as connection:
        found = _find(connection, wanted)
        if state == "approved" and not found.public:
            raise BridgeError(
                "the reply was not said in public",
                where=found.id,
                hint="answer it yourself; it cannot be shown",
            )
        if found.state != state:
            replies.decide(connection, found.id, state, now)
            dialogue.show(bridge, connection, found, replace(found, state=state))
    return found


def response(bridge: Bridge, key: str) -> Mapping[str, int]:
    """Return how often an article was liked, boosted and quoted, and its approved replies."""
    with bridge.store.read() as connection:
        counts = interactions.counts(connection, (key,)).get(key, {})
        answers = len(replies.of_article(connection, key))
    found = {f"{kind}s": counts.get(kind, 0) for kind in get_args(InteractionKind)}
    return {**found, "replies": answers}


def close_report(bridge: Bridge, number: int, note: str | None) -> Report:
    """Close a complaint; BridgeError when none has this number."""
    with bridge.store.begin() as connection:
        found = reports.close(connection, number, note)
    if found is None:
        raise BridgeError(f"no report has the number {number}", hint="see `broadsheet reports`")
    return found


def subject(text: str) -> tuple[Kind, str]:
    """Return what an entry of the list is about: a domain, or an actor by id.

    Raises UserError for what is neither.
    """
    try:
        if "://" in text:
            return "actor", urls.canonical(text)
        host = urls.parse(f"https://{text.strip().removeprefix('*.').lower()}").host
    except ValueError as error:
        hint = "such as spam.example or https://one.example/users/mei"
        raise UserError(f"{text!r} is no domain and no address", (), hint=hint) from error
    return "domain", host


def put(
    bridge: Bridge, text: str, severity: Severity, comment: str, now: dt.datetime
) -> tuple[str, int]:
    """Add an entry to the list; return what it is about, and how many followers that ends."""
    kind, called = subject(text)
    entry = Block(kind=kind, name=called, severity=severity, comment=comment, created=now)
    with bridge.store.begin() as connection:
        blocks.put(connection, entry)
        ended = _enforce(bridge, connection, now) if severity == "suspend" else 0
    blocked.forget(bridge.store)
    return called, ended


def lift(bridge: Bridge, text: str) -> str:
    """Take an entry off the list; BridgeError when there is none about this."""
    kind, called = subject(text)
    with bridge.store.begin() as connection:
        if not blocks.remove(connection, kind, called):
            raise BridgeError("the list says nothing about this", where=called)
    blocked.forget(bridge.store)
    return called


def load(bridge: Bridge, text: str, now: dt.datetime) -> Imported:
    """Add the blocks of a list as Mastodon exports it, or of one domain a line.

    What it silences is silenced here, what it only notes is skipped, and no entry that stands
    is weakened. Raises UserError, with every bad line, and adds nothing then.
    """
    found = tuple(_entries(text, now))
    rank = {"allow": 0, "silence": 1, "suspend": 2}
    added = 0
    with bridge.store.begin() as connection:
        standing = {(one.kind, one.name): one.severity for one in blocks.listed(connection)}
        for entry in found:
            known = standing.get((entry.kind, entry.name))
            if known is None or rank[known] < rank[entry.severity]:
                blocks.put(connection, entry)
                added += 1
        _enforce(bridge, connection, now)
    blocked.forget(bridge.store)
    return Imported(added=added, skipped=_rows(text) - added)


def export(entries: Iterable[Block]) -> str:
    """Return the blocked domains as Mastodon imports them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = "#domain #severity #reject_media #reject_reports #public_comment #obfuscate"
    writer.writerow(head.split())
    for one in entries:
        if one.kind == "domain" and one.severity != "allow":
            writer.writerow((one.name, one.severity, "False", "False", one.comment, "False"))
    return out.getvalue()


def _find(connection: Connection, wanted: str) -> Reply:
    found = replies.get(connection, wanted)
    named = [one for one in replies.newest(connection, SEARCHED) if name(one) == wanted]
    if found is None and len(named) != 1:
        raise BridgeError(
            "no reply has this name", where=wanted, hint="see `broadsheet replies`"
        )
    return found or named[0]


def _enforce(bridge: Bridge, connection: Connection, now: dt.datetime) -> int:
    """End the follows of everybody who is blocked, and let go of what they said."""
    ended = 0
    listed = blocks.listed(connection)
    suspended = {entry.name for entry in listed if entry.severity == "suspend"}
    for actor in followers.people(connection):
        if suspended & blocked.names(actor):
            for follower in followers.of(connection, actor):
                verify.end_follow(connection, follower.actor, follower.id)
                ended += 1
    for actor in replies.actors(connection):
        if suspended & blocked.names(actor):
            dialogue.show(bridge, connection, *replies.of_actor(connection, actor))
            replies.remove_all(connection, actor, now)
    return ended


def _entries(text: str, now: dt.datetime) -> Iterable[Block]:
    problems: list[str] = []
    found: list[Block] = []
    for number, row in _parsed(text):
        severity: Severity = "silence" if row["severity"] == "silence" else "suspend"
        try:
            kind, called = subject(row["domain"])
        except UserError as error:
            problems.append(f"line {number}: {error.what}")
            continue
        if row["severity"] != "noop":
            comment = row["public_comment"][:500]
            found.append(
                Block(kind=kind, name=called, severity=severity, comment=comment, created=now)
            )
    if problems:
        raise UserError(
            "the list cannot be read", tuple(problems[:20]), hint="nothing was added"
        )
    return found


def _parsed(text: str) -> Iterable[tuple[int, dict[str, str]]]:
    """Yield each line of a list with its number; a list without a header is of domains."""
    if len(text) > LONGEST_LIST:
        raise UserError("the list is too long", (), hint=f"{LONGEST_LIST} characters at most")
    rows = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    head = [cell.strip().lstrip("#").lower() for cell in rows[0]] if rows else []
    has_head = "domain" in head
    columns = head if has_head else ["domain"]
    for number, row in enumerate(rows[has_head:], 1 + has_head):
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        if cells.get("domain"):
            yield number, {column: cells.get(column, "") for column in COLUMNS}


def _rows(text: str) -> int:
    return sum(1 for _ in _parsed(text))
