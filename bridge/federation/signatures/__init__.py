"""Sign requests and check signatures; one face for every scheme, no network, no Flask.

`claims` does every check that needs no key, so that a bad request never causes one of ours
(security no. 20); `verify` does the rest. Each scheme is a module of its own with
`claims(message) -> Claims`; draft-cavage-12 is what the whole fediverse reads today.
"""

import datetime as dt
from collections.abc import Collection

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bridge.errors import SignatureError
from bridge.federation.keys import Signer, public_key
from bridge.federation.signatures import cavage
from bridge.federation.signatures.cavage import sign
from bridge.federation.signatures.message import WINDOW, Claims, Message
from bridge.model import Request

__all__ = ["Claims", "Signer", "claims", "sign", "verify"]


def claims(
    request: Request,
    *,
    now: dt.datetime,
    hosts: Collection[str],
    window: dt.timedelta = WINDOW,
) -> Claims:
    """Check all that needs no key and return what the signature claims.

    `hosts` are our own names as a Host header has them. Raises SignatureError, which says why.
    """
    message = Message(request=request, now=now, hosts=hosts, window=window)
    if message.has("signature-input"):
        raise SignatureError(
            "RFC 9421 signatures are not read", hint="sign with draft-cavage-12"
        )
    return cavage.claims(message)


def verify(
    request: Request,
    key: str,
    *,
    now: dt.datetime,
    hosts: Collection[str],
    window: dt.timedelta = WINDOW,
) -> Claims:
    """Check a signed request against a public key (PEM) and return its claims.

    After `claims` has passed, a SignatureError from here speaks of the key alone: it may have
    been changed, so that reading it again once can help (security no. 18).
    """
    found = claims(request, now=now, hosts=hosts, window=window)
    try:
        public_key(key).verify(found.signature, found.text, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise SignatureError(
            "the signature does not match the key", where=found.key_id
        ) from error
    return found
