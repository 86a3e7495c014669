"""`inspect` and `try`: read files as an edition and show it. They need no config."""

import contextlib
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bridge.model import Document, Edition

_files = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True), metavar="FILE|FOLDER…"
)
_date_option = click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The edition's date, when no page says it.",
)


@click.command()
@_files
@click.option(
    "--json", "as_json", is_flag=True, help="Print the edition as broadsheet-edition/1."
)
@_date_option
def inspect(paths: tuple[str, ...], as_json: bool, date: dt.datetime | None) -> None:
    """Read pages as one edition and show its articles, joins and doubts.

    Exits with 2 and the reason when the files hold no article.
    """
    edition = _read(paths, date)
    if as_json:
        from bridge import edition_json

        click.echo(edition_json.dump(edition), nl=False)
        return
    from bridge.cli import proof

    proof.show(edition)


@click.command("try")
@_files
@_date_option
@click.option("--open", "launch", is_flag=True, help="Show the pages in a browser.")
def try_(paths: tuple[str, ...], date: dt.datetime | None, launch: bool) -> None:
    """Show what Broadsheet would make of some pages; keeps nothing, needs nothing.

    With --open the site they would make is shown in a browser, until Ctrl-C.
    """
    from bridge.cli import preview, proof

    edition = _read(paths, date)
    proof.show(edition)
    if not launch:
        return
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        start = preview.write(edition, Path(folder), dt.datetime.now(dt.UTC))
        with preview.server(Path(folder)) as server:
            url = f"http://127.0.0.1:{server.server_port}/{start}"
            click.echo(f"{url}  (Ctrl-C ends it)", err=True)
            click.launch(url)
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()


def _read(paths: tuple[str, ...], date: dt.datetime | None) -> "Edition":
    from dataclasses import replace

    from bridge.ingest import formats, normalise, retrieve

    printed = []
    for document in _documents(paths):
        hints = retrieve.expected(document.origin)
        hints = replace(hints, date=date.date()) if date else hints
        printed.append(formats.parse(document, hints))
    return normalise.edition(printed, None)


def _documents(paths: tuple[str, ...]) -> "list[Document]":
    from bridge.model import Document

    files: list[Path] = []
    for path in map(Path, paths):
        beneath = (p for p in sorted(path.rglob("*")) if not p.name.startswith("."))
        files += [p for p in beneath if p.is_file()] if path.is_dir() else [path]
    return [Document(name=f.name, origin=str(f), data=f.read_bytes()) for f in files]
