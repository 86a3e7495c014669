"""What the configuration comes to: frozen values, all of them resolved and checked.

These are the only types other rooms see; the pydantic models stay inside `bridge.config`.
Folders are absolute, durations are `timedelta`, sizes are bytes.
"""

import datetime as dt
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from bridge.errors import BridgeError
from bridge.model import Site, Source

IPNetwork = IPv4Network | IPv6Network
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["console", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the web server listens and how much of it there is."""

    host: str
    port: int
    workers: int  # processes; 0 = one for each processor core
    blocking_threads: int  # threads in each process
    trusted_proxies: tuple[IPNetwork, ...]  # whose X-Forwarded-For counts
    search_rate: int = 60  # searches a minute from one address


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedNetwork:
    """Addresses outgoing requests may reach although they are not public."""

    network: IPNetwork
    port: int | None  # None = every port


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """The limits of outgoing requests (`[http]`)."""

    timeout: dt.timedelta  # of a whole request, headers and body included
    max_bytes: int  # of an answer's decompressed body
    user_agent: str
    allow_networks: tuple[AllowedNetwork, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """Whether there are accounts, and what strangers may ask of us."""

    enabled: bool
    clock_window: dt.timedelta  # a signature's date may be off this far, both ways
    inbox_max_bytes: int  # of an inbox request's body
    inbox_rate: int  # requests a minute from one address, and from one host
    inbox_queue: int  # stored activities that may wait; more are asked to come back
    concurrency: int  # hosts a node delivers to at a time
    authorized_fetch: bool  # accounts and posts are for who signs
    follower_counts: bool  # are told
    allow_list: bool = False  # only listed servers are heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A place for the output in an object store; None is left to the store's own variables."""

    url: str  # s3://bucket/folder
    endpoint: str | None
    region: str | None
    path_style: bool
    access_key: str | None
    secret_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """The published output; `window`, in editions, stands in each `Newspaper`."""

    place: Path | Bucket
    max_bytes: int  # of one feed file; the oldest entries give way
    ttl: dt.timedelta  # how long readers may keep a feed before asking again
    hubs: tuple[str, ...] = ()  # that are told of changes (WebSub)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How much is logged, and for whom."""

    level: LogLevel
    format: LogFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration, papers and sources included."""

    path: Path  # the bridge.toml it was read from
    root: Path  # the deployment folder, where relative paths start
    site: Site
    sources: tuple[Source, ...]
    data_dir: Path
    database: str  # SQLAlchemy URL; may hold a password, so it is never printed
    feeds: Feeds
    server: Server
    http: Outgoing
    federation: Federation
    log: Log

    @property
    def feeds_dir(self) -> Path:
        """Return the folder of the published output; BridgeError when it is in a bucket."""
        if isinstance(self.feeds.place, Path):
            return self.feeds.place
        raise BridgeError("the output is in no folder", where=self.feeds.place.url)
