"""Sign requests and check signatures; one face for every scheme, no network, no Flask.

`claims` does every check that needs no key, so that a bad request never causes one of ours
(security no. 20); `confirm` does the rest. Each scheme is a module of its own with
`sign(method, url, body, signer, now) -> Headers` and `claims(message) -> Claims`.
"""

import datetime as dt
from collections.abc import Callable, Collection

from bridge.errors import SignatureError
from bridge.federation.keys import Signer, fits, kind_of, public_key
from bridge.federation.signatures import cavage, rfc9421
from bridge.federation.signatures.message import WINDOW, Claims, Headers, Message
from bridge.model import Request, SignatureScheme

__all__ = [
    "BOTH",
    "Claims",
    "Schemes",
    "Signer",
    "claims",
    "confirm",
    "order",
    "sign",
    "verify",
]

SIGNERS: dict[SignatureScheme, Callable[..., Headers]] = {
    "cavage": cavage.sign,
    "rfc9421": rfc9421.sign,
}

Schemes = tuple[SignatureScheme, ...]

BOTH: Schemes = ("cavage", "rfc9421")
"""In the order in which a server is tried of which nothing is known: all read the draft, and
some that do not know RFC 9421 answer 202 to it and drop what was sent."""


def order(taken: SignatureScheme | None) -> Schemes:
    """Return the schemes in the order for a server that took this one before."""
    return BOTH if taken is None else tuple(sorted(BOTH, key=lambda scheme: scheme != taken))


def sign(
    method: str,
    url: str,
    body: bytes | None,
    *,
    signer: Signer,
    now: dt.datetime,
    scheme: SignatureScheme = "cavage",
) -> Headers:
    """Return the headers that make a request a signed one: all that must be sent with it.

    The body is an activity; without one neither its type nor a digest is sent.
    """
    return SIGNERS[scheme](method, url, body, signer=signer, now=now)


def claims(
    request: Request,
    *,
    now: dt.datetime,
    hosts: Collection[str],
    window: dt.timedelta = WINDOW,
    url_scheme: str = "https",
) -> Claims:
    """Check all that needs no key and return what the signature claims.

    `hosts` are our own names as a Host header has them, `url_scheme` is that of our addresses.
    Raises SignatureError, which says why.
    """
    message = Message(request=request, now=now, hosts=hosts, window=window, scheme=url_scheme)
    if message.has("signature-input"):
        return rfc9421.claims(message)
    return cavage.claims(message)


def confirm(found: Claims, key: str) -> None:
    """Check claims that have passed against a public key (PEM).

    A SignatureError from here speaks of the key alone: it may have been changed, so that
    reading it again once can help (security no. 18).
    """
    public = public_key(key)
    if kind_of(public) not in found.kinds:
        why = f"{found.algorithm} with an {kind_of(public)} key"
        raise SignatureError(
            "the algorithm does not go with the key", where=found.key_id, why=why
        )
    if not fits(public, found.signature, found.text):
        raise SignatureError("the signature does not match the key", where=found.key_id)


def verify(
    request: Request,
    key: str,
    *,
    now: dt.datetime,
    hosts: Collection[str],
    window: dt.timedelta = WINDOW,
    url_scheme: str = "https",
) -> Claims:
    """Check a signed request against a public key (PEM) and return its claims."""
    found = claims(request, now=now, hosts=hosts, window=window, url_scheme=url_scheme)
    confirm(found, key)
    return found
