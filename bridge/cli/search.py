"""Search the archive at the terminal, and make its index anew."""

import datetime as dt
import json
from typing import TYPE_CHECKING

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from bridge.model import StoredArticle
    from bridge.model.query import Query
    from bridge.publish.search import Terms
    from bridge.publish.snippets import Piece
    from bridge.wiring import Bridge

day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("words", nargs=-1, metavar="[QUERY]")
@click.option("--paper", metavar="ID", default="", help="Only this paper.")
@click.option("--section", metavar="SLUG", default="", help="Only this section of it.")
@click.option("--since", type=day, metavar="DATE", help="Editions from this date on.")
@click.option("--until", type=day, metavar="DATE", help="Editions up to this date.")
@click.option("--limit", default=20, show_default=True, help="The newest so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--rebuild", is_flag=True, help="Make the index anew from the articles.")
@opening.pass_config
def search(
    config_path: str,
    words: tuple[str, ...],
    paper: str,
    section: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
    limit: int,
    as_json: bool,
    rebuild: bool,
) -> None:
    """Find articles, the newest first.

    All words of the QUERY must occur; "quoted" ones side by side, -word leaves out, OR takes
    either of two. Write -- before a query that begins with a minus.
    """
    from bridge.publish.search import Terms

    if not words and not rebuild:
        raise click.UsageError("Missing argument 'QUERY'.")
    terms = Terms(
        text=" ".join(words),
        within=f"{paper}/{section}".rstrip("/"),
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    with opening.bridge(config_path) as bridge:
        if rebuild:
            _rebuild(bridge)
        if words:
            _find(bridge, _placed(bridge, terms), limit, as_json=as_json)


def _placed(bridge: "Bridge", terms: "Terms") -> "Terms":
    """Give a section without its paper the only paper there is."""
    from dataclasses import replace

    if not terms.within.startswith("/"):
        return terms
    if len(bridge.site.papers) > 1:
        raise click.UsageError("--section needs --paper where there are several papers.")
    return replace(terms, within=bridge.site.papers[0].id + terms.within)


def _rebuild(bridge: "Bridge") -> None:
    from bridge.store import search as index

    with bridge.store.begin() as connection:
        total, changed = index.rebuild(connection)
    click.echo(f"{total} articles in the index, {changed} of them new or changed", err=True)


def _find(bridge: "Bridge", terms: "Terms", limit: int, *, as_json: bool) -> None:
    from bridge.model.query import QueryError
    from bridge.pipeline import search as verb

    try:
        query, found = verb.find(bridge, terms, max(limit, 1))
    except QueryError as error:
        raise click.UsageError(f"The search cannot be answered: {error}.") from None
    for stored in found.articles:
        if as_json:
            click.echo(json.dumps(_told(bridge, stored), ensure_ascii=False))
        else:
            _show(stored, query)
    if not found.articles:
        click.echo("nothing found", err=True)


def _told(bridge: "Bridge", stored: "StoredArticle") -> dict[str, object]:
    from bridge.model import addresses

    path = addresses.article_path(stored.paper, stored.key)
    return {
        "key": stored.key,
        "paper": stored.paper,
        "date": stored.date.isoformat(),
        "section": stored.section,
        "pages": stored.article.pages,
        "headline": stored.article.headline,
        "url": addresses.url(bridge.site.base_url, path),
    }


def _show(stored: "StoredArticle", query: "Query") -> None:
    from bridge.publish import snippets
    from bridge.publish.text import line

    place = f"{stored.date} {stored.section} {','.join(stored.article.pages)}"
    headline = snippets.marked(line(stored.article.headline), query.wanted)
    click.echo(f"{stored.key}  {place}  {''.join(map(_marked, headline))}")
    click.echo(f"    {''.join(map(_marked, snippets.snippet(stored, query.wanted)))}")


def _marked(piece: "Piece") -> str:
    text, found = piece
    return click.style(text, fg="red", bold=True) if found else text
