"""Checks across keys and files: what no key can tell by itself.

Every check has one signature, `(Files) -> Iterator[Problem]`, and reads the values as they
were written, whatever the models say about them: so a slip in one key does not hide another
problem. A value that is missing or of a wrong type is simply not there for a check.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.config import names, portraits, quantities
from bridge.config.paper_models import DEFAULT_EVERY
from bridge.config.problems import Problem, at, nearest
from bridge.config.scanner import KeyPath
from bridge.config.toml_file import TomlFile
from bridge.config.wording import RefusedError, quoted
from bridge.model import urls
from bridge.model.addresses import actor_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files that could be read as TOML; `bridge` is None when it could not."""

    root: Path  # the deployment folder
    bridge: TomlFile | None
    papers: tuple[TomlFile, ...]


Check = Callable[[Files], Iterator[Problem]]


def cross_check(files: Files) -> tuple[Problem, ...]:
    """Return everything that does not go together."""
    return tuple(problem for check in CHECKS for problem in check(files))


def _public_address(files: Files) -> Iterator[Problem]:
    """A public base_url needs TLS, and a mode somebody decided on."""
    file = files.bridge
    url = file.text("base_url") if file else ""
    if not file or not url or _refused(names.parse_base_url, url):
        return
    if names.is_private(urls.parse(url).host):
        return
    if url.startswith("http:") and file.get("server", "insecure_http") is not True:
        hint = f'write "https{url.removeprefix("http")}"'
        yield at(file, ("base_url",), "BR108", "base_url is public but has no TLS", hint)
    if file.get("mode") is None:
        hint = 'mode = "publisher" if you own the paper or are licensed for it, else "reader"'
        what = "base_url is public, so mode must be written down"
        yield at(file, ("base_url",), "BR108", what, hint)


def _reader_stays_private(files: Files) -> Iterator[Problem]:
    """A reader's private copy never federates, and no hub spreads it."""
    file = files.bridge
    if file and file.get("mode") == "reader" and file.get("federation", "enabled") is True:
        hint = "a private copy is not passed on: remove it, or set it to false"
        what = 'federation cannot be enabled in mode "reader"'
        yield at(file, ("federation", "enabled"), "BR108", what, hint)
    if file and file.get("mode") == "reader" and file.get("feeds", "hubs"):
        hint = "a private copy is not passed on: remove them"
        what = 'feeds cannot have hubs in mode "reader"'
        yield at(file, ("feeds", "hubs"), "BR108", what, hint)


def _folders_apart(files: Files) -> Iterator[Problem]:
    """What is published holds neither the database nor the incoming pages."""
    if _in_bucket(files):
        return
    feeds = _folder(files, "feeds")
    data = _folder(files, "data")
    if files.bridge and data.is_relative_to(feeds):
        what = "the data folder lies inside the feeds folder"
        hint = "the database and its private keys would be published"
        yield at(files.bridge, ("data", "directory"), "BR108", what, hint)
    for file, name, path in _sources(files):
        if path.is_relative_to(feeds) or feeds.is_relative_to(path):
            what = "the source and the feeds folder hold one another"
            hint = "what is published would be read again"
            yield at(file, ("source", name, "path"), "BR108", what, hint)


def _bucket_whole(files: Files) -> Iterator[Problem]:
    """What is said of a bucket needs a bucket, and a key has two halves."""
    file = files.bridge
    table = file.get("bucket") if file else None
    given = [key for key in table if key != "path_style"] if isinstance(table, dict) else []
    if not file or not given:
        return
    if not _in_bucket(files):
        what = "[bucket] is given, but directory in [feeds] is a folder"
        hint = 'write the bucket there, such as "s3://example-feeds/paper"'
        yield at(file, ("bucket", given[0]), "BR108", what, hint, key=True)
    if ("access_key" in given) != ("secret_key" in given or "secret_key_file" in given):
        what = "access_key and secret_key belong together"
        hint = "give both, or neither and let the environment tell them"
        yield at(file, ("bucket", given[0]), "BR108", what, hint, key=True)


def _sources_apart(files: Files) -> Iterator[Problem]:
    """Two sources on one folder would read every file twice."""
    seen: list[tuple[str, Path]] = []
    for file, name, path in _sources(files):
        for label, other in seen:
            if path.is_relative_to(other) or other.is_relative_to(path):
                what = f"this folder is read by {label} as well"
                yield at(file, ("source", name, "path"), "BR109", what)
        seen.append((f"[source.{name}] of {file.name}", path))


def _source_names(files: Files) -> Iterator[Problem]:
    """A source's name stands in logs and in the source's id."""
    for file in files.papers:
        for name, _ in file.named_tables("source"):
            if not names.SLUG.fullmatch(name) or len(name) > names.SLUG_LENGTH:
                what = f"{quoted(name)} is not a short name for a source"
                hint = f'a-z, 0-9 and "-", at most {names.SLUG_LENGTH} characters'
                yield at(file, ("source", name), "BR104", what, hint, key=True)


def _one_timer(files: Files) -> Iterator[Problem]:
    """A source is looked at by the clock or at intervals, and its jitter fits in between."""
    for file in files.papers:
        for name, source in file.named_tables("source"):
            path = ("source", name)
            if "cron" in source and "every" in source:
                what, hint = "both cron and every are given", "leave one of them out"
                yield at(file, (*path, "every"), "BR108", what, hint, key=True)
            every, jitter = (
                _length(source.get("every", DEFAULT_EVERY)),
                _length(source.get("jitter")),
            )
            if every and jitter and "cron" not in source and jitter >= every:
                what = "jitter is not shorter than every"
                yield at(file, (*path, "jitter"), "BR108", what)


def _paper_ids(files: Files) -> Iterator[Problem]:
    """Every paper has an id of its own."""
    seen: dict[str, str] = {}
    for file in files.papers:
        paper = file.text("paper", "id")
        if paper and paper in seen:
            what = f"the paper id {quoted(paper)} is taken by {seen[paper]}"
            yield at(file, ("paper", "id"), "BR109", what)
        seen.setdefault(paper, file.name)


def _section_slugs(files: Files) -> Iterator[Problem]:
    """Every section of a paper has a slug of its own, and a handle that is not too long."""
    for file in files.papers:
        seen: set[str] = set()
        for index, slug in _slugs(file):
            path = ("section", index, "slug")
            if slug in seen:
                what = f"the slug {quoted(slug)} is taken by a section above"
                yield at(file, path, "BR109", what)
            seen.add(slug)
            handle = actor_name(file.text("paper", "id"), slug)
            if len(handle) > names.HANDLE_LENGTH and len(slug) <= names.SLUG_LENGTH:
                what = f"the handle {quoted(handle)} has {len(handle)} characters"
                hint = f"paper id and slug together: at most {names.HANDLE_LENGTH - 1}"
                yield at(file, path, "BR108", what, hint)


def _default_section(files: Files) -> Iterator[Problem]:
    """The default section is one of the paper's."""
    for file in files.papers:
        default = file.text("paper", "default_section")
        slugs = [slug for _, slug in _slugs(file)]
        if default and slugs and default not in slugs:
            near = nearest(default, slugs)
            what = f"default_section {quoted(default)} is none of the sections"
            hint = f'did you mean "{near}"?' if near else f"they are {', '.join(slugs)}"
            yield at(file, ("paper", "default_section"), "BR108", what, hint)


def _pictures(files: Files) -> Iterator[Problem]:
    """What accounts are to show is there, and is a picture that others show too."""
    for file in files.papers:
        given = file.get("accounts")
        accounts = given if isinstance(given, dict) else {}
        named: list[tuple[KeyPath, Any]] = [
            (("accounts", key), accounts.get(key)) for key in ("icon", "image")
        ]
        for index, section in file.tables("section"):
            named.append((("section", index, "icon"), section.get("icon")))
        for place, written in named:
            if isinstance(written, str) and written:
                try:
                    portraits.read(_resolved(files.root, written))
                except RefusedError as error:
                    yield at(file, place, "BR111", f"{quoted(written)} {error}")


def _beats(files: Files) -> Iterator[Problem]:
    """Every beat of a paper has a slug of its own and looks through sections there are."""
    for file in files.papers:
        slugs, seen = {slug for _, slug in _slugs(file)}, set[str]()
        for index, beat in file.tables("beat"):
            slug, sections = beat.get("slug"), beat.get("sections")
            if isinstance(slug, str) and slug in seen:
                what = f"the slug {quoted(slug)} is taken by a beat above"
                yield at(file, ("beat", index, "slug"), "BR109", what)
            seen |= {slug} if isinstance(slug, str) else set()
            named = [one for one in sections or () if isinstance(one, str)]
            if unknown := [one for one in named if one not in slugs]:
                what = f"{quoted(unknown[0])} is none of the sections"
                hint = f"they are {', '.join(sorted(slugs))}"
                yield at(file, ("beat", index, "sections"), "BR108", what, hint)


CHECKS: tuple[Check, ...] = (
    _public_address,
    _reader_stays_private,
    _folders_apart,
    _bucket_whole,
    _sources_apart,
    _source_names,
    _one_timer,
    _paper_ids,
    _section_slugs,
    _default_section,
    _beats,
    _pictures,
)


def _slugs(file: TomlFile) -> list[tuple[int, str]]:
    found = ((index, section.get("slug")) for index, section in file.tables("section"))
    return [(index, slug) for index, slug in found if isinstance(slug, str)]


def _sources(files: Files) -> Iterator[tuple[TomlFile, str, Path]]:
    """Yield each source's file, name and folder, links followed."""
    for file in files.papers:
        for name, source in file.named_tables("source"):
            if isinstance(source.get("path"), str) and source["path"]:
                yield file, name, _resolved(files.root, source["path"])


def _folder(files: Files, table: str) -> Path:
    """Return the feeds or data folder; the default's name is the table's."""
    written = files.bridge.text(table, "directory") if files.bridge else ""
    return _resolved(files.root, written or table)


def _in_bucket(files: Files) -> bool:
    written = files.bridge.text("feeds", "directory") if files.bridge else ""
    return names.is_bucket(written)


def _resolved(root: Path, text: str) -> Path:
    return (root / text.replace("\0", "")).resolve()


def _length(value: Any) -> float:
    """Return a duration in seconds; 0 when it is none."""
    if not isinstance(value, str) or _refused(quantities.parse_duration, value):
        return 0
    return quantities.parse_duration(value).total_seconds()


def _refused(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except RefusedError:
        return True
    return False
