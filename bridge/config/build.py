"""From checked models to the frozen values the other rooms work with."""

from pathlib import Path

import bridge
from bridge.config import models, names, paper_models, settings
from bridge.config.cron import parse_cron
from bridge.config.quantities import parse_duration, parse_size
from bridge.model import Accounts, Beat, Newspaper, Section, Site, Source

DATABASE_FILE = "broadsheet.db"


def build(
    path: Path,
    root: Path,
    file: models.BridgeFile,
    papers: tuple[paper_models.PaperFile, ...],
) -> settings.Settings:
    """Return the settings; everything in the models has been checked."""
    data_dir = root / file.data.directory
    return settings.Settings(
        path=path,
        root=root,
        site=_site(root, file, papers),
        sources=tuple(source for paper in papers for source in _sources(root, file, paper)),
        data_dir=data_dir,
        database=database(root, data_dir, file.data.database),
        feeds=_feeds(root, file),
        server=_server(file.server),
        http=_outgoing(file),
        federation=_federation(file),
        log=settings.Log(level=file.log.level, format=file.log.format),
    )


def database(root: Path, data_dir: Path, written: str | None) -> str:
    """Return the database's URL; an SQLite file's path is made absolute."""
    scheme = "sqlite:///"
    if written is None:
        return f"{scheme}{data_dir / DATABASE_FILE}"
    if written.startswith(scheme):
        return f"{scheme}{root / written.removeprefix(scheme)}"
    return written


def user_agent(file: models.BridgeFile) -> str:
    """Return how outgoing requests introduce themselves."""
    return file.http.user_agent or f"Broadsheet/{bridge.__version__} (+{file.base_url})"


def federates(file: models.BridgeFile) -> bool:
    """Tell whether there are accounts: a publisher has them unless he says no."""
    wanted = file.federation.enabled
    return file.mode == "publisher" if wanted is None else wanted


def _site(
    root: Path, file: models.BridgeFile, papers: tuple[paper_models.PaperFile, ...]
) -> Site:
    return Site(
        base_url=file.base_url,
        title=file.title,
        mode=file.mode,
        contact=file.contact,
        papers=tuple(_newspaper(root, file, paper) for paper in papers),
        search=file.server.search,
    )


def _newspaper(
    root: Path, file: models.BridgeFile, written: paper_models.PaperFile
) -> Newspaper:
    paper = written.paper
    return Newspaper(
        id=paper.id,
        title=paper.title,
        title_latin=paper.title_latin,
        language=names.parse_language(paper.language),
        timezone=names.parse_zone(paper.timezone),
        hour=names.parse_hour(paper.hour),
        authority=paper.authority,
        description=paper.description,
        sections=tuple(_section(root, section) for section in written.section),
        default_section=paper.default_section or written.section[0].slug,
        window=paper.window or file.feeds.window,
        accounts=_accounts(root, written.accounts),
        beats=tuple(map(_beat, written.beat)),
    )


def _beat(beat: paper_models.Beat) -> Beat:
    return Beat(
        slug=beat.slug,
        title=beat.title,
        query=beat.query,
        sections=beat.sections,
        description=beat.description,
    )


def _section(root: Path, section: paper_models.Section) -> Section:
    return Section(
        slug=section.slug,
        title=section.title,
        description=section.description,
        pages=section.match.pages,
        names=section.match.names,
        banners=section.match.banners,
        words=section.match.words,
        agencies=section.match.agencies,
        federate=section.federate,
        text=section.text,
        template=section.template,
        hashtags=section.hashtags,
        keyword_tags=section.keyword_tags,
        media=section.media,
        icon=_file(root, section.icon),
        also_known_as=section.also_known_as,
        replies=section.replies,
        embargo=names.parse_hour(section.embargo) if section.embargo else None,
    )


def _file(root: Path, written: str | None) -> str | None:
    return None if written is None else str(root / written)


def _accounts(root: Path, accounts: paper_models.Accounts) -> Accounts:
    return Accounts(
        icon=_file(root, accounts.icon),
        image=_file(root, accounts.image),
        also_known_as=accounts.also_known_as,
        boost=accounts.boost,
        daily=accounts.daily,
        spread=parse_duration(accounts.spread),
        quiet=names.parse_hours(accounts.quiet) if accounts.quiet else None,
        gather=parse_duration(accounts.gather),
        late=parse_duration(accounts.late),
    )


def _sources(
    root: Path, file: models.BridgeFile, written: paper_models.PaperFile
) -> tuple[Source, ...]:
    return tuple(
        Source(
            id=f"{written.paper.id}/{name}",
            paper=written.paper.id,
            kind=source.kind,
            path=str(root / source.path),
            settle=parse_duration(source.settle),
            wait=parse_duration(source.wait),
            ignore=source.ignore,
            max_bytes=parse_size(source.max_bytes),
            pdf_max_bytes=parse_size(source.pdf_max_bytes),
            cron=parse_cron(source.cron) if source.cron else None,
            every=parse_duration(source.every or paper_models.DEFAULT_EVERY),
            jitter=parse_duration(source.jitter or file.schedule.jitter),
            misfire_grace=parse_duration(source.misfire_grace or file.schedule.misfire_grace),
        )
        for name, source in written.source.items()
    )


def _feeds(root: Path, file: models.BridgeFile) -> settings.Feeds:
    written = file.feeds.directory
    return settings.Feeds(
        place=_bucket(file) if names.is_bucket(written) else root / written,
        max_bytes=parse_size(file.feeds.max_bytes),
        ttl=parse_duration(file.feeds.ttl),
        hubs=file.feeds.hubs,
    )


def _bucket(file: models.BridgeFile) -> settings.Bucket:
    return settings.Bucket(
        url=file.feeds.directory,
        endpoint=file.bucket.endpoint,
        region=file.bucket.region,
        path_style=file.bucket.path_style,
        access_key=file.bucket.access_key,
        secret_key=file.bucket.secret_key,
    )


def _server(server: models.Server) -> settings.Server:
    return settings.Server(
        host=server.host,
        port=server.port,
        workers=server.workers,
        blocking_threads=server.blocking_threads,
        trusted_proxies=tuple(map(names.parse_network, server.trusted_proxies)),
        search_rate=server.search_rate,
    )


def _outgoing(file: models.BridgeFile) -> settings.Outgoing:
    return settings.Outgoing(
        timeout=parse_duration(file.http.timeout),
        max_bytes=parse_size(file.http.max_bytes),
        user_agent=user_agent(file),
        allow_networks=tuple(map(names.parse_allowed, file.http.allow_networks)),
    )


def _federation(file: models.BridgeFile) -> settings.Federation:
    federation = file.federation
    return settings.Federation(
        enabled=federates(file),
        clock_window=parse_duration(federation.clock_window),
        inbox_max_bytes=parse_size(federation.inbox_max_bytes),
        inbox_rate=federation.inbox_rate,
        inbox_queue=federation.inbox_queue,
        concurrency=federation.concurrency,
        authorized_fetch=federation.authorized_fetch,
        follower_counts=federation.follower_counts,
        allow_list=federation.allow_list,
    )
