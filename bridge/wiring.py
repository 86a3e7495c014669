"""The composition root: opens database, output and HTTP once and hands them on as one value."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bridge.config import Settings
from bridge.errors import BridgeError
from bridge.http import Allowance, Http, HttpPolicy
from bridge.model import Enqueue, Newspaper, Site, Source
from bridge.publish.bucket import Bucket
from bridge.publish.files import Output
from bridge.publish.folder import Folder
from bridge.publish.objects import Objects
from bridge.store import Store, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Everything a verb of the pipeline works with; there are no globals beside it."""

    settings: Settings
    store: Store
    output: Output
    http: Http
    enqueue: Enqueue

    @property
    def site(self) -> Site:
        """Return the publication as configured."""
        return self.settings.site

    @property
    def federates(self) -> bool:
        """Tell whether there are accounts at all."""
        return self.settings.federation.enabled

    def paper(self, paper_id: str) -> Newspaper:
        """Return the paper with this id; BridgeError when the config has none."""
        for paper in self.site.papers:
            if paper.id == paper_id:
                return paper
        known = ", ".join(paper.id for paper in self.site.papers) or "none"
        raise BridgeError(
            f'no paper has the id "{paper_id}"', hint=f"papers in the config: {known}"
        )

    def source(self, source_id: str) -> Source:
        """Return the source with this id; BridgeError when the config has none."""
        for source in self.settings.sources:
            if source.id == source_id:
                return source
        known = ", ".join(source.id for source in self.settings.sources) or "none"
        raise BridgeError(
            f'no source has the id "{source_id}"', hint=f"sources in the config: {known}"
        )

    def close(self) -> None:
        """Close the connections; the value is of no use afterwards."""
        self.http.close()
        self.store.close()

    def __enter__(self) -> "Bridge":
        """Give the bridge itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()


def open_bridge(settings: Settings, enqueue: Enqueue) -> Bridge:
    """Open what the settings name; folders that are missing are made.

    Raises UpgradeError for a database of a newer program, BridgeError for one that is broken
    or a folder that cannot be written.
    """
    _provide_folders(settings)
    return Bridge(
        settings=settings,
        store=open_store(settings.database),
        output=_output(settings),
        http=Http(http_policy(settings)),
        enqueue=enqueue,
    )


def _output(settings: Settings) -> Output:
    """Return the output at its place; a bucket is not asked yet whether it is there."""
    place = settings.feeds.place
    if isinstance(place, Path):
        return Folder(place)
    private = settings.site.mode == "reader"
    return Bucket(Objects(place), ttl=settings.feeds.ttl, private=private)


def _provide_folders(settings: Settings) -> None:
    """Make the watched folders that lie in the deployment's own folder.

    One that lies elsewhere may be a disk that is not mounted: its absence is an error to tell.
    """
    for source in settings.sources:
        path = Path(source.path)
        if path.is_relative_to(settings.root):
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise BridgeError(
                    "the watched folder cannot be made",
                    where=str(path),
                    why=error.strerror or str(error),
                    hint=f"make it, or correct `path` of the source {source.id}",
                ) from error


def http_policy(settings: Settings) -> HttpPolicy:
    """Translate the `[http]` section for the outgoing door."""
    outgoing = settings.http
    return HttpPolicy(
        user_agent=outgoing.user_agent,
        allow=tuple(
            Allowance(
                network=allowed.network,
                ports=frozenset() if allowed.port is None else frozenset({allowed.port}),
            )
            for allowed in outgoing.allow_networks
        ),
        timeout=outgoing.timeout.total_seconds(),
        limit=outgoing.max_bytes,
    )
