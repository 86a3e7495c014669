"""The configuration's public face.

`load` reads `bridge.toml` and the `papers/*.toml` beside it, lays the environment over them
and returns frozen values, or tells every problem at once. pydantic stays inside.
"""

from bridge.config.explain import Value, explain
from bridge.config.loader import load
from bridge.config.reference import Key, keys
from bridge.config.schema import schema
from bridge.config.settings import (
    AllowedNetwork,
    Bucket,
    Federation,
    Feeds,
    Log,
    Outgoing,
    Server,
    Settings,
)
from bridge.config.starter import starter

__all__ = [
    "AllowedNetwork",
    "Bucket",
    "Federation",
    "Feeds",
    "Key",
    "Log",
    "Outgoing",
    "Server",
    "Settings",
    "Value",
    "explain",
    "keys",
    "load",
    "schema",
    "starter",
]
