"""An activity that has to be decided about, and what it speaks of."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bridge.federation.documents import reference
from bridge.model import Json, Reaction, RemoteActor, addresses
from bridge.model.addresses import INSTANCE

LONGEST_TYPE = 64

_KEY = re.compile(r"[a-z0-9-]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An activity that its sender has signed, and where it arrived."""

    activity: Json
    sender: RemoteActor
    ours: Mapping[str, str]  # actor id -> name
    base_url: str
    now: dt.datetime

    def target(self) -> str | None:
        """Return the name of the actor of ours that the activity is about; None for none."""
        return self.named(self.activity.get("object"))

    def named(self, value: object) -> str | None:
        """Return the name of the actor of ours that a property names; None for none."""
        name = self.ours.get(reference(value) or "")
        return None if name == INSTANCE else name

    def key(self, value: object) -> str | None:
        """Return the key of the post of ours that a property names; None for none."""
        prefix = addresses.object_id(self.base_url, "")
        found = reference(value) or ""
        key = found.removeprefix(prefix)
        return key if found.startswith(prefix) and _KEY.fullmatch(key) else None


def ignored(note: str) -> Reaction:
    """Keep an activity and do nothing about it."""
    return Reaction(state="ignored", note=note)


def refused(note: str) -> Reaction:
    """Keep an activity as one that its sender had no right to send."""
    return Reaction(state="refused", note=note)
