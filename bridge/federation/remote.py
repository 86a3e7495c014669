"""Talk to other servers: read an actor's document, post a signed activity.

A document is believed only for its own address (security nos. 13 to 16): its id is the URL it
was read from, its keys name it as their owner, and its inboxes lie on its own origin.
"""

import datetime as dt
import re
from collections.abc import Callable

from bridge.errors import ActivityError, RemoteError, SignatureError
from bridge.federation.documents import read, reference
from bridge.federation.keys import Signer, public_key
from bridge.federation.signatures import sign
from bridge.federation.vocabulary import ACTIVITY_JSON, LD_JSON, is_activity
from bridge.http import Headers, Http, Response
from bridge.model import Json, Outcome, RemoteActor, urls

ACTOR_TYPES = frozenset({"Application", "Group", "Organization", "Person", "Service"})
ACCEPT = f"{ACTIVITY_JSON}, {LD_JSON}"
LONGEST_REASON = 200

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def fetch_actor(
    http: Http,
    id: str,
    *,
    now: dt.datetime,
    key_id: str | None = None,
    signer: Signer | None = None,
) -> RemoteActor:
    """Read an actor's document and return what it says, with the key named by `key_id`.

    Without `key_id` its first key is taken; with `signer` the request is signed. Raises
    RemoteError, with the status where the server gave one: 410 says the actor is gone.
    """
    if key_id is not None and not urls.same_origin(key_id, id):
        raise _unusable(id, "the key is on another host than its owner")
    response = http.get(
        id, accept=ACCEPT, sign=_signing(signer, now) if signer else None, same_origin=True
    )
    document = _document(response, id)
    return _actor(document, urls.canonical(id), key_id, now)


def deliver(
    http: Http, inbox: str, body: bytes, *, signer: Signer, now: dt.datetime
) -> Outcome:
    """Post a signed activity once and say what came of it; network failures do not raise."""
    try:
        headers = sign("POST", inbox, body, signer=signer, now=now)
        response = http.post(inbox, headers=headers, body=body)
    except RemoteError as error:
        return Outcome(
            status=None, error=str(error), retry_after=None, transient=error.transient
        )
    except ValueError as error:
        return Outcome(status=None, error=str(error), retry_after=None, transient=False)
    return Outcome(
        status=response.status,
        error=None if 200 <= response.status < 300 else _reason(response),
        retry_after=response.header("Retry-After"),
        date=response.header("Date"),
    )


def _signing(signer: Signer, now: dt.datetime) -> Callable[[str], Headers]:
    def headers(url: str) -> Headers:
        return sign("GET", url, None, signer=signer, now=now)

    return headers


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
    key = _key(document, id, key_id)
    name = document.get("preferredUsername")
    return RemoteActor(
        id=id,
        inbox=inbox,
        shared_inbox=_shared_inbox(document, id),
        key_id=key["id"],
        key=key["publicKeyPem"],
        name=_UNPRINTABLE.sub("", name)[:100] if isinstance(name, str) else "",
        fetched=now,
    )


def _shared_inbox(document: Json, id: str) -> str | None:
    endpoints = document.get("endpoints")
    shared = reference(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else None
    return shared if shared and urls.same_origin(shared, id) else None


def _key(document: Json, id: str, key_id: str | None) -> Json:
    """Return the key asked for, if the document lists it as its own and it is usable."""
    listed = document.get("publicKey")
    for key in listed if isinstance(listed, list) else [listed]:
        if not isinstance(key, dict) or not isinstance(key.get("id"), str):
            continue
        if key_id is not None and key["id"] != key_id:
            continue
        if reference(key.get("owner")) != id or not urls.same_origin(key["id"], id):
            raise _unusable(id, "its key belongs to another actor")
        try:
            public_key(str(key.get("publicKeyPem")))
        except SignatureError as error:
            raise _unusable(id, str(error)) from error
        return key
    raise _unusable(id, "it does not list the key" if key_id else "it has no key")


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
