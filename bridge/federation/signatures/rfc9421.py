"""The standard that follows the draft: RFC 9421, with Content-Digest (RFC 9530).

https://www.rfc-editor.org/rfc/rfc9421. It leaves to each application what must be covered and
which of several signatures counts (§1.4); here a request carries exactly one, which covers the
method, the whole target and, where there is a body, its digest (security nos. 25 and 26).
"""

import datetime as dt
import hashlib
from collections.abc import Callable

from bridge.errors import SignatureError
from bridge.federation.keys import Signer
from bridge.federation.signatures.fields import Input, read_bytes, read_inputs, write_bytes
from bridge.federation.signatures.message import Claims, Headers, Message, http_now
from bridge.model import KeyKind, urls

ALGORITHMS: dict[str, frozenset[KeyKind]] = {
    "rsa-v1_5-sha256": frozenset({"rsa"}),
    "ed25519": frozenset({"ed25519"}),
}
"""The labels that are taken, each for one kind of key; without one the key itself decides."""

LABEL = "sig1"
MOST_COVERED = 32

TARGETS: tuple[frozenset[str], ...] = (
    frozenset({"@target-uri"}),
    frozenset({"@authority", "@request-target"}),
    frozenset({"@authority", "@path", "@query"}),
)
"""What covers the whole address of a request; any one of these is enough."""


def sign(
    method: str,
    url: str,
    body: bytes | None,
    *,
    signer: Signer,
    now: dt.datetime,
    content_type: str = "application/activity+json",
) -> Headers:
    """Return the headers that make a request a signed one.

    `content_type` belongs to the body; without a body neither it nor a digest is sent.
    """
    target = urls.parse(url)
    headers = [("Host", target.netloc), ("Date", http_now(now))]
    covered = ["@method", "@target-uri", "@authority"]
    values = [method.upper(), str(target), target.netloc]
    if body is not None:
        digest = f"sha-256={write_bytes(hashlib.sha256(body).digest())}"
        headers += [("Content-Digest", digest), ("Content-Type", content_type)]
        covered += ["content-digest", "content-type"]
        values += [digest, content_type]
    label = "rsa-v1_5-sha256" if signer.kind == "rsa" else "ed25519"
    moment = int(now.timestamp())
    given = Input(
        components=tuple(covered),
        parameters={"created": moment, "keyid": signer.key_id, "alg": label},
    )
    signature = signer.sign(_base(given, tuple(values)))
    return (
        *headers,
        ("Signature-Input", f"{LABEL}={given}"),
        ("Signature", f"{LABEL}={write_bytes(signature)}"),
    )


def claims(message: Message) -> Claims:
    """Read Signature-Input and Signature and check all that needs no key."""
    given, signature = _only(message)
    parameters = given.parameters
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg")
    if not isinstance(key_id, str) or not key_id:
        raise SignatureError("the signature lacks its keyid")
    if algorithm is not None and algorithm not in ALGORITHMS:
        raise SignatureError("the algorithm is not taken", where=repr(str(algorithm)[:40]))
    _check_coverage(message, given.components)
    message.check_key_id(key_id)
    message.check_host()
    _check_time(message, given)
    if "content-digest" in given.components:
        message.check_content_digest()
    values = tuple(_value(message, name) for name in given.components)
    label = str(algorithm) if algorithm is not None else ""
    return Claims(
        key_id=key_id,
        algorithm=label,
        kinds=ALGORITHMS.get(label, frozenset({"rsa", "ed25519"})),
        covered=given.components,
        signature=signature,
        text=_base(given, values),
    )


def _only(message: Message) -> tuple[Input, bytes]:
    """Return the one signature of a request; of several none is chosen (no. 26)."""
    inputs = read_inputs(message.single("signature-input"), "Signature-Input")
    signatures = read_bytes(message.single("signature"), "Signature")
    if len(inputs) != 1 or inputs.keys() != signatures.keys():
        labels = sorted(inputs.keys() | signatures.keys())
        raise SignatureError(
            "the request needs exactly one signature", why=f"labels {', '.join(labels)[:200]}"
        )
    label = next(iter(inputs))
    return inputs[label], signatures[label]


def _check_coverage(message: Message, covered: tuple[str, ...]) -> None:
    """Refuse a signature that leaves out what decides about the request."""
    if len(covered) > MOST_COVERED or len(set(covered)) != len(covered):
        raise SignatureError("the list of covered components is doubled or too long")
    needed = ["@method"]
    if message.request.method.upper() == "POST" or message.request.body:
        needed.append("content-digest")
    for name in needed:
        if name not in covered:
            raise SignatureError("the signature does not cover enough", where=name)
    whole = frozenset(covered) | (frozenset() if message.query else {"@query"})
    if not any(target <= whole for target in TARGETS):
        raise SignatureError("the signature does not cover enough", where="@target-uri")


def _check_time(message: Message, given: Input) -> None:
    created, expires = given.parameters.get("created"), given.parameters.get("expires")
    if not isinstance(created, int):
        raise SignatureError("the signature does not say when it was created")
    message.check_moment(_moment(created), "created")
    if expires is not None and (not isinstance(expires, int) or _moment(expires) < message.now):
        raise SignatureError("the signature has expired")
    if "date" in given.components:
        message.check_date()


def _moment(seconds: int) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureError("a time of the signature is no time") from error


def _value(message: Message, name: str) -> str:
    """Return the value of a component as it was signed."""
    if name.startswith("@"):
        derived = DERIVED.get(name)
        if derived is None:
            raise SignatureError("an unknown component is covered", where=repr(name[:40]))
        return derived(message)
    found = message.values(name)
    if not found:  # a name in capitals is found nowhere
        raise SignatureError("a covered header was not sent", where=repr(name[:40]))
    value = ", ".join(found)
    if "\n" in value or "\r" in value:  # it could stand for a further signed line
        raise SignatureError("a line break in a covered header", where=name)
    return value


DERIVED: dict[str, Callable[[Message], str]] = {
    "@method": lambda message: message.request.method.upper(),
    "@target-uri": lambda message: message.target,
    "@authority": lambda message: message.authority,
    "@scheme": lambda message: message.scheme,
    "@request-target": lambda message: message.request.path,
    "@path": lambda message: message.request.path.partition("?")[0],
    "@query": lambda message: message.query or "?",
}
"""The components that are made from the request itself (RFC 9421 §2.2)."""


def _base(given: Input, values: tuple[str, ...]) -> bytes:
    """Return the text that is signed (RFC 9421 §2.5)."""
    lines = [f'"{name}": {value}' for name, value in zip(given.components, values, strict=True)]
    text = "\n".join((*lines, f'"@signature-params": {given}'))
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise SignatureError("a covered header holds more than bytes") from error
