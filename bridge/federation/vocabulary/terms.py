"""Media types, contexts and the few forms that every document shares."""

import datetime as dt
import html
import json
from typing import Any

from bridge.model import Json

ACTIVITY_JSON = "application/activity+json"
LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
JRD_JSON = "application/jrd+json"
XRD_XML = "application/xrd+xml"
NODEINFO_JSON = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/{}#"'
"""Takes the version of the schema."""

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

ACTOR_CONTEXT: tuple[Any, ...] = (
    ACTIVITYSTREAMS,
    "https://w3id.org/security/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
        # Mastodon's known slip: the prefix ends in "#", and others match it letter by letter.
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        # FEP-521a; written out, since a context that must be fetched may not be there
        "assertionMethod": {
            "@id": "sec:assertionMethod",
            "@type": "@id",
            "@container": "@set",
        },
        "Multikey": "sec:Multikey",
        "controller": {"@id": "sec:controller", "@type": "@id"},
        "publicKeyMultibase": {
            "@id": "sec:publicKeyMultibase",
            "@type": "sec:multibase",
        },
        "implements": {  # FEP-844e
            "@id": "https://w3id.org/fep/844e#implements",
            "@type": "@id",
            "@container": "@set",
        },
        "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",  # FEP-2c59
    },
)

OBJECT_CONTEXT: tuple[Any, ...] = (
    ACTIVITYSTREAMS,
    {
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "gts": "https://gotosocial.org/ns#",
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "toot": "http://joinmastodon.org/ns#",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    },
)


def dump(document: Json) -> bytes:
    """Return the bytes of a document: those that are signed, sent and served."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def is_activity(content_type: str) -> bool:
    """Say whether a Content-Type header announces an activity, actor or object.

    `application/json` and `text/html` do not: what users upload may be served as such (no. 15).
    """
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if kind == "application/ld+json":
        profiles = " ".join(
            value.strip('"')
            for name, _, value in (parameter.partition("=") for parameter in parameters)
            if name.strip() == "profile"
        )
        return ACTIVITYSTREAMS in profiles.split()
    return kind == ACTIVITY_JSON


def moment(when: dt.datetime) -> str:
    """Return a moment as `xsd:dateTime` in UTC; milliseconds only where there are any."""
    precision = "milliseconds" if when.microsecond else "seconds"
    text = when.astimezone(dt.UTC).isoformat(timespec=precision)
    return text.replace("+00:00", "Z")


def text(plain: str) -> str:
    """Escape plain text for HTML content (security no. 66)."""
    return html.escape(plain, quote=False)


def paragraphs(plain: str) -> str:
    """Return plain text as HTML: blank lines part paragraphs, single ones break the line."""
    blocks = [block.strip() for block in plain.replace("\r\n", "\n").split("\n\n")]
    return "".join(
        f"<p>{text(block).replace(chr(10), '<br>')}</p>" for block in blocks if block
    )


def link(url: str, label: str, attributes: str = "") -> str:
    """Return an anchor; `attributes` is markup and stands before the address."""
    before = f"{attributes} " if attributes else ""
    return f'<a {before}href="{html.escape(url)}">{text(label)}</a>'
