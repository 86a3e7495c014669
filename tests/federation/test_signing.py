"""What we sign, checked by the words of the draft (security nos. 86 and 97)."""

import base64
import datetime as dt
import hashlib
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from bridge.federation import keys, signatures
from bridge.model import KeyPair, Request

HOSTS = ("paper.example",)


def _own_signature(
    headers: tuple[tuple[str, str], ...], target: str, public: str
) -> dict[str, str]:
    """Verify what `sign` made by the draft's own words, and return the signature's parts."""
    sent = {name.lower(): value for name, value in headers}
    parts = dict(part.split("=", 1) for part in sent["signature"].split(","))
    parts = {name: value.strip('"') for name, value in parts.items()}
    lines = [
        f"{name}: {target if name == '(request-target)' else sent[name]}"
        for name in parts["headers"].split()
    ]
    key: Any = serialization.load_pem_public_key(public.encode())
    key.verify(
        base64.b64decode(parts["signature"]),
        "\n".join(lines).encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    return parts


def test_97_a_delivery_is_signed_as_the_draft_says(pair: KeyPair, now: dt.datetime) -> None:
    signer = signatures.Signer(key_id="https://paper.example/u#main-key", private=pair.private)
    url = "HTTPS://Home.example:8443/users/mei/inbox?a=b"
    headers = signatures.sign("POST", url, "正文".encode(), signer=signer, now=now)
    sent = dict(headers)
    parts = _own_signature(headers, "post /users/mei/inbox?a=b", pair.public)
    assert parts["keyId"] == "https://paper.example/u#main-key"
    assert parts["algorithm"] == "rsa-sha256"
    assert set(parts["headers"].split()) >= {"(request-target)", "host", "date", "digest"}
    assert sent["Host"] == "home.example:8443"
    assert sent["Date"] == "Sun, 01 Mar 2026 04:00:00 GMT"
    assert sent["Content-Type"] == "application/activity+json"
    digest = base64.b64encode(hashlib.sha256("正文".encode()).digest()).decode()
    assert sent["Digest"] == f"SHA-256={digest}"


def test_a_get_is_signed_without_a_digest(pair: KeyPair, now: dt.datetime) -> None:
    signer = signatures.Signer(key_id="https://paper.example/u#main-key", private=pair.private)
    headers = signatures.sign("GET", "https://home.example", None, signer=signer, now=now)
    _own_signature(headers, "get /", pair.public)
    assert [name for name, _ in headers] == ["Host", "Date", "Signature"]


@given(st.binary(max_size=200), st.sampled_from(["/", "/inbox", "/a%20b?c=d&e", "/%E6%8A%A5"]))
def test_what_we_sign_we_believe(pair: KeyPair, body: bytes, path: str) -> None:
    now = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
    signer = signatures.Signer(key_id="https://home.example/u#main-key", private=pair.private)
    headers = signatures.sign(
        "POST", f"https://paper.example{path}", body, signer=signer, now=now
    )
    request = Request(method="POST", path=path, headers=headers, body=body)
    assert signatures.verify(request, pair.public, now=now, hosts=HOSTS).key_id == signer.key_id


def test_private_keys_are_parsed_once(now: dt.datetime) -> None:
    fresh = keys.generate("fresh", now)
    signer = signatures.Signer(key_id="https://paper.example/u#main-key", private=fresh.private)
    before = keys.private_keys_parsed()
    for _ in range(5):
        signatures.sign("POST", "https://home.example/inbox", b"{}", signer=signer, now=now)
    assert keys.private_keys_parsed() == before + 1


def test_86_a_signer_does_not_show_its_key(pair: KeyPair) -> None:
    signer = signatures.Signer(key_id="https://paper.example/u#main-key", private=pair.private)
    assert "PRIVATE" not in repr(signer)
    assert "PRIVATE" not in repr(pair)
