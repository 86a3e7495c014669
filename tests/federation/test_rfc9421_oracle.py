"""RFC 9421 against another library, both ways (security nos. 29 and 97)."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from bridge.errors import SignatureError
from bridge.federation import keys, signatures
from bridge.model import KeyKind, KeyPair, Request

HOSTS = ("paper.example",)
KEY_ID = "https://home.example/users/mei#main-key"
BODY = b'{"type":"Follow"}'


def believe(request: Request, pair: KeyPair, now: dt.datetime) -> signatures.Claims:
    return signatures.verify(request, pair.public, now=now, hosts=HOSTS)


@dataclass
class Foreign:
    """A request as the other library has it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class OneKey(HTTPSignatureKeyResolver):
    def __init__(self, pair: KeyPair) -> None:
        self.pair = pair

    def resolve_public_key(self, key_id: str) -> Any:
        return serialization.load_pem_public_key(self.pair.public.encode())

    def resolve_private_key(self, key_id: str) -> Any:
        return serialization.load_pem_private_key(self.pair.private.encode(), None)


ORACLE: dict[KeyKind, Any] = {
    "rsa": algorithms.RSA_V1_5_SHA256,
    "ed25519": algorithms.ED25519,
}


@pytest.fixture(params=["rsa", "ed25519"])
def kind(request: pytest.FixtureRequest) -> KeyKind:
    found: KeyKind = request.param
    return found


@pytest.fixture
def any_pair(kind: KeyKind, pair: KeyPair, now: dt.datetime) -> KeyPair:
    return pair if kind == "rsa" else keys.generate_ed25519("somebody", now)


@pytest.mark.parametrize("body", [b'{"type":"Create"}', None], ids=["POST", "GET"])
def test_97_the_oracle_believes_what_we_sign(
    any_pair: KeyPair, kind: KeyKind, body: bytes | None
) -> None:
    now = dt.datetime.now(dt.UTC)  # the library has no other clock
    signer = signatures.Signer(key_id="https://paper.example/u#k", private=any_pair.private)
    url, method = "https://home.example:8443/inbox?a=%20b", "POST" if body else "GET"
    headers = signatures.sign(method, url, body, signer=signer, now=now, scheme="rfc9421")
    arrived = Foreign(method=method, url=url, headers=dict(headers), body=body or b"")
    verifier = HTTPMessageVerifier(
        signature_algorithm=ORACLE[kind], key_resolver=OneKey(any_pair)
    )
    (found,) = verifier.verify(arrived, body=body)
    covered = {name.strip('"') for name in found.covered_components}
    assert {"@method", "@target-uri", "@authority"} <= covered
    assert ("content-digest" in covered) == bool(body)
    assert found.parameters["keyid"] == "https://paper.example/u#k"
    assert dict(headers)["Host"] == "home.example:8443"


@pytest.mark.parametrize("label", [True, False], ids=["labelled", "unlabelled"])
@pytest.mark.parametrize("path", ["/ap/inbox", "/ap/inbox?a=b&c"])
def test_29_we_believe_what_the_oracle_signs(
    any_pair: KeyPair, kind: KeyKind, path: str, label: bool
) -> None:
    now = dt.datetime.now(dt.UTC)
    sent = Foreign(method="POST", url=f"https://paper.example{path}")
    sent.headers = {"Host": "paper.example", "Content-Type": "application/activity+json"}
    signer = HTTPMessageSigner(signature_algorithm=ORACLE[kind], key_resolver=OneKey(any_pair))
    covered = ("@method", "@target-uri", "@query", "content-type")
    signer.sign(
        sent,
        key_id=KEY_ID,
        covered_component_ids=covered,
        created=now,
        expires=now + dt.timedelta(minutes=5),
        include_alg=label,
        body=BODY,
    )
    request = Request(method="POST", path=path, headers=tuple(sent.headers.items()), body=BODY)
    assert believe(request, any_pair, now).key_id == KEY_ID
    spoilt = dataclasses.replace(request, path=f"{path}x")
    with pytest.raises(SignatureError, match="does not match the key"):
        believe(spoilt, any_pair, now)
