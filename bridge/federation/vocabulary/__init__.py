"""The JSON we serve and send: ActivityStreams 2.0 as the servers of 2026 really read it.

Pure: words in, documents out. https://www.w3.org/TR/activitypub/
"""

from bridge.federation.vocabulary.activities import (
    accept,
    answer_quote,
    boost,
    create,
    create_digest,
    delete,
    post,
    undo,
    update,
    update_digest,
    update_profile,
)
from bridge.federation.vocabulary.actors import actor
from bridge.federation.vocabulary.collections import collection, conversation, page
from bridge.federation.vocabulary.content import hashtags, heading
from bridge.federation.vocabulary.digests import digest
from bridge.federation.vocabulary.discovery import (
    find,
    host_meta,
    host_meta_json,
    is_resource,
    nodeinfo,
    nodeinfo_index,
    user,
    webfinger,
)
from bridge.federation.vocabulary.longform import article
from bridge.federation.vocabulary.objects import Details, note, tombstone
from bridge.federation.vocabulary.pinned import introduction, latest_edition
from bridge.federation.vocabulary.quotes import authorization
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
    "Details",
    "accept",
    "actor",
    "answer_quote",
    "article",
    "authorization",
    "boost",
    "collection",
    "conversation",
    "create",
    "create_digest",
    "delete",
    "digest",
    "dump",
    "find",
    "hashtags",
    "heading",
    "host_meta",
    "host_meta_json",
    "introduction",
    "is_activity",
    "is_resource",
    "latest_edition",
    "nodeinfo",
    "nodeinfo_index",
    "note",
    "page",
    "post",
    "tombstone",
    "undo",
    "update",
    "update_digest",
    "update_profile",
    "user",
    "webfinger",
]
