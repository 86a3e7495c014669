"""The verbs about the configuration: init, check, config."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from bridge.config import Settings

DAILY = ("incoming", "data", "feeds")
"""Folders that `init` makes beside the configuration."""


def _paper_id(context: click.Context, option: click.Parameter, value: str) -> str:
    """Refuse an id that `check` would refuse, before any file is named after it."""
    from bridge.config.names import parse_slug
    from bridge.config.wording import RefusedError

    try:
        return parse_slug(value)
    except RefusedError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
@click.option(
    "--id",
    "paper_id",
    default="example",
    show_default=True,
    callback=_paper_id,
    help="ASCII id of the paper; it stands in addresses and account names for ever.",
)
@click.option("--title", default="示例日报", show_default=True, help="The paper's title.")
@click.option(
    "--url",
    default="http://127.0.0.1:8400",
    show_default=True,
    help="Public address; it cannot change once somebody follows.",
)
def init(folder: str, paper_id: str, title: str, url: str) -> None:
    """Make a folder with a commented configuration for one paper."""
    from bridge.config import schema as schema_of
    from bridge.config import starter
    from bridge.errors import BridgeError

    root = Path(folder)
    files = {
        root / "config/bridge.schema.json": schema_of("bridge"),
        root / "config/paper.schema.json": schema_of("paper"),
        root / "config/bridge.toml": starter("bridge", {"base_url": url, "title": title}),
        root / f"config/papers/{paper_id}.toml": starter(
            "paper",
            {
                "paper.id": paper_id,
                "paper.title": title,
                "source.NAME.path": f"incoming/{paper_id}",
            },
        ),
    }
    for path in files:
        if path.exists():
            raise BridgeError("is there already", where=str(path), hint="choose another folder")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")
    (root / "incoming" / paper_id).mkdir(parents=True, exist_ok=True)
    click.echo(f"next: edit them, then  cd {folder} && broadsheet check")


@click.command()
@opening.pass_config
def check(config_path: str) -> None:
    """Check the configuration with the daemon's own loader; tell every problem at once.

    Exits with 10 when the daemon would refuse to start with it, and with 1 when the feeds are
    in a bucket that cannot be written.
    """
    from bridge.config.quantities import format_duration

    settings = opening.load(config_path)
    for paper in settings.site.papers:
        sections = ", ".join(section.slug for section in paper.sections)
        click.echo(f"{paper.title} ({paper.id}): sections {sections}")
    for source in settings.sources:
        every = format_duration(source.every)
        when = f'cron "{source.cron}"' if source.cron else f"every {every}"
        there = "" if Path(source.path).is_dir() else "  (the folder does not exist yet)"
        click.echo(f"source {source.id}: {source.path}, {when}{there}")
    if not isinstance(settings.feeds.place, Path):
        from bridge.publish.objects import READER, Objects

        Objects(settings.feeds.place, READER).prove()
        click.echo(f"feeds: {settings.feeds.place.url}, can be written")
    if settings.site.mode == "reader":
        click.echo(_guard(settings))
    click.echo(f"{config_path}: good; {_federation(settings)}")


@click.group()
def config() -> None:
    """Show what the configuration holds, may hold, and where each value came from."""


@config.command()
@click.option("--origin", is_flag=True, help="Say where each value came from.")
@opening.pass_config
def show(config_path: str, origin: bool) -> None:
    """Print every value in force; secrets are starred out."""
    from bridge.config import explain

    file = ""
    for value in explain(Path(config_path), os.environ):
        if value.file != file:
            file = value.file
            click.echo(f"# {file}")
        tail = f"  # {value.origin}" if origin else ""
        click.echo(f"{value.key} = {value.text}{tail}")


@config.command()
@click.argument("prefix", default="")
def keys(prefix: str) -> None:
    """List the keys that begin with PREFIX: their kind, default and purpose."""
    from bridge.config import keys as listed

    for key in listed(prefix):
        default = "required" if key.required else f"default {key.default}"
        click.echo(f"{key.name}  ({key.kind}; {default})")
        click.echo(f"    {key.description}")


@config.command()
@click.argument("file", type=click.Choice(["bridge", "paper"]), default="bridge")
def schema(file: Literal["bridge", "paper"]) -> None:
    """Print the JSON Schema by which editors complete and check a file."""
    from bridge.config import schema as text

    click.echo(text(file), nl=False)


def _guard(settings: "Settings") -> str:
    """Say what keeps strangers out of a private copy, and what does not."""
    place = settings.feeds.place
    where = place if isinstance(place, Path) else place.url
    said = "private: only `broadsheet serve` asks for tokens; a web server or a bucket that"
    said += f" gives out {where} by itself shows it to everybody"
    if not settings.site.search:
        said += "\nwarning: search = false in [server] is for files that are served without"
        said += " this program: then nothing here is private"
    return said


def _federation(settings: "Settings") -> str:
    accounts = sum(len(paper.sections) for paper in settings.site.papers)
    if not settings.federation.enabled:
        return "federation is off"
    return f"{accounts} accounts at {settings.site.base_url}"
