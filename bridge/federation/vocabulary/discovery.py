"""How others find us: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo (FEP-f1d5)."""

from collections.abc import Iterable
from typing import Literal

from bridge.federation.vocabulary.terms import ACTIVITY_JSON, JRD_JSON
from bridge.model import Actor, Json, Site, addresses, urls

NODEINFO_REL = "http://nodeinfo.diaspora.software/ns/schema/{}"
NODEINFO_VERSIONS: tuple[Literal["2.0", "2.1"], ...] = ("2.0", "2.1")


def find(resource: str, actors: Iterable[Actor], base_url: str) -> Actor | None:
    """Return the actor a WebFinger `resource` names, by address, id or page; None for none.

    Host names are compared in one spelling, user names without case.
    """
    scheme, _, rest = resource.partition(":")
    if scheme.lower() == "acct":
        name, at, host = rest.removeprefix("@").rpartition("@")
        ours = at and urls.netloc(host) == urls.netloc(urls.parse(base_url).netloc)
        wanted = name.lower() if ours else None
        return next((actor for actor in actors if actor.name == wanted), None)
    try:
        url = str(urls.parse(resource))
    except ValueError:
        return None
    for actor in actors:
        if url in (addresses.actor_id(base_url, actor.name), actor.url):
            return actor
    return None


def webfinger(actor: Actor, base_url: str) -> Json:
    """Return the description that leads from an address to the actor."""
    id = addresses.actor_id(base_url, actor.name)
    return {
        "subject": f"acct:{actor.name}@{urls.parse(base_url).netloc}",
        "aliases": list(dict.fromkeys((id, actor.url))),
        "links": [
            {"rel": "self", "type": ACTIVITY_JSON, "href": id},
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": actor.url,
            },
        ],
    }


def host_meta(base_url: str) -> str:
    """Return the XRD that says where WebFinger is, for who asks the old way."""
    template = f"{base_url}/.well-known/webfinger?resource={{uri}}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="{JRD_JSON}" template="{template}"/>\n'
        "</XRD>\n"
    )


def nodeinfo_index(base_url: str) -> Json:
    """Return the list of NodeInfo documents, and the actor of the server (FEP-2677)."""
    links = [
        {"rel": NODEINFO_REL.format(version), "href": f"{base_url}/nodeinfo/{version}"}
        for version in NODEINFO_VERSIONS
    ]
    links.append(
        {
            "rel": "https://www.w3.org/ns/activitystreams#Application",
            "href": addresses.actor_id(base_url, addresses.INSTANCE),
        }
    )
    return {"links": links}


def nodeinfo(
    version: Literal["2.0", "2.1"], *, software: str, site: Site, users: int, posts: int
) -> Json:
    """Return what the server is; `software` is its version, `users` counts its actors."""
    return {
        "version": version,
        "software": {"name": "broadsheet", "version": software},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0", "rss2.0"]},
        "openRegistrations": False,
        "usage": {"users": {"total": users}, "localPosts": posts},
        "metadata": {"nodeName": site.title},
    }
