"""The JSON we serve and send: ActivityStreams 2.0 as the servers of 2026 really read it.

Pure: words in, documents out. https://www.w3.org/TR/activitypub/
"""

from bridge.federation.vocabulary.activities import accept, create, delete, undo, update
from bridge.federation.vocabulary.actors import actor
from bridge.federation.vocabulary.collections import collection, page
from bridge.federation.vocabulary.discovery import (
    find,
    host_meta,
    nodeinfo,
    nodeinfo_index,
    webfinger,
)
from bridge.federation.vocabulary.objects import hashtags, note, tombstone
from bridge.federation.vocabulary.terms import (
    ACTIVITY_JSON,
    JRD_JSON,
    LD_JSON,
    NODEINFO_JSON,
    PUBLIC,
    XRD_XML,
    dump,
    is_activity,
)

__all__ = [
    "ACTIVITY_JSON",
    "JRD_JSON",
    "LD_JSON",
    "NODEINFO_JSON",
    "PUBLIC",
    "XRD_XML",
    "accept",
    "actor",
    "collection",
    "create",
    "delete",
    "dump",
    "find",
    "hashtags",
    "host_meta",
    "is_activity",
    "nodeinfo",
    "nodeinfo_index",
    "note",
    "page",
    "tombstone",
    "undo",
    "update",
    "webfinger",
]
