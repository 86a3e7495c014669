"""What commands open before they work: the configuration, the log, the bridge."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bridge.config import Settings
    from bridge.wiring import Bridge

pass_config = click.make_pass_decorator(str)
"""Give a command the path of the configuration file."""


def load(config_path: str) -> "Settings":
    """Load the configuration as the daemon does and set up the log by it.

    Raises ConfigError, which tells every problem at once.
    """
    from bridge import config
    from bridge.workers import log

    settings = config.load(Path(config_path), os.environ)
    log.configure(settings.log)
    return settings


@contextmanager
def bridge(config_path: str) -> Iterator["Bridge"]:
    """Open the bridge of a configuration for one command; tasks it enqueues are durable."""
    from bridge.wiring import open_bridge
    from bridge.workers import outbox

    settings = load(config_path)
    with open_bridge(settings, outbox.enqueuer(settings.database)) as opened:
        outbox.prepare(settings.database)
        yield opened
