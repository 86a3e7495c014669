"""Actor documents: a `Service` per section and paper, an `Application` for the server.

Shaped by what Mastodon, GoToSocial and snac demand of an account they are to show.
"""

from bridge.federation.vocabulary.terms import ACTOR_CONTEXT, link, moment, paragraphs
from bridge.model import Actor, Json, Site, addresses, urls


def actor(actor: Actor, public_key: str, site: Site, *, icon: str | None = None) -> Json:
    """Return the document of one of our actors; `icon` is the URL of its picture."""
    id = addresses.actor_id(site.base_url, actor.name)
    serves_itself = actor.kind == "Application"
    document: Json = {
        "@context": list(ACTOR_CONTEXT),
        "id": id,
        "type": actor.kind,
        "preferredUsername": actor.name,
        "name": actor.title,
        "summary": paragraphs(actor.summary),
        "url": actor.url,
        "published": moment(actor.created),
        **_places(id),
        "endpoints": {"sharedInbox": addresses.shared_inbox(site.base_url)},
        "publicKey": {
            "id": addresses.key_id(id),
            "owner": id,
            "publicKeyPem": public_key,
        },
        "manuallyApprovesFollowers": serves_itself,
        "discoverable": not serves_itself,
        "indexable": not serves_itself,
        "attributionDomains": [urls.parse(site.base_url).netloc],
        "attachment": _fields(actor, site),
        "generator": {"type": "Application", "name": "Broadsheet"},
    }
    if icon is not None:
        document["icon"] = {"type": "Image", "url": icon}
    return document


def _places(id: str) -> Json:
    return {
        "inbox": addresses.inbox(id),
        "outbox": addresses.outbox(id),
        "followers": addresses.followers(id),
        "following": addresses.following(id),
        "featured": addresses.featured(id),
    }


def _fields(actor: Actor, site: Site) -> list[Json]:
    """Return what a profile shows beside the text: page, feeds, whom to ask."""
    entries = [("Web", link(actor.url, actor.url, 'rel="me"'))]
    entries += [("Feed", link(feed, feed)) for feed in actor.feeds]
    if site.contact:
        is_mail = "@" in site.contact and "://" not in site.contact
        entries.append(
            (
                "Contact",
                link(f"mailto:{site.contact}" if is_mail else site.contact, site.contact),
            )
        )
    return [{"type": "PropertyValue", "name": name, "value": value} for name, value in entries]
