"""Actor documents: a `Service` per section and paper, an `Application` for the server.

Shaped by what Mastodon, GoToSocial and snac demand of an account they are to show. Keys beside
the one that signs: FEP-521a; what the server understands: FEP-844e; its address: FEP-2c59.
"""

from collections.abc import Sequence

from bridge.federation.keys import multikey
from bridge.federation.vocabulary.terms import ACTOR_CONTEXT, link, moment, paragraphs
from bridge.model import Actor, Field, Json, KeyPair, Picture, Site, addresses, urls

IMPLEMENTED = (
    (
        "https://datatracker.ietf.org/doc/html/rfc9421",
        "RFC-9421: HTTP Message Signatures",
    ),
    (
        "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
        "RFC-9421 signatures using the Ed25519 algorithm",
    ),
)
"""What others need not find out by trying (the registry of FEP-844e)."""


def actor(actor: Actor, keys: Sequence[KeyPair], site: Site) -> Json:
    """Return the document of one of our actors; the first RSA key is the one that signs."""
    id = addresses.actor_id(site.base_url, actor.name)
    host = urls.parse(site.base_url).netloc
    serves_itself = actor.kind == "Application"
    document: Json = {
        "@context": list(ACTOR_CONTEXT),
        "id": id,
        "type": actor.kind,
        "preferredUsername": actor.name,
        "webfinger": f"{actor.name}@{host}",
        "name": actor.title,
        "summary": paragraphs(actor.summary),
        "url": actor.url,
        "published": moment(actor.created),
        **_places(id),
        "endpoints": {"sharedInbox": addresses.shared_inbox(site.base_url)},
        **_keys(id, keys),
        "manuallyApprovesFollowers": serves_itself,
        "discoverable": not serves_itself,
        "indexable": not serves_itself,
        "attributionDomains": [host],
        "attachment": [_field(field, index) for index, field in enumerate(actor.fields)],
        "generator": _generator(site),
    }
    if actor.also_known_as:
        document["alsoKnownAs"] = list(actor.also_known_as)
    for name, picture in (("icon", actor.icon), ("image", actor.image)):
        if picture is not None:
            document[name] = _picture(picture)
    return document


def _keys(id: str, keys: Sequence[KeyPair]) -> Json:
    main = next(key for key in keys if key.kind == "rsa")
    return {
        # one object and never a list: snac and older servers read nothing else
        "publicKey": {
            "id": addresses.key_id(id, main.name),
            "owner": id,
            "publicKeyPem": main.public,
        },
        "assertionMethod": [_multikey(id, key) for key in keys if key is not main],
    }


def _multikey(id: str, key: KeyPair) -> Json:
    """Return a key as FEP-521a lists it: one beside the key that signs, or an older one."""
    return {
        "id": addresses.key_id(id, key.name),
        "type": "Multikey",
        "controller": id,
        "publicKeyMultibase": multikey(key.public),
    }


def _places(id: str) -> Json:
    return {
        "inbox": addresses.inbox(id),
        "outbox": addresses.outbox(id),
        "followers": addresses.followers(id),
        "following": addresses.following(id),
        "featured": addresses.featured(id),
    }


def _field(field: Field, index: int) -> Json:
    attributes = "" if index else 'rel="me"'
    return {
        "type": "PropertyValue",
        "name": field.name,
        "value": link(field.url, field.label, attributes),
    }


def _picture(picture: Picture) -> Json:
    return {
        "type": "Image",
        "mediaType": picture.media_type,
        "url": picture.url,
        "name": picture.alt,
    }


def _generator(site: Site) -> Json:
    return {
        "type": "Application",
        "name": "Broadsheet",
        "url": site.base_url,
        "implements": [
            {"type": "Link", "href": href, "name": name} for href, name in IMPLEMENTED
        ],
    }
