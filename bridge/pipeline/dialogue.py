"""Dialogue: what readers do with our posts is counted, kept for the editors, or answered.

Everything here happens in the transaction that takes an activity out of the inbox, after
`federation.inbox` has decided what it may mean; what only the store knows is decided here.
"""

import datetime as dt
from dataclasses import replace
from hashlib import sha256

import structlog

from bridge.federation import moderation, remote, vocabulary
from bridge.federation.documents import reference
from bridge.federation.moderation import Judgement, Standing
from bridge.model import (
    Interaction,
    Json,
    Quote,
    Reaction,
    Reply,
    ReplyRule,
    Report,
    Task,
    addresses,
)
from bridge.pipeline import actors, known
from bridge.store import (
    Connection,
    articles,
    blocks,
    digests,
    followers,
    interactions,
    quotes,
    remotes,
    replies,
    reports,
)
from bridge.wiring import Bridge

MOST_REPORTS = 50
"""Open complaints of one actor; more are not kept."""

log = structlog.get_logger(__name__)


def apply(
    bridge: Bridge,
    connection: Connection,
    reaction: Reaction,
    activity: Json,
    now: dt.datetime,
) -> Reaction:
    """Give a reaction its effect; return it as it turned out, with what is to be answered."""
    if reaction.counted is not None:
        return _count(bridge, connection, reaction, reaction.counted)
    if reaction.uncounted is not None:
        interactions.remove(connection, reaction.uncounted)
    if reaction.unfollow_id is not None:
        interactions.remove_activity(connection, reaction.unfollow_id)
    if reaction.said is not None:
        return _say(bridge, connection, reaction, reaction.said)
    if reaction.edited is not None:
        return _edit(bridge, connection, reaction, reaction.edited, now)
    if reaction.unsaid is not None:
        return _unsay(bridge, connection, reaction, activity["actor"], now)
    if reaction.report is not None:
        return _report(connection, reaction, reaction.report)
    if reaction.quote is not None:
        return _quote(bridge, connection, reaction, reaction.quote, activity, now)
    if reaction.profile is not None:
        return _know(bridge, connection, reaction, reaction.profile, now)
    return reaction


def show(bridge: Bridge, connection: Connection, *found: Reply) -> None:
    """Let the page of an article be made anew if what it shows of a reply has changed."""
    shown = next((one.key for one in found if one.key and one.state == "approved"), None)
    entry = articles.get(connection, shown) if shown else None
    if entry is not None:
        paper = entry.paper
        task = Task(name="publish", args=(paper,), partition=paper, fold=True)
        bridge.enqueue(connection, (task,))


def owner(bridge: Bridge, connection: Connection, key: str) -> str | None:
    """Return the account that posts an article or digest; None where neither can be read."""
    entry = articles.get(connection, key)
    if entry is not None:
        name = addresses.actor_name(entry.paper, entry.section)
        spoken = entry.state != "withdrawn"
    else:
        found = digests.get(connection, key)
        if found is None:
            return None
        name, spoken = addresses.actor_name(found.paper, found.section), True
    return name if spoken and name in actors.sections(bridge.site) else None


def _count(
    bridge: Bridge, connection: Connection, reaction: Reaction, found: Interaction
) -> Reaction:
    if owner(bridge, connection, found.key) is None:
        return _ignored(reaction, "it is about no post of ours")
    interactions.add(connection, found)
    return reaction


def _say(bridge: Bridge, connection: Connection, reaction: Reaction, said: Reply) -> Reaction:
    """Keep a reply in the state that its section's rule gives it."""
    reply = _placed(bridge, connection, said, reaction.parent)
    if reply is None:
        return _ignored(reaction, "it answers nothing that is kept here")
    judgement = _judged(bridge, connection, reply)
    if judgement.state is None:
        return _ignored(reaction, judgement.reason)
    stored = replace(reply, state=judgement.state)
    if replies.add(connection, stored):
        log.info("a reply came in", account=stored.account, key=stored.key, state=stored.state)
        show(bridge, connection, stored)
    return reaction


def _placed(
    bridge: Bridge, connection: Connection, said: Reply, parent: str | None
) -> Reply | None:
    """Return a reply with its article and account: those of what it answers come first."""
    if said.key is None and parent is not None:
        answered = replies.get(connection, parent)
        if answered is not None:
            return replace(said, key=answered.key, account=answered.account)
    if said.key is not None:
        account = owner(bridge, connection, said.key)
        return replace(said, account=account) if account else None
    return said if said.account else None


def _judged(bridge: Bridge, connection: Connection, reply: Reply) -> Judgement:
    counts = replies.standing(connection, reply.actor)
    standing = Standing(
        approved=counts.get("approved", 0) > 0,
        held=counts.get("held", 0),
        silenced="silence" in blocks.about(connection, reply.actor),
    )
    rule = _rule(bridge, reply.account)
    return moderation.judge(rule, standing, public=reply.public)


def _rule(bridge: Bridge, account: str) -> ReplyRule:
    """Return the rule of an account; a paper's own has the one that is the default."""
    found = actors.sections(bridge.site).get(account)
    return found[1].replies if found else "newcomers"


def _edit(
    bridge: Bridge,
    connection: Connection,
    reaction: Reaction,
    new: Reply,
    now: dt.datetime,
) -> Reaction:
    """Take changed words; they are judged as if they were new."""
    stored = replies.get(connection, new.id)
    if stored is None or stored.actor != new.actor:
        return _ignored(reaction, "it changes nothing that is kept here")
    changed = replace(stored, content=new.content, language=new.language, public=new.public)
    if stored.state != "rejected":
        state = _judged(bridge, connection, changed).state or "held"
        changed = replace(changed, state=state)
    replies.change(connection, changed, now)
    show(bridge, connection, stored, changed)
    return reaction


def _unsay(
    bridge: Bridge, connection: Connection, reaction: Reaction, actor: str, now: dt.datetime
) -> Reaction:
    """Let go of a reply that its author has deleted, and of what was agreed for a quotation."""
    id = reaction.unsaid or ""
    stored = replies.get(connection, id)
    gone = replies.remove(connection, id, actor, now)
    taken = quotes.remove(connection, id, actor)
    for quote in taken:
        interactions.remove(connection, _quotation(quote))
    if stored is not None and gone:
        show(bridge, connection, stored)
    return replace(reaction, state="handled", note="") if gone or taken else reaction


def _report(connection: Connection, reaction: Reaction, report: Report) -> Reaction:
    if reports.opened(connection, report.actor) >= MOST_REPORTS:
        return _ignored(reaction, "too many complaints of theirs are open")
    if reports.add(connection, report):
        log.warning("a complaint came in", actor=report.actor, about=report.objects)
    return reaction


def _quote(
    bridge: Bridge,
    connection: Connection,
    reaction: Reaction,
    asked: Quote,
    request: Json,
    now: dt.datetime,
) -> Reaction:
    """Agree to be quoted by whoever is heard without reserve, about what can be read."""
    account = owner(bridge, connection, asked.key)
    if account is None:
        return _ignored(reaction, "it quotes nothing here")
    name = sha256(f"{asked.instrument} {asked.key}".encode()).hexdigest()[:32]
    quote = replace(asked, name=name, account=account)
    agreed = "silence" not in blocks.about(connection, asked.actor)
    if agreed:
        quotes.add(connection, quote)
        interactions.add(connection, _quotation(quote))
    base_url = bridge.site.base_url
    answer = vocabulary.answer_quote(request, quote, base_url, now, agreed=agreed)
    return replace(reaction, replies=(answer,))


def _quotation(quote: Quote) -> Interaction:
    return Interaction(
        kind="quote", key=quote.key, actor=quote.actor, activity=quote.instrument
    )


def _know(
    bridge: Bridge, connection: Connection, reaction: Reaction, document: Json, now: dt.datetime
) -> Reaction:
    """Take a changed profile: what we send follows it to its inbox."""
    before = remotes.get(connection, str(reference(document)))
    found = remote.described(document, before, now) if before else None
    if found is None:
        return _ignored(reaction, "its profile is not usable")
    remotes.put(connection, found)
    known.forget(bridge.store, found.id)
    for follower in followers.of(connection, found.id):
        moved = replace(follower, inbox=found.inbox, shared_inbox=found.shared_inbox)
        followers.put(connection, moved)
    return reaction


def _ignored(reaction: Reaction, note: str) -> Reaction:
    return replace(reaction, state="ignored", note=note)
