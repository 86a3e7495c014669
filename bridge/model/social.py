"""The fediverse's words: actors, followers, activities and their deliveries."""

import datetime as dt
import zlib
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object; what comes from outside is checked field by field before use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One of our accounts: a section, a paper, or the instance itself."""

    name: str  # the user name: `<paper>`, `<paper>_<section>` or `instance`
    kind: Literal["Service", "Application"]
    title: str  # display name
    summary: str  # plain text
    language: str
    url: str  # its HTML page
    feeds: tuple[str, ...] = ()
    paper: str | None = None
    section: str | None = None
    created: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """An actor's RSA key; `private` is PEM (PKCS#8) and never leaves the database."""

    actor: str
    private: str
    public: str
    created: dt.datetime

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the retry policy makes of an outcome."""

    state: DeliveryState
    due: dt.datetime
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What an inbound activity leads to; the pipeline writes it in one transaction."""

    state: InboundState
    note: str = ""  # why it was ignored or refused, for the operator
    follow: Follower | None = None
    unfollow: tuple[tuple[str, str], ...] = ()  # (our actor's name, follower id)
    unfollow_id: str | None = None  # id of a Follow that its sender takes back by id alone
    forget: str | None = None  # a remote actor that is gone from every list
    replies: tuple[Activity, ...] = ()  # e.g. the Accept, to the sender's own inbox


SHARDS = 64
"""Hosts are spread over so many shards; a shard is sent by one runner in the whole cluster."""


def shard_of(host: str) -> int:
    """Return the shard of a host (name and port in the one spelling of `urls.Url.netloc`)."""
    return zlib.crc32(host.encode()) % SHARDS
