"""One article: look at it, compare its versions, correct it, withdraw it, restore it."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bridge.cli import opening

if TYPE_CHECKING:
    from bridge.model import Article, Revision
    from bridge.pipeline.correct import Decision
    from bridge.publish.versions import Change, Piece
    from bridge.publish.words import Words
    from bridge.wiring import Bridge

KEPT = {"same": ("", "", None), "gone": ("[-", "-]", "red"), "new": ("{+", "+}", "green")}
"""How a run of text is marked, as `git diff --word-diff` does: before, after, colour."""

dry = click.option("--dry-run", is_flag=True, help="Say what would follow; change nothing.")
key_of = click.argument("key", metavar="KEY")


@click.group()
def article() -> None:
    """Show, compare, correct or withdraw one article, named by its key.

    The key stands in the article's address: /PAPER/a/KEY.html.
    """


@article.command()
@key_of
@opening.pass_config
def show(config_path: str, key: str) -> None:
    """Tell all that is known of an article, its versions and its text."""
    from bridge.pipeline import correct as verbs
    from bridge.pipeline import moderate
    from bridge.publish.words import words

    with opening.bridge(config_path) as bridge:
        stored, history = verbs.find(bridge, key)
        paper = bridge.paper(stored.paper)
        response = moderate.response(bridge, key)
    zone, item = paper.timezone, stored.article
    for name, value in (
        ("key", stored.key),
        ("state", f"{stored.state}: {stored.reason}" if stored.reason else stored.state),
        ("printed", f"{paper.title} {stored.date} {', '.join(item.pages)}"),
        ("section", stored.section),
        ("published", f"{stored.published.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("updated", f"{stored.updated.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("source", item.source.file),
        ("response", ", ".join(f"{number} {what}" for what, number in response.items())),
        *(
            (f"version {v.number}", f"{v.at.astimezone(zone):%Y-%m-%d %H:%M} {_said(v)}")
            for v in history
        ),
    ):
        click.echo(f"{name:<10} {value}".rstrip())
    say = words(paper.language)
    click.echo("\n" + "\n\n".join(filter(None, (item.headline, *_text(item, say)))))


@article.command()
@key_of
@opening.pass_config
def diff(config_path: str, key: str) -> None:
    """Show what changed from version to version, the newest first."""
    from bridge.pipeline import correct as verbs
    from bridge.publish import versions
    from bridge.publish.words import words

    with opening.bridge(config_path) as bridge:
        stored, history = verbs.find(bridge, key)
        paper = bridge.paper(stored.paper)
    for step in versions.steps(history, words(paper.language)):
        at = step.version.at.astimezone(paper.timezone)
        click.echo(f"version {step.version.number}  {at:%Y-%m-%d %H:%M}  {_said(step.version)}")
        for change in step.changes:
            _echo_change(change)


@article.command()
@key_of
@click.option("--note", required=True, help="What readers are told.")
@dry
@opening.pass_config
def correct(config_path: str, key: str, note: str, dry_run: bool) -> None:
    """Tell readers that an article was corrected.

    The note stands on the article's page, in the paper's corrections, and moves `updated`, so
    that followers and feed readers get the article again. The text itself is corrected in its
    source.
    """
    from bridge.pipeline import correct as verbs

    now = dt.datetime.now(dt.UTC)
    _run(config_path, lambda bridge: verbs.correct(bridge, key, note, now, dry_run=dry_run))


@article.command()
@key_of
@click.option("--reason", required=True, help="What readers are told.")
@dry
@opening.pass_config
def withdraw(config_path: str, key: str, reason: str, dry_run: bool) -> None:
    """Withdraw an article for good; try it with --dry-run first.

    Its page answers 410, feeds and followers are told, and its key never comes back.
    """
    from bridge.pipeline import correct as verbs

    now = dt.datetime.now(dt.UTC)
    _run(config_path, lambda bridge: verbs.withdraw(bridge, key, reason, now, dry_run=dry_run))


@article.command()
@key_of
@dry
@opening.pass_config
def restore(config_path: str, key: str, dry_run: bool) -> None:
    """Make an article live that is suspected to be withdrawn, since its page lost it."""
    from bridge.pipeline import correct as verbs

    _run(config_path, lambda bridge: verbs.restore(bridge, key, dry_run=dry_run))


def _run(config_path: str, decide: "Callable[[Bridge], Decision]") -> None:
    """Decide, publish what follows, and tell both."""
    from bridge.pipeline import publish as press

    dry_run = bool(click.get_current_context().params["dry_run"])
    with opening.bridge(config_path) as bridge:
        decision = decide(bridge)
        click.echo(f"{decision.before.key}: {decision.before.article.headline}")
        for effect in decision.effects:
            click.echo(f"  {'would: ' if dry_run else ''}{effect}")
        if not dry_run:
            done = press.publish(bridge, decision.before.paper)
            click.echo(f"{len(done.written)} files written, {len(done.removed)} removed")


def _said(version: "Revision") -> str:
    return version.remark or version.note or ("as first seen" if version.number == 1 else "")


def _text(item: "Article", say: "Words") -> tuple[str, ...]:
    from bridge.publish import body

    return (body.byline(item, say), *(paragraph.text for paragraph in item.body))


def _echo_change(change: "Change") -> None:
    click.echo(f"  {change.part}:")
    for paragraph in change.paragraphs:
        click.echo("    " + "".join(map(_marked, paragraph)))


def _marked(piece: "Piece") -> str:
    before, after, colour = KEPT[piece.kept]
    return click.style(f"{before}{piece.text}{after}", fg=colour)
