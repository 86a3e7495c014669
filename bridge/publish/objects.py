"""The one door to object stores: whole objects in and out of a bucket, errors told for people.

S3 and what speaks like it, Google Cloud Storage and Azure Blob Storage, by way of `obstore`
(docs/adr/0006-object-storage.md). Nothing here needs more of a store than PUT, GET, DELETE and
a listing in the order of names: many have no conditional PUT. A PUT is seen whole or not at
all.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.config.settings import Bucket
from bridge.errors import BridgeError, OutputError
from bridge.publish.manifest import FOLDER

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

PAGE = 1000
"""Names a store tells at a time."""

REASONS = (
    (
        re.compile("NoSuchBucket|ContainerNotFound|bucket does not exist", re.IGNORECASE),
        "the bucket does not exist",
        "make it with the store's own tools, or correct directory in [feeds]",
    ),
    (
        re.compile("SignatureDoesNotMatch|InvalidAccessKeyId|AuthenticationFailed|: 401 "),
        "the bucket does not know our key",
        "correct access_key and secret_key in [bucket], or what the environment says of them",
    ),
    (
        re.compile("AccessDenied|AuthorizationFailure|: 403 |PermissionDenied"),
        "the bucket refuses what we ask",
        "the key must be allowed to list, read, write and delete in the bucket",
    ),
)
"""What a store's answer means, and what next; the first that fits counts."""

UNREACHABLE = "the bucket cannot be reached", "what was published before is still in place"
"""What everything else means."""

_CODE = re.compile(r"<Code>(\w+)</Code>\s*(?:<Message>([^<]{1,200}))?")
_STATUS = re.compile(r"status code: (\d+ [A-Za-z ]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a store is waited for, in seconds, and how often it is asked."""

    connect: float
    request: float
    tries: int


WRITER = Patience(connect=5, request=60, tries=4)
"""A publication may take its time."""

READER = Patience(connect=2, request=10, tries=1)
"""Somebody waits for the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object as it was read; `mark` is the store's own name for this very version."""

    body: bytes  # empty where only the head was asked for
    size: int
    mark: str
    modified: dt.datetime
    notes: Mapping[str, str]  # what we wrote down with it


class Unchanged:
    """What `get` returns for an object that is still the version one has."""


class Objects:
    """The objects of one bucket below one folder; safe for several threads.

    Every method raises OutputError when the store cannot be reached or refuses.
    """

    def __init__(self, bucket: Bucket, patience: Patience = WRITER) -> None:
        """Take the place; nothing is asked of it yet. BridgeError without the library."""
        self.bucket, self.patience = bucket, patience
        self._library, self._store = _opened(bucket, patience)

    def put(
        self, key: str, data: bytes, attributes: Mapping[str, str], notes: Mapping[str, str]
    ) -> str:
        """Put an object in its place, whole; return its mark.

        `attributes` are the headers with which the store itself serves it.
        """
        both: Any = {**attributes, **notes}
        with self._told(key):
            done = self._library.put(
                self._store, key, data, attributes=both, use_multipart=False
            )
        return done["e_tag"] or ""

    def get(self, key: str, *, unless: str = "") -> Stored | Unchanged | None:
        """Return an object, None when there is none, Unchanged while its mark is `unless`."""
        return self._read(key, {"if_none_match": unless} if unless else {})

    def head(self, key: str) -> Stored | None:
        """Return what is written down with an object, without its bytes."""
        found = self._read(key, {"head": True})
        return found if isinstance(found, Stored) else None

    def delete(self, key: str) -> None:
        """Take an object away; that there is none is no error."""
        with self._told(key):
            try:
                self._library.delete(self._store, key)
            except FileNotFoundError as error:
                if _no_bucket(error):
                    raise

    def prove(self) -> None:
        """Write, list and delete a small object: whoever may do that may publish."""
        key = f"{FOLDER}/proof"
        self.put(key, b"", {"Content-Type": "text/plain"}, {})
        self.folder(FOLDER)
        self.delete(key)

    def folder(self, folder: str) -> dict[str, str]:
        """Return the marks of the objects right inside a folder, by key."""
        with self._told(folder):
            found = self._library.list_with_delimiter(self._store, folder or None)
        return {one["path"]: one["e_tag"] or "" for one in found["objects"]}

    def below(self, folder: str, start: str = "") -> dict[str, str]:
        """Return the marks of all objects below a folder, or of those that start so."""
        marks: dict[str, str] = {}
        with self._told(folder):
            for page in self._library.list(
                self._store, folder or None, offset=start or None, chunk_size=PAGE
            ):
                for one in page:
                    if not one["path"].startswith(start):
                        return marks  # names come in order, so no more of them follow
                    marks[one["path"]] = one["e_tag"] or ""
        return marks

    def _read(self, key: str, options: Mapping[str, object]) -> Stored | Unchanged | None:
        given: Any = options
        with self._told(key):
            try:
                found = self._library.get(self._store, key, options=given)
            except self._library.exceptions.NotModifiedError:
                return Unchanged()
            except FileNotFoundError as error:
                if _no_bucket(error):
                    raise
                return None
            body = b"" if "head" in options else bytes(found.bytes())
            return Stored(
                body=body,
                size=found.meta["size"],
                mark=found.meta["e_tag"] or "",
                modified=found.meta["last_modified"],
                notes={k: v for k, v in found.attributes.items() if isinstance(v, str)},
            )

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        try:
            yield
        except (self._library.exceptions.BaseError, OSError) as error:
            raise self._error(key, str(error)) from error

    def _error(self, key: str, said: str) -> OutputError:
        """Return what a store's refusal means; `said` is the library's own long account."""
        meant = (reason[1:] for reason in REASONS if reason[0].search(said))
        what, hint = next(meant, UNREACHABLE)
        server = f" at {self.bucket.endpoint}" if self.bucket.endpoint else ""
        where = "/".join(part for part in (self.bucket.url, key) if part)
        return OutputError(what, where=f"{where}{server}", why=_why(said), hint=hint)


def _no_bucket(error: FileNotFoundError) -> bool:
    """Tell whether it is not the object that is not there but the whole bucket."""
    return bool(REASONS[0][0].search(str(error)))


def _why(said: str) -> str:
    """Return the short reason in a library's account of an error."""
    if found := _CODE.search(said):
        return f"{found[1]}: {found[2].rstrip('. ')}" if found[2] else found[1]
    if found := _STATUS.search(said):
        return f"it answered {found[1].strip()}"
    for kind, why in (
        ("kind: Connect", "no connection"),
        ("kind: Timeout", "no answer in time"),
    ):
        if kind in said:
            return why
    return said.partition("\n")[0][:200]


def _opened(bucket: Bucket, patience: Patience) -> tuple[Any, "ObjectStore"]:
    try:
        import obstore
        from obstore.store import from_url
    except ImportError as error:
        raise BridgeError(
            "a bucket needs the package obstore",
            where=bucket.url,
            hint="install it with  pip install 'broadsheet[s3]'",
        ) from error
    client: ClientConfig = {
        "allow_http": (bucket.endpoint or "").startswith("http://"),
        "connect_timeout": dt.timedelta(seconds=patience.connect),
        "timeout": dt.timedelta(seconds=patience.request),
    }
    retry: RetryConfig = {
        "max_retries": patience.tries - 1,
        "retry_timeout": dt.timedelta(seconds=patience.request),
        "backoff": {"max_backoff": dt.timedelta(seconds=2)},
    }
    config: Any = _options(bucket)
    store = from_url(bucket.url, config=config, client_options=client, retry_config=retry)
    return obstore, store


def _options(bucket: Bucket) -> dict[str, object]:
    """Return what the config says of an S3 bucket; for the rest the library asks around."""
    if not bucket.url.startswith("s3:"):
        return {}
    given = {
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key_id": bucket.access_key,
        "secret_access_key": bucket.secret_key,
        "virtual_hosted_style_request": not bucket.path_style,
    }
    return {key: value for key, value in given.items() if value is not None}
