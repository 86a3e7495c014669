"""The command `broadsheet`: one verb per thing a person does.

Only click is imported here and at the head of each command's file, so that `--help` and shell
completion answer at once; everything else is imported by the command that needs it.
Data goes to stdout, progress and errors to stderr.
"""

import sys
from typing import Any

import click

from bridge import __version__
from bridge.cli.access import readers as admitted
from bridge.cli.announce import announce
from bridge.cli.article import article
from bridge.cli.block import allow, block
from bridge.cli.cluster import migrate_store, nodes, worker
from bridge.cli.configure import check, config, init
from bridge.cli.examine import inspect, try_
from bridge.cli.keys import keys
from bridge.cli.ledger import deliveries, followers
from bridge.cli.operate import ingest, publish, run, serve, up
from bridge.cli.readers import replies, reports
from bridge.cli.report import editions, runs, status
from bridge.cli.search import search

COMMANDS = (
    try_,
    inspect,
    init,
    check,
    config,
    ingest,
    publish,
    run,
    serve,
    up,
    worker,
    nodes,
    migrate_store,
    status,
    runs,
    editions,
    search,
    article,
    admitted,
    announce,
    followers,
    deliveries,
    replies,
    reports,
    block,
    allow,
    keys,
)
"""Every verb, in the order in which a newcomer meets them."""


class Verbs(click.Group):
    """Lists the verbs in the order of the table and tells errors in plain words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Keep the table's order instead of the alphabet's."""
        return [command.name or "" for command in COMMANDS]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a known error becomes its message and exit code, not a traceback."""
        from bridge.errors import BridgeError

        try:
            return super().invoke(ctx)
        except BridgeError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"broadsheet: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong use or unusable input, 3 partly, "
    "10 config invalid, 11 data folder held by another daemon, 12 database needs an upgrade.",
)
@click.option(
    "-c",
    "--config",
    "config_path",
    type=click.Path(dir_okay=False),
    envvar="BROADSHEET_CONFIG",
    default="config/bridge.toml",
    show_default=True,
    help="The configuration file.",
)
@click.option("--debug", is_flag=True, envvar="BROADSHEET_DEBUG", help="Show tracebacks.")
@click.version_option(__version__, prog_name="broadsheet")
@click.pass_context
def main(ctx: click.Context, config_path: str, debug: bool) -> None:
    """Turn a newspaper's editions into feeds, a site and fediverse accounts."""
    ctx.obj = config_path


for _command in COMMANDS:
    main.add_command(_command)
