"""Names and addresses in the configuration: each reader returns the value or a RefusedError
that says what is wrong and how to write it.
"""

import datetime as dt
import ipaddress
import re
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from bridge.config.settings import AllowedNetwork, IPNetwork
from bridge.config.wording import RefusedError, quoted
from bridge.model import query, template, urls
from bridge.model.addresses import RESERVED

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
SLUG_LENGTH = 40
HANDLE_LENGTH = 60
HOUR = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE,
)
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MAIL_NAME = re.compile(r"[A-Za-z0-9._-]+")
PRIVATE_SUFFIXES = ("localhost", "test", "local", "internal", "home.arpa", "onion")
"""Host names that never stand for a public web site, so that plain http is no slip there:
RFC 6761, RFC 6762, RFC 8375, RFC 7686 and ICANN's `internal`."""

DATABASE = re.compile(r"sqlite:///[^?#]+|postgresql(?:\+psycopg)?://[^\s]+")


BUCKETS = ("s3", "gs", "az")
"""Schemes of buckets: S3 and whatever speaks like it, Google's and Azure's stores."""

BUCKET = re.compile(
    rf"(?:{'|'.join(BUCKETS)})://[a-z0-9][a-z0-9._-]{{1,61}}[a-z0-9](?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"
)


def parse_slug(text: str) -> str:
    """Return a name that may stand in paths and in fediverse handles."""
    if not SLUG.fullmatch(text) or len(text) > SLUG_LENGTH:
        raise RefusedError(
            f"{quoted(text)} is not a short name",
            f'a-z, 0-9 and "-", at most {SLUG_LENGTH} characters',
        )
    if text in RESERVED:
        raise RefusedError(f"{quoted(text)} is reserved for the site itself", "choose another")
    return text


def parse_hour(text: str) -> dt.time:
    """Return a time of day written as "05:30"."""
    found = HOUR.fullmatch(text)
    if not found:
        raise RefusedError(f"{quoted(text)} is not a time of day", 'such as "05:30"')
    return dt.time(int(found[1]), int(found[2]))


def parse_hours(text: str) -> tuple[dt.time, dt.time]:
    """Return a span of hours written as "22:00-06:30"; it may pass midnight."""
    start, dash, end = text.partition("-")
    if not dash or not HOUR.fullmatch(start) or not HOUR.fullmatch(end):
        raise RefusedError(f"{quoted(text)} is not a span of hours", 'such as "22:00-06:30"')
    if start == end:
        raise RefusedError(f"{quoted(text)} begins and ends at the same time", "leave it out")
    return parse_hour(start), parse_hour(end)


def parse_template(text: str) -> template.Template:
    """Return a post's template."""
    try:
        return template.parse(text)
    except ValueError as error:
        hint = 'such as "**{headline}**\\n\\n{link}"'
        raise RefusedError(f"it {error}", hint) from error


def parse_query(text: str) -> query.Query:
    """Return a search."""
    try:
        return query.parse(text)
    except query.QueryError as error:
        raise RefusedError(f"it cannot be looked for: {error}", 'such as "渡口"') from error


def parse_zone(text: str) -> ZoneInfo:
    """Return an IANA time zone such as "Asia/Shanghai"."""
    zones = available_timezones()
    if text in zones:
        return ZoneInfo(text)
    folded = {zone.casefold(): zone for zone in zones}
    near = get_close_matches(text.casefold().replace(" ", "_"), folded, 1, 0.8)
    hint = f'did you mean "{folded[near[0]]}"?' if near else 'such as "Asia/Shanghai"'
    raise RefusedError(f"{quoted(text)} is not an IANA time zone", hint)


def parse_language(text: str) -> str:
    """Return a BCP 47 tag in its usual spelling (RFC 5646 §2.1.1): zh-Hans, en-GB."""
    found = LANGUAGE.fullmatch(text)
    if not found:
        raise RefusedError(f"{quoted(text)} is not a language tag", 'such as "zh-Hans" or "en"')
    parts = [found["language"].lower()]
    parts += [found["script"].title()] if found["script"] else []
    parts += [found["region"].upper()] if found["region"] else []
    return "-".join(parts) + found["variants"].lower()


def parse_authority(text: str) -> str:
    """Return the naming authority of `tag:` URIs (RFC 4151 §2.1): a host or mail address."""
    name, at, host = text.rpartition("@")
    if (at and not MAIL_NAME.fullmatch(name)) or not _is_host(host):
        raise RefusedError(
            f"{quoted(text)} is neither a host name nor a mail address",
            'in plain ASCII and lower case, such as "example.org"',
        )
    return text


def parse_network(text: str) -> IPNetwork:
    """Return a network such as "10.0.0.0/8", or a single address."""
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        why = " (host bits are set)" if "host bits" in str(error) else ""
        raise RefusedError(
            f"{quoted(text)} is not a network{why}", 'such as "10.0.0.0/8" or "::1"'
        ) from None


def parse_allowed(text: str) -> AllowedNetwork:
    """Return a network with an optional port: "127.0.0.1:8080", "10.0.0.0/8", "[::1]:443"."""
    network, port = text, None
    found = re.fullmatch(r"\[(.+)\]:([0-9]{1,5})|([^:]+):([0-9]{1,5})", text)
    if found:
        network, port = found[1] or found[3], int(found[2] or found[4])
        if not 1 <= port <= 65535:
            raise RefusedError(f"{quoted(text)} has a port outside 1-65535")
    return AllowedNetwork(network=parse_network(network), port=port)


def parse_host(text: str) -> str:
    """Return an address or host name to listen on."""
    if not (_is_address(text) or _is_host(text)):
        raise RefusedError(f"{quoted(text)} is not an address", 'such as "127.0.0.1" or "::"')
    return text


def parse_database(text: str) -> str:
    """Return a SQLAlchemy URL of a database we can use."""
    if not DATABASE.fullmatch(text):
        raise RefusedError(
            "is no URL of a database that can be used",  # nor is it shown: it may be secret
            'such as "sqlite:///data/broadsheet.db" or "postgresql://user@host/name"',
        )
    return text


def is_bucket(text: str) -> bool:
    """Tell whether a place is written as a URL, so that it can be no folder."""
    return "://" in text


def parse_bucket(text: str) -> str:
    """Return a bucket's URL, with the folder inside it if there is one."""
    scheme = text.partition("://")[0]
    if scheme not in BUCKETS:
        known = ", ".join(f"{known}://" for known in BUCKETS)
        raise RefusedError(f"{quoted(text)} is no bucket", f"a folder, or one of {known}")
    if not BUCKET.fullmatch(text):
        raise RefusedError(
            f"{quoted(text)} is not a bucket's URL", f'such as "{scheme}://example-feeds/paper"'
        )
    return text


def parse_endpoint(text: str) -> str:
    """Return the URL of an object store: scheme, host and port."""
    try:
        url = urls.parse(text)
    except ValueError as error:
        raise RefusedError(
            f"{quoted(text)} is not the URL of a server ({error})",
            'such as "https://s3.example.net"',
        ) from None
    if text != url.origin:
        raise RefusedError(
            f"{quoted(text)} is more than scheme, host and port", f'write "{url.origin}"'
        )
    return text


def parse_base_url(text: str) -> str:
    """Return what every address starts with: scheme and host, a port if it is unusual."""
    try:
        url = urls.parse(text)
    except ValueError as error:
        raise RefusedError(
            f"{quoted(text)} is not a base URL ({error})", 'such as "https://feeds.example.org"'
        ) from None
    if not (_is_address(url.host) or _is_host(url.host)):
        raise RefusedError(f"{quoted(text)} has no usable host name")
    if text != url.origin:
        rest = text.removeprefix(url.origin)
        what = (
            "is more than scheme and host" if rest[0] in "/?#" else "is not in its plain form"
        )
        what = "ends in a slash" if rest == "/" else what
        raise RefusedError(f"{quoted(text)} {what}", f'write "{url.origin}"')
    return text


def is_private(host: str) -> bool:
    """Tell whether a host can only be one's own machine or network."""
    if _is_address(host):
        return not ipaddress.ip_address(host).is_global
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in PRIVATE_SUFFIXES)


def _is_host(text: str) -> bool:
    """Tell a DNS name; a last label of digits would be read as an IPv4 address by some."""
    labels = text.split(".")
    fits = len(text) <= 253 and all(LABEL.fullmatch(label) for label in labels)
    return fits and not labels[-1].isdigit()


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # an interface belongs to this machine, not to an address
