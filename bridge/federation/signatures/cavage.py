"""The signatures the whole fediverse reads: draft-cavage-http-signatures-12.

https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12. The draft leaves open
what must be signed; here it is closed (security nos. 1 to 12).
"""

import base64
import datetime as dt
import hashlib
import re

from bridge.errors import SignatureError
from bridge.federation.keys import Signer
from bridge.federation.signatures.message import Claims, Headers, Message, decoded, http_now
from bridge.model import KeyKind, urls

ALGORITHMS: dict[str, frozenset[KeyKind]] = {
    "rsa-sha256": frozenset({"rsa"}),
    "hs2019": frozenset({"rsa", "ed25519"}),
    "ed25519": frozenset({"ed25519"}),
}
"""The labels that are taken, with the keys they go with: RSA with SHA-256, or Ed25519. The
label never leads to a weaker check than the key's own (security no. 8)."""

LONGEST = 4096
MOST_COVERED = 32

_PARAMETER = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"\\]*)"|(\d+(?:\.\d+)?))\s*')
_COVERED = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]+")


def sign(
    method: str,
    url: str,
    body: bytes | None,
    *,
    signer: Signer,
    now: dt.datetime,
    content_type: str = "application/activity+json",
) -> Headers:
    """Return the headers that make a request a signed one: Host, Date, Digest, Signature.

    `content_type` belongs to the body; without a body neither it nor a digest is sent.
    """
    target = urls.parse(url)
    headers = [("Host", target.netloc), ("Date", http_now(now))]
    if body is not None:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers += [("Digest", f"SHA-256={digest}"), ("Content-Type", content_type)]
    lines = [f"(request-target): {method.lower()} {target.path}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers]
    signature = signer.sign("\n".join(lines).encode())
    label = "rsa-sha256" if signer.kind == "rsa" else "hs2019"
    covered = " ".join(["(request-target)", *(name.lower() for name, _ in headers)])
    value = (
        f'keyId="{signer.key_id}",algorithm="{label}",headers="{covered}",'
        f'signature="{base64.b64encode(signature).decode()}"'
    )
    return (*headers, ("Signature", value))


def claims(message: Message) -> Claims:
    """Read the Signature header and check all that needs no key."""
    values = parameters(message.single("signature"))
    key_id, signature = values.get("keyid", ""), values.get("signature", "")
    if not key_id or not signature:
        raise SignatureError("the Signature header lacks keyId or signature")
    algorithm = values.get("algorithm", "hs2019").lower()
    if algorithm not in ALGORITHMS:
        raise SignatureError("the algorithm is not taken", where=repr(algorithm[:40]))
    covered = _covered(values.get("headers", "(created)"))
    _check_coverage(message, covered)
    message.check_key_id(key_id)
    message.check_host()
    _check_time(message, covered, values, algorithm)
    if "digest" in covered:
        message.check_digest()
    return Claims(
        key_id=key_id,
        algorithm=algorithm,
        kinds=ALGORITHMS[algorithm],
        covered=covered,
        signature=decoded(signature, "the signature"),
        text=_text(message, covered, values),
    )


def parameters(header: str) -> dict[str, str]:
    """Take the Signature header apart; names in lower case, each at most once (no. 10)."""
    if len(header) > LONGEST:
        raise SignatureError("the Signature header is too long")
    values: dict[str, str] = {}
    position = 0
    while True:
        match = _PARAMETER.match(header, position)
        if match is None:
            raise SignatureError("the Signature header cannot be read")
        name = match[1].lower()
        if name in values:
            raise SignatureError("a parameter of the signature is doubled", where=match[1])
        values[name] = match[2] if match[2] is not None else match[3]
        position = match.end()
        if position == len(header):
            return values
        if header[position] != ",":
            raise SignatureError("the Signature header cannot be read")
        position += 1


def _covered(text: str) -> tuple[str, ...]:
    names = tuple(text.lower().split())
    if len(names) > MOST_COVERED or len(set(names)) != len(names):
        raise SignatureError("the list of signed headers is doubled or too long")
    for name in names:
        if not _COVERED.fullmatch(name):
            raise SignatureError("an unknown name among the signed headers", where=repr(name))
    return names


def _check_coverage(message: Message, covered: tuple[str, ...]) -> None:
    """Refuse a signature that leaves out what decides about the request (nos. 2 and 3)."""
    needed = ["(request-target)", "host"]
    if message.request.method.upper() == "POST" or message.request.body:
        needed.append("digest")
    for name in needed:
        if name not in covered:
            raise SignatureError("the signature does not cover enough", where=name)
    if "date" not in covered and "(created)" not in covered:
        raise SignatureError("the signature does not cover enough", where="date or (created)")


def _check_time(
    message: Message, covered: tuple[str, ...], values: dict[str, str], algorithm: str
) -> None:
    if "date" in covered:
        message.check_date()
    for name in ("created", "expires"):
        if f"({name})" in covered:
            if algorithm != "hs2019":
                raise SignatureError(
                    f"({name}) does not go with this algorithm", where=algorithm
                )
            if name not in values:
                raise SignatureError(f"({name}) is signed but not given")
    if "(created)" in covered:
        message.check_moment(_moment(values["created"]), "(created)")
    if "expires" in values and _moment(values["expires"]) < message.now:
        raise SignatureError("the signature has expired")


def _moment(seconds: str) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(float(seconds), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureError("a time of the signature is no time") from error


def _text(message: Message, covered: tuple[str, ...], values: dict[str, str]) -> bytes:
    lines = []
    for name in covered:
        if name == "(request-target)":
            value = f"{message.request.method.lower()} {message.request.path}"
        elif name.startswith("("):
            value = values[name.strip("()")]
        elif found := message.values(name):
            value = ", ".join(found)
        else:
            raise SignatureError("a signed header was not sent", where=name)
        if "\n" in value or "\r" in value:  # it could stand for a further signed line
            raise SignatureError("a line break in a signed header", where=name)
        lines.append(f"{name}: {value}")
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise SignatureError("a signed header holds more than bytes") from error
