"""`broadsheet inspect`: read files as an edition and show what was found. Needs no config."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bridge.model import Document, Edition


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True), metavar="FILE|FOLDER…"
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the edition as broadsheet-edition/1."
)
@click.option("--date", metavar="YYYY-MM-DD", help="The edition's date, when no page says it.")
def inspect(paths: tuple[str, ...], as_json: bool, date: str | None) -> None:
    """Read pages as one edition and show its articles, joins and doubts.

    Exits with 2 and the reason when the files hold no article.
    """
    from bridge import edition_json

    edition = _read(paths, date)
    if as_json:
        click.echo(edition_json.dump(edition), nl=False)
        return
    from bridge.cli.proof import show

    show(edition)


def _read(paths: tuple[str, ...], date: str | None) -> "Edition":
    from dataclasses import replace

    from bridge.ingest import formats, normalise, retrieve

    day = _date(date)
    printed = []
    for document in _documents(paths):
        hints = retrieve.expected(document.origin)
        hints = replace(hints, date=day) if day else hints
        printed.append(formats.parse(document, hints))
    return normalise.edition(printed, None)


def _documents(paths: tuple[str, ...]) -> "list[Document]":
    from bridge.model import Document

    files: list[Path] = []
    for path in map(Path, paths):
        beneath = (p for p in sorted(path.rglob("*")) if not p.name.startswith("."))
        files += [p for p in beneath if p.is_file()] if path.is_dir() else [path]
    return [Document(name=f.name, origin=str(f), data=f.read_bytes()) for f in files]


def _date(text: str | None) -> "dt.date | None":
    import datetime as dt

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no date like 2026-03-01") from error


if TYPE_CHECKING:
    import datetime as dt
