"""How others find us: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo (FEP-f1d5)."""

from collections.abc import Collection, Iterable
from typing import Literal

from bridge.federation.vocabulary.terms import ACTIVITY_JSON, JRD_JSON
from bridge.model import Actor, Json, Site, addresses, urls

NODEINFO_REL = "http://nodeinfo.diaspora.software/ns/schema/{}"
NODEINFO_VERSIONS: tuple[Literal["2.0", "2.1"], ...] = ("2.0", "2.1")


def is_resource(text: str) -> bool:
    """Say whether a text is a URI of a kind that can name an account."""
    scheme, _, rest = text.partition(":")
    if len(text) > urls.LONGEST or any(character.isspace() for character in text):
        return False
    if scheme.lower() == "acct":
        name, at, host = rest.removeprefix("@").rpartition("@")
        return bool(name and at and host and host.isprintable() and name.isprintable())
    try:
        urls.parse(text)
    except ValueError:
        return False
    return True


def find(resource: str, actors: Iterable[Actor], base_url: str) -> Actor | None:
    """Return the actor a WebFinger `resource` names, by address, id or page; None for none."""
    name = user(resource, base_url)
    page = None if name else _canonical(resource)
    for actor in actors:
        if actor.name == name or (page is not None and page == actor.url):
            return actor
    return None


def user(resource: str, base_url: str) -> str | None:
    """Return the user name on our host that a resource names by address or id; else None.

    Host names are compared in one spelling, user names without case.
    """
    scheme, _, rest = resource.partition(":")
    if scheme.lower() == "acct":
        name, _, host = rest.removeprefix("@").rpartition("@")
        return name.lower() if urls.netloc(host) == urls.parse(base_url).netloc else None
    start = addresses.actor_id(base_url, "")
    url = _canonical(resource) or ""
    return url.removeprefix(start) if url.startswith(start) else None


def _canonical(resource: str) -> str | None:
    try:
        return str(urls.parse(resource))
    except ValueError:
        return None


def webfinger(actor: Actor, base_url: str, rels: Collection[str] = ()) -> Json:
    """Return the description that leads from an address to the actor.

    With `rels` only links of these relations are told (RFC 7033 §4.3).
    """
    id = addresses.actor_id(base_url, actor.name)
    links = [
        {"rel": "self", "type": ACTIVITY_JSON, "href": id},
        {
            "rel": "http://webfinger.net/rel/profile-page",
            "type": "text/html",
            "href": actor.url,
        },
    ]
    if actor.icon is not None:
        links.append(
            {
                "rel": "http://webfinger.net/rel/avatar",
                "type": actor.icon.media_type,
                "href": actor.icon.url,
            }
        )
    return {
        "subject": f"acct:{actor.name}@{urls.parse(base_url).netloc}",
        "aliases": list(dict.fromkeys((id, actor.url))),
        "links": [link for link in links if not rels or link["rel"] in rels],
    }


def host_meta(base_url: str) -> str:
    """Return the XRD that says where WebFinger is, for who asks the old way."""
    template = _template(base_url)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="{JRD_JSON}" template="{template}"/>\n'
        "</XRD>\n"
    )


def host_meta_json(base_url: str) -> Json:
    """Return the same as JSON (RFC 6415, appendix A)."""
    return {
        "links": [{"rel": "lrdd", "type": JRD_JSON, "template": _template(base_url)}],
    }


def _template(base_url: str) -> str:
    return f"{base_url}/.well-known/webfinger?resource={{uri}}"


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
