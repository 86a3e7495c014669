"""The shape of `bridge.toml`: every key with its default and its one description.

The descriptions are written once, here: the shipped file's comments, the JSON schema and
`docs/configuration.md` are made from them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bridge.config.forms import (
    AllowedNetworks,
    BaseUrl,
    Database,
    Duration,
    Endpoint,
    Host,
    Line,
    Networks,
    Path,
    Place,
    Secret,
    Size,
    Title,
    Urls,
    Within,
)

SECRETS = (("data", "database"), ("bucket", "secret_key"))
"""Keys that may hold a secret: each may be given as `<key>_file` instead."""


class Table(BaseModel):
    """A TOML table: unknown keys are refused and nothing is converted silently."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class Data(Table):
    """What must be kept: back up this folder and the publication can be restored."""

    directory: Path = "data"
    """Folder of the database and the daemon's lock. Created when missing, for its owner
    only, because the accounts' private keys are inside."""

    database: Database | None = Field(
        None, examples=["postgresql+psycopg://broadsheet@db/broadsheet"]
    )
    """URL of the database, when it is not the SQLite file broadsheet.db in the folder above.
    It may hold a password: then give database_file instead."""

    database_file: Path | None = Field(None, examples=["/run/secrets/database"])
    """File that holds the URL of the database, readable by nobody else (chmod 600).
    Only one of database and database_file may be given."""


class Server(Table):
    """The web server: `broadsheet serve` and `broadsheet up`."""

    host: Host = "127.0.0.1"
    """Address to listen on. Keep it on the loopback and put a reverse proxy with TLS in
    front; "0.0.0.0" or "::" listens to everybody."""

    port: int = Field(8400, ge=1, le=65535)
    """Port to listen on."""

    workers: int = Field(0, ge=0, le=256)
    """Processes that answer requests; 0 = one for each processor core."""

    blocking_threads: int = Field(1, ge=1, le=64)
    """Threads in each process. One is fastest; take 2 when the database is far away."""

    trusted_proxies: Networks = Field((), examples=[["127.0.0.1", "::1"]])
    """Addresses or networks of your own reverse proxies. Only their X-Forwarded-For is
    believed, so that a stranger cannot pretend to be somebody else to the rate limit."""

    search: bool = True
    """Whether the archive can be searched at /search, and pages link there. Take false when
    the published files are served without this program."""

    search_rate: int = Field(60, ge=1, le=1_000_000)
    """Searches a minute answered to one address; above it the answer is 429 with
    Retry-After."""

    insecure_http: bool = False
    """Allow a public base_url without TLS. Passwords and tokens can then be read on the way
    and most servers of the fediverse will not talk to you: for tests only."""


class Http(Table):
    """Requests to other servers. They reach public addresses only."""

    timeout: Annotated[Duration, Within("1s", "10m")] = "10s"
    """How long a whole request may take, from the name to the last byte."""

    max_bytes: Annotated[Size, Within("1kB", "1GB")] = "1MB"
    """The largest answer that is read, after decompression."""

    user_agent: Title | None = Field(
        None, examples=["Example Daily (+https://feeds.example.org)"]
    )
    """How requests introduce themselves, when not as Broadsheet with its version and your
    base_url. Operators of other servers look here for whom to write to."""

    allow_networks: AllowedNetworks = Field((), examples=[["10.1.2.0/24:8080"]])
    """Networks that may be reached although they are not public, with a port or without.
    Everything listed here can be reached by whoever can make us fetch a URL: keep it empty
    unless you test against servers of your own."""


class Feeds(Table):
    """The published files. They are derived: delete them, publish again, nothing is lost."""

    directory: Place = "feeds"
    """Folder that is written; any web server may serve it. Or a bucket, and a folder in it if
    you like, for several machines: "s3://example-feeds/paper" (see docs/cluster.md)."""

    window: int = Field(7, ge=1, le=366)
    """How many editions the live feeds hold; older ones stay on their pages. A paper may
    have a window of its own."""

    max_bytes: Annotated[Size, Within("10kB", "100MB")] = "5MB"
    """The largest feed file; above it the oldest entries give way. Many feed readers refuse
    more than 5 MB."""

    ttl: Annotated[Duration, Within("1m", "7d")] = "15m"
    """How long feed readers and caches may keep a file before they ask again."""

    hubs: Urls = Field((), examples=[["https://hub.example.org/"]])
    """WebSub hubs that are told as soon as a feed changes, and that every feed names, so that
    readers hear of a new edition within seconds. A hub fetches the feeds and passes them on."""


class Bucket(Table):
    """How the bucket is reached, when directory in [feeds] is one.

    What is left out here is taken from the environment the store's own tools read:
    AWS_ACCESS_KEY_ID, AWS_REGION and so on, or the role of the machine. Google's and Azure's
    buckets take everything from there.
    """

    endpoint: Endpoint | None = Field(None, examples=["https://s3.example.net"])
    """The server of an S3 store that is not Amazon's."""

    region: Line | None = Field(None, examples=["eu-central-1"])
    """The store's name for where the bucket is. Amazon needs the right one, many others take
    any."""

    path_style: bool = True
    """Whether the bucket's name stands in the path of a request; false puts it in front of the
    server's name."""

    access_key: Line | None = Field(None, examples=["broadsheet"])
    """Name of the key with which requests are signed. It must be allowed to list, read, write
    and delete in the bucket."""

    secret_key: Secret | None = Field(None, examples=["…"])
    """The secret that belongs to access_key. Give secret_key_file instead."""

    secret_key_file: Path | None = Field(None, examples=["/run/secrets/bucket"])
    """File that holds the secret, readable by nobody else (chmod 600). Only one of secret_key
    and secret_key_file may be given."""


class Federation(Table):
    """Accounts in the fediverse: one for each section and one for the paper.

    On a loopback base_url the accounts are there to look at, but no other server can reach
    them, so nobody can follow until base_url is public.
    """

    enabled: bool | None = Field(None, examples=[False])
    """Whether there are accounts at all. Left out, a publisher has them; a reader never
    does, and true is refused there."""

    clock_window: Annotated[Duration, Within("1m", "1d")] = "1h"
    """How far the date of a signed request may be off, both ways. Too little refuses servers
    with a bad clock, too much lets old requests be played again."""

    inbox_max_bytes: Annotated[Size, Within("10kB", "100MB")] = "1MB"
    """The largest activity that is taken; above it the answer is 413."""

    inbox_rate: int = Field(300, ge=1, le=1_000_000)
    """Activities a minute taken from one address, and from one server; above it the answer
    is 429 with Retry-After."""

    inbox_queue: int = Field(10_000, ge=1, le=10_000_000)
    """Activities that may wait to be worked on; above it the answer is 503 and the sender
    tries again later."""

    authorized_fetch: bool = False
    """Whether accounts and posts are shown only to servers that sign their requests, so that
    those you block cannot read them. The feeds and pages stay open, and some small servers
    cannot follow you then. Give the web server blocking_threads = 2 with it."""

    follower_counts: bool = True
    """Whether the number of an account's followers is told. Who they are never is."""

    allow_list: bool = False
    """Whether only servers are heard that `broadsheet allow` lists. All others can neither
    follow nor reply."""

    concurrency: int = Field(8, ge=1, le=64)
    """Servers a node delivers to at the same time. Each server gets one delivery at a time
    in any case."""


class Schedule(Table):
    """What holds for every source that does not say otherwise."""

    jitter: Annotated[Duration, Within("0s", "1d")] = "0s"
    """Random delay of up to this long before a source is looked at, so that several do not
    start together."""

    misfire_grace: Annotated[Duration, Within("1s", "7d")] = "1h"
    """How late a missed run is still made up for, after a restart or a sleeping machine.
    Several missed runs become one."""


class Log(Table):
    """The log, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important message that is written."""

    format: Literal["console", "json"] = "console"
    """For people, or one JSON object a line for programs."""


class BridgeFile(Table):
    """`config/bridge.toml`: the publication as a whole."""

    mode: Literal["publisher", "reader"] = "publisher"
    """Publisher: you own the paper or are licensed for it. Reader: a private copy, which
    never federates. Must be written down once base_url is public."""

    base_url: BaseUrl = "http://127.0.0.1:8400"
    """What every address starts with: scheme and host, no slash at the end. It stands in the
    identity of each account and article: it cannot change once somebody follows you."""

    title: Title = "Broadsheet"
    """Name of the publication, on its front page and in OPML."""

    contact: Line = ""
    """Mail address or URL of whoever is responsible, shown to readers and to operators of
    other servers."""

    data: Data = Data()
    server: Server = Server()
    http: Http = Http()
    feeds: Feeds = Feeds()
    bucket: Bucket = Bucket()
    federation: Federation = Federation()
    schedule: Schedule = Schedule()
    log: Log = Log()
