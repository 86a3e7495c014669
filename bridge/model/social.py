"""The fediverse's words: actors, followers, activities and their deliveries."""

import datetime as dt
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object; what comes from outside is checked field by field before use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as a post or an account shows it."""

    url: str
    media_type: str
    alt: str  # its words, with the credit
    width: int | None = None  # pixels; None where it was never measured
    height: int | None = None
    blurhash: str | None = None
    focus: tuple[float, float] | None = None  # -1 to 1 from the centre: right, up


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line beside the text of a profile: a name and a link."""

    name: str
    url: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One of our accounts: a section, a paper, or the instance itself."""

    name: str  # the user name: `<paper>`, `<paper>_<section>` or `instance`
    kind: Literal["Service", "Application"]
    title: str  # display name
    summary: str  # plain text
    language: str
    url: str  # its HTML page
    fields: tuple[Field, ...] = ()  # the first is its page
    icon: Picture | None = None
    image: Picture | None = None  # wide
    also_known_as: tuple[str, ...] = ()  # ids of the same account elsewhere
    paper: str | None = None
    section: str | None = None
    created: dt.datetime


KeyKind = Literal["rsa", "ed25519"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key of one of our actors; `private` is PEM (PKCS#8) and never leaves the database."""

    actor: str
    name: str = "main-key"  # fragment of the key's id; never given to two keys of an actor
    kind: KeyKind = "rsa"
    private: str
    public: str
    created: dt.datetime
    retires: dt.datetime | None = None  # when its public half is shown no more; None: in use

    def __repr__(self) -> str:
        """Hide the key from logs and tracebacks (security no. 86)."""
        return f"KeyPair(actor={self.actor!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteActor:
    """An actor of another server, as its own document says."""

    id: str
    inbox: str
    shared_inbox: str | None
    key_id: str
    key: str  # PEM
    name: str  # user name, for the operator's eye
    fetched: dt.datetime
    others: Mapping[str, str] = field(default_factory=dict)  # more of its keys: id → PEM

    def pem(self, key_id: str) -> str | None:
        """Return the key with this id; None when it is not known."""
        return self.key if key_id == self.key_id else self.others.get(key_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Somebody who follows one of our actors."""

    actor: str  # our actor's name
    id: str  # the remote actor
    inbox: str
    shared_inbox: str | None
    follow: str  # id of the Follow, for an Undo that names it only by id
    since: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A signed request as received: what a signature covers."""

    method: str
    path: str  # with query string
    headers: tuple[tuple[str, str], ...]  # as sent, duplicates kept
    body: bytes


InboundState = Literal["unverified", "pending", "handled", "ignored", "refused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """An activity that came in; stored before it has any effect."""

    id: str  # the activity's own id
    actor: str
    type: str
    body: Json
    received: dt.datetime
    state: InboundState
    request: Request | None = None  # kept only while its signature is still to be checked
    attempts: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of ours; the body is stored once, deliveries point at it."""

    id: str
    actor: str  # our actor's name
    type: str
    object: str  # id of what it is about
    body: Json
    created: dt.datetime
    release_at: dt.datetime | None = None  # not sent before; None = at once
    also: str | None = None  # another account of ours whose followers get it too


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One post for many articles of a section in an edition."""

    key: str
    paper: str
    section: str
    date: dt.date
    articles: tuple[str, ...]  # their keys, in the order of the post
    first_seen: dt.datetime
    updated: dt.datetime
    revision: int  # 1 = as first posted


DeliveryState = Literal["pending", "delivered", "failed", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger: an activity and an inbox."""

    id: int
    activity: str
    object: str
    actor: str
    inbox: str
    host: str
    shard: int
    sequence: int  # order of activities, so that an Update never overtakes its Create
    state: DeliveryState
    attempts: int
    due: dt.datetime
    created: dt.datetime
    failing: dt.datetime | None = None  # since its first failed attempt
    status: int | None
    error: str | None


SignatureScheme = Literal["cavage", "rfc9421"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What is known of a server that we deliver to."""

    name: str  # with its port, as in `Delivery.host`
    failures: int = 0  # probes in a row that failed; 0 while it is well
    failing: dt.datetime | None = None  # since the first of them
    until: dt.datetime | None = None  # nothing is sent before: it rests, or asked to wait
    scheme: SignatureScheme | None = None  # the one that it takes, where it refused the other
    refused: SignatureScheme | None = None  # the one that it answered with 401
    heard: dt.datetime | None = None  # when a verified activity last came from there
    error: str | None = None  # of the last failure
    changed: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt to deliver came to; `status` is None when no answer came."""

    status: int | None
    error: str | None
    retry_after: str | None  # the header's value as sent
    transient: bool = True  # False: refused by our own guard, waiting cannot help
    date: str | None = None  # the header's value as sent: the other side's clock
    scheme: SignatureScheme | None = None  # of the signature that was taken; None = none was


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the retry policy makes of an outcome."""

    state: DeliveryState
    due: dt.datetime
    error: str | None


InteractionKind = Literal["like", "boost", "quote"]
ReplyState = Literal["held", "approved", "rejected"]
ReportState = Literal["open", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Somebody likes, boosts or quotes a post; only that it is one more is ever stored."""

    kind: InteractionKind
    key: str  # of the article or digest
    actor: str
    activity: str  # its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody says in answer to a post of ours, or to one of our accounts."""

    id: str  # of the post, on its author's origin
    key: str | None  # of the article; None for a mention
    account: str  # ours, by name; empty until it is known
    actor: str
    name: str  # `user@host`
    url: str
    content: str  # sanitised HTML
    language: str | None
    published: dt.datetime
    received: dt.datetime
    public: bool  # said to everybody; else it is never shown
    state: ReplyState = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A complaint about something of ours."""

    id: str
    actor: str
    objects: tuple[str, ...]  # ids of ours
    content: str  # plain text
    received: dt.datetime
    state: ReportState = "open"
    number: int = 0  # as stored
    note: str | None = None  # of the editor who closed it


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A post of somebody that quotes one of ours, which we have agreed to (FEP-044f)."""

    name: str  # of the authorization, the end of its id
    key: str
    instrument: str  # the post that quotes
    actor: str
    account: str  # ours, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What an inbound activity leads to; the pipeline writes it in one transaction."""

    state: InboundState
    note: str = ""  # why it was ignored or refused, for the operator
    follow: Follower | None = None
    unfollow: tuple[tuple[str, str], ...] = ()  # (our actor's name, follower id)
    unfollow_id: str | None = None  # id of what its sender takes back by id alone
    forget: str | None = None  # a remote actor that is gone from every list
    replies: tuple[Activity, ...] = ()  # e.g. the Accept, to the sender's own inbox
    counted: Interaction | None = None
    uncounted: Interaction | None = None  # taken back; by id alone it is in `unfollow_id`
    said: Reply | None = None
    edited: Reply | None = None
    parent: str | None = None  # what `said` answers, where that is no post of ours
    unsaid: str | None = None  # id of a post that its author has deleted
    report: Report | None = None
    quote: Quote | None = None  # asked for; `account` and `name` are still empty
    profile: Json | None = None  # the sender's own document, as it is now


SHARDS = 64
"""Hosts are spread over so many shards; a shard is sent by one runner in the whole cluster."""


def shard_of(host: str) -> int:
    """Return the shard of a host (name and port in the one spelling of `urls.Url.netloc`)."""
    return zlib.crc32(host.encode()) % SHARDS
