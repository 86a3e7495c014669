"""Talk to other servers: read an actor's document, post a signed activity.

A document is believed only for its own address (security nos. 13 to 16): its id is the URL it
was read from, its keys name it as their owner, and its inboxes lie on its own origin.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterator

from bridge.errors import ActivityError, RemoteError, SignatureError
from bridge.federation.documents import ACTOR_TYPES, read, reference
from bridge.federation.keys import Signer, from_multikey, public_key
from bridge.federation.signatures import BOTH, Schemes, sign
from bridge.federation.vocabulary import ACTIVITY_JSON, LD_JSON, is_activity
from bridge.http import Headers, Http, Response
from bridge.model import Json, Outcome, RemoteActor, SignatureScheme, urls

ACCEPT = f"{ACTIVITY_JSON}, {LD_JSON}"
LONGEST_REASON = 200

MOST_KEYS = 4
"""Keys that are kept of an actor beside the one that was asked for."""

UNREAD_SIGNATURE = frozenset({400, 401})
"""Statuses of servers that may read the other scheme."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def fetch_actor(
    http: Http,
    id: str,
    *,
    now: dt.datetime,
    key_id: str | None = None,
    signer: Signer | None = None,
    schemes: Schemes = BOTH,
    timeout: float | None = None,
) -> RemoteActor:
    """Read an actor's document and return what it says, with the key named by `key_id`.

    Without `key_id` its first key is taken; with `signer` the request is signed, by one scheme
    after the other until it is answered. Raises RemoteError, with the status where the server
    gave one: 410 says the actor is gone.
    """
    if key_id is not None and not urls.same_origin(key_id, id):
        raise _unusable(id, "the key is on another host than its owner")
    document = _document(_get(http, id, signer, now, schemes, timeout), id)
    return _actor(document, urls.canonical(id), key_id, now)


def fetch_owner(
    http: Http,
    key_id: str,
    *,
    now: dt.datetime,
    signer: Signer,
    schemes: Schemes = BOTH,
    timeout: float | None = None,
) -> RemoteActor:
    """Read who owns a key of which nothing else is known, and return the owner's document.

    Most keys stand in their owner's document, some have one of their own that names the owner;
    that is believed only once the owner's own document lists the key (security no. 13).
    """
    place = key_id.partition("#")[0]
    document = _document(_get(http, place, signer, now, schemes, timeout), place)
    embedded = document.get("publicKey")
    owner = embedded.get("owner") if isinstance(embedded, dict) else None
    owner = reference(owner or document.get("owner") or document.get("controller"))
    if owner is None or owner == urls.canonical(place):
        return _actor(document, urls.canonical(place), key_id, now)
    return fetch_actor(
        http,
        owner,
        now=now,
        key_id=key_id,
        signer=signer,
        schemes=schemes,
        timeout=timeout,
    )


def deliver(
    http: Http,
    inbox: str,
    body: bytes,
    *,
    signer: Signer,
    now: dt.datetime,
    schemes: Schemes = BOTH,
) -> Outcome:
    """Post a signed activity and say what came of it; network failures do not raise.

    It is sent again at once with the next scheme while the signature may not have been read;
    when none is taken, the answer to the first is told.
    """
    first = _post(http, inbox, body, signer, now, schemes[0])
    for scheme in schemes[1:]:
        if first.status not in UNREAD_SIGNATURE:
            break
        other = _post(http, inbox, body, signer, now, scheme)
        if other.scheme is not None:
            return other
    return first


def later_schemes(schemes: Schemes, outcome: Outcome) -> Schemes:
    """Return how to try the next delivery to a host, after what came of the last one.

    A host that took no scheme is not asked twice for each of a hundred deliveries.
    """
    if outcome.scheme is not None:
        return (outcome.scheme, *(scheme for scheme in BOTH if scheme != outcome.scheme))
    return schemes[:1] if outcome.status in UNREAD_SIGNATURE else schemes


def described(document: Json, known: RemoteActor, now: dt.datetime) -> RemoteActor | None:
    """Return what an actor says of itself in an activity that it signed; None if unusable.

    It must list the key that is known of it: a new one is believed from its own document only.
    """
    try:
        return _actor(document, known.id, known.key_id, now)
    except RemoteError:
        return None


def _post(
    http: Http,
    inbox: str,
    body: bytes,
    signer: Signer,
    now: dt.datetime,
    scheme: SignatureScheme,
) -> Outcome:
    try:
        headers = sign("POST", inbox, body, signer=signer, now=now, scheme=scheme)
        response = http.post(inbox, headers=headers, body=body)
    except RemoteError as error:
        return Outcome(
            status=None, error=str(error), retry_after=None, transient=error.transient
        )
    except ValueError as error:
        return Outcome(status=None, error=str(error), retry_after=None, transient=False)
    taken = 200 <= response.status < 300
    return Outcome(
        status=response.status,
        error=None if taken else _reason(response),
        retry_after=response.header("Retry-After"),
        date=response.header("Date"),
        scheme=scheme if taken else None,
    )


def _get(
    http: Http,
    url: str,
    signer: Signer | None,
    now: dt.datetime,
    schemes: Schemes,
    timeout: float | None,
) -> Response:
    """Read a document, signed by one scheme after the other until one is read."""
    get = functools.partial(http.get, url, accept=ACCEPT, same_origin=True, timeout=timeout)
    if signer is None:
        return get()
    first, *others = (
        functools.partial(_signed, signer=signer, now=now, scheme=scheme) for scheme in schemes
    )
    response = get(sign=first)
    for other in others:
        if response.status not in UNREAD_SIGNATURE:
            break
        again = get(sign=other)
        response = again if again.status not in UNREAD_SIGNATURE else response
    return response


def _signed(url: str, *, signer: Signer, now: dt.datetime, scheme: SignatureScheme) -> Headers:
    return sign("GET", url, None, signer=signer, now=now, scheme=scheme)


def _document(response: Response, id: str) -> Json:
    status = response.status
    if status != 200:
        raise RemoteError(
            "the actor could not be read",
            transient=status >= 500 or status in (408, 425, 429),
            status=status,
            where=id,
            why=_reason(response),
        )
    if not is_activity(response.header("Content-Type") or ""):
        raise _unusable(id, f"its type is {response.content_type[:80]!r}")
    try:
        return read(response.body)
    except ActivityError as error:
        raise _unusable(id, str(error)) from error


def _actor(document: Json, id: str, key_id: str | None, now: dt.datetime) -> RemoteActor:
    if reference(document.get("id")) != id:
        raise _unusable(id, "it says it is another one")
    if str(document.get("type")) not in ACTOR_TYPES:
        raise _unusable(id, "it is no actor")
    inbox = reference(document.get("inbox"))
    if inbox is None or not urls.same_origin(inbox, id):
        raise _unusable(id, "its inbox is missing or on another host")
    named, pem = _key(document, id, key_id)
    name = document.get("preferredUsername")
    return RemoteActor(
        id=id,
        inbox=inbox,
        shared_inbox=_shared_inbox(document, id),
        key_id=named,
        key=pem,
        name=_UNPRINTABLE.sub("", name)[:100] if isinstance(name, str) else "",
        fetched=now,
        others=_other_keys(document, id, named),
    )


def _shared_inbox(document: Json, id: str) -> str | None:
    endpoints = document.get("endpoints")
    shared = reference(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else None
    return shared if shared and urls.same_origin(shared, id) else None


def _key(document: Json, id: str, key_id: str | None) -> tuple[str, str]:
    """Return id and PEM of the key asked for, if the document lists it and it is usable."""
    for key in _listed(document):
        if key_id is not None and key["id"] != key_id:
            continue
        owner = reference(key.get("owner") or key.get("controller"))
        if owner != id or not urls.same_origin(key["id"], id):
            raise _unusable(id, "its key belongs to another actor")
        try:
            pem = _pem(key)
            public_key(pem)
        except SignatureError as error:
            raise _unusable(id, str(error)) from error
        return key["id"], pem
    raise _unusable(id, "it does not list the key" if key_id else "it has no key")


def _other_keys(document: Json, id: str, known: str) -> dict[str, str]:
    """Return more keys of a document by their ids: a server may sign with either of two."""
    found: dict[str, str] = {}
    for key in _listed(document):
        owner = reference(key.get("owner") or key.get("controller"))
        if key["id"] == known or owner != id or not urls.same_origin(key["id"], id):
            continue
        try:
            pem = _pem(key)
            public_key(pem)
        except SignatureError:
            continue
        found[key["id"]] = pem
        if len(found) == MOST_KEYS:
            break
    return found


def _listed(document: Json) -> Iterator[Json]:
    """Yield the keys of a document, RSA ones as PEM and those of FEP-521a behind them."""
    for name in ("publicKey", "assertionMethod"):
        listed = document.get(name)
        for key in listed if isinstance(listed, list) else [listed]:
            if isinstance(key, dict) and isinstance(key.get("id"), str):
                yield key


def _pem(key: Json) -> str:
    multikey = key.get("publicKeyMultibase")
    return (
        from_multikey(multikey) if isinstance(multikey, str) else str(key.get("publicKeyPem"))
    )


def _unusable(id: str, why: str) -> RemoteError:
    return RemoteError("the actor is not usable", transient=False, where=id, why=why)


def _reason(response: Response) -> str:
    """Return status and the start of the answer's text, fit for one line of a log."""
    text = response.body.decode("utf-8", "replace") if _is_text(response) else ""
    said = _UNPRINTABLE.sub(" ", text).strip()[:LONGEST_REASON]
    return f"status {response.status}: {said}" if said else f"status {response.status}"


def _is_text(response: Response) -> bool:
    return response.content_type in (
        "text/plain",
        "application/json",
        "application/problem+json",
    )
