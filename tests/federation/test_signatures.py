"""Whose word is believed: one case per way to cheat (security nos. 1 to 12, 20, 26, 29, 97)."""

import base64
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SignatureError
from bridge.federation import keys, signatures
from bridge.federation.signatures.cavage import parameters
from bridge.model import KeyPair, Request

HOSTS = ("paper.example",)
Sealed = Callable[..., Request]


def stamp(when: dt.datetime) -> str:
    return str(int(when.timestamp()))


GOOD: dict[str, dict[str, Any]] = {
    "plain": {},
    "hs2019": {"parameters": {"algorithm": "hs2019"}},
    "no algorithm": {"parameters": {"algorithm": None}},
    "algorithm in capitals": {"parameters": {"algorithm": "RSA-SHA256"}},
    "key document of its own": {"parameters": {"keyId": "https://home.example/users/mei/key"}},
    "content type covered": {"covered": "(request-target) host date digest content-type"},
    "other order": {"covered": "digest date (request-target) host"},
    "names in capitals": {"covered": "(request-target) Host Date Digest"},
    "two spaces": {"covered": "(request-target)  host date digest"},
    "digest name in small letters": {
        "values": {
            "Digest": "sha-256=" + base64.b64encode(hashlib.sha256(b"x").digest()).decode()
        },
        "body": b"x",
    },
    "a second digest of another kind": {
        "values": {
            "Digest": "SHA-512=AAAA, SHA-256="
            + base64.b64encode(hashlib.sha256(b"x").digest()).decode()
        },
        "body": b"x",
    },
    "host in capitals": {"values": {"Host": "Paper.Example"}},
    "host with the default port": {"values": {"Host": "paper.example:443"}},
    "query": {"path": "/ap/inbox?a=b"},
    "unknown parameter": {"parameters": {"scope": "x"}},
    "empty body": {"body": b""},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD.keys())
def test_29_honest_variants_are_believed(
    sealed: Sealed, pair: KeyPair, now: dt.datetime, changes: dict[str, Any]
) -> None:
    found = signatures.verify(sealed(**changes), pair.public, now=now, hosts=HOSTS)
    assert found.key_id.startswith("https://home.example/users/mei")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "1 unsigned": ({"header": ""}, "Signature header is missing"),
    "1 empty": ({"header": " "}, "cannot be read"),
    "1 garbage": ({"header": "keyId"}, "cannot be read"),
    "1 unfinished": ({"header": 'keyId="https://home.example/u'}, "cannot be read"),
    "1 trailing": ({"header": 'keyId="https://home.example/u" x'}, "cannot be read"),
    "1 no key id": ({"parameters": {"keyId": None}}, "lacks keyId"),
    "1 no signature": ({"parameters": {"signature": None}}, "lacks keyId or signature"),
    "1 empty signature": ({"parameters": {"signature": ""}}, "lacks"),
    "1 not base64": ({"parameters": {"signature": "!!!!"}}, "not base64"),
    "1 too long": ({"parameters": {"scope": "x" * 5000}}, "too long"),
    "2 target not covered": ({"covered": "host date digest"}, "cover enough"),
    "2 host not covered": ({"covered": "(request-target) date digest"}, "cover enough"),
    "2 date not covered": ({"covered": "(request-target) host digest"}, "cover enough"),
    "2 digest not covered": ({"covered": "(request-target) host date"}, "cover enough"),
    "2 nothing named": ({"parameters": {"headers": None}}, "cover enough"),
    "2 empty list": ({"parameters": {"headers": ""}}, "cover enough"),
    "3 no Digest": ({"spoil": {"Digest": None}}, "Digest header is missing"),
    "3 no Date": ({"spoil": {"Date": None}}, "Date header is missing"),
    "3 no Host": ({"spoil": {"Host": None}}, "Host header is missing"),
    "4 other body": ({"sent": b'{"type":"Delete"}'}, "does not match its digest"),
    "4 weak digest": ({"values": {"Digest": "MD5=AAAA"}}, "exactly one SHA-256"),
    "4 two SHA-256": ({"values": {"Digest": "SHA-256=AAAA,SHA-256=AAAA"}}, "exactly one"),
    "4 digest no base64": ({"values": {"Digest": "SHA-256=?"}}, "not base64"),
    "4 digest of nothing": ({"values": {"Digest": "SHA-256="}}, "does not match"),
    "4 digest unreadable": ({"values": {"Digest": "SHA-256"}}, "cannot be read"),
    "5 other host": ({"values": {"Host": "other.example"}}, "names another server"),
    "5 host with a user": ({"values": {"Host": "x@paper.example"}}, "names another server"),
    "5 other port": ({"values": {"Host": "paper.example:8443"}}, "names another server"),
    "5 X-Forwarded-Host does not help": (
        {
            "values": {"Host": "other.example"},
            "extra": (("X-Forwarded-Host", "paper.example"),),
        },
        "names another server",
    ),
    "6 date unreadable": ({"values": {"Date": "yesterday"}}, "not an HTTP date"),
    "6 date in another form": (
        {"values": {"Date": "2026-03-01T04:00:00Z"}},
        "not an HTTP date",
    ),
    "6 no such day": ({"values": {"Date": "Sun, 31 Feb 2026 04:00:00 GMT"}}, "names no day"),
    "7 created with rsa-sha256": (
        {
            "covered": "(request-target) host date digest (created)",
            "parameters": {"created": "1772337600"},
        },
        "does not go with",
    ),
    "7 created not given": (
        {
            "covered": "(request-target) host (created) digest",
            "parameters": {"algorithm": "hs2019"},
        },
        "not given",
    ),
    "8 HMAC": ({"parameters": {"algorithm": "hmac-sha256"}}, "not taken"),
    "8 RSA with SHA-1": ({"parameters": {"algorithm": "rsa-sha1"}}, "not taken"),
    "8 none": ({"parameters": {"algorithm": "none"}}, "not taken"),
    "8 Ed25519 label": ({"parameters": {"algorithm": "ed25519"}}, "does not go with the key"),
    "8 signed with SHA-1": ({"algorithm": hashes.SHA1()}, "does not match the key"),
    "10 Signature twice": ({"extra": (("signature", "x"),)}, "sent 2 times"),
    "10 Digest twice": ({"extra": (("digest", "SHA-256=AAAA"),)}, "sent 2 times"),
    "10 Date twice": ({"extra": (("DATE", "Sun, 01 Mar 2026 04:00:00 GMT"),)}, "sent 2 times"),
    "10 Host twice": ({"extra": (("host", "paper.example"),)}, "sent 2 times"),
    "10 parameter twice": (
        {"header": 'keyId="https://a.example/u",keyid="https://b.example/u"'},
        "doubled",
    ),
    "10 covered twice": ({"covered": "(request-target) host date digest host"}, "doubled"),
    "11 covered but absent": (
        {"covered": "(request-target) host date digest x-own"},
        "was not sent",
    ),
    "11 pseudo-header as header": (
        {
            "covered": "(request-target) host date digest (x-own)",
            "extra": (("(x-own)", "1"),),
        },
        "unknown name",
    ),
    "11 header named like a pseudo-header": (
        {
            "parameters": {"headers": "request-target host date digest"},
            "extra": (("request-target", "post /ap/inbox"),),
        },
        "cover enough",
    ),
    "11 line break in a header": (
        {
            "values": {"Date": "Sun, 01 Mar 2026 04:00:00 GMT", "X-A": "1\nx-b: 2"},
            "covered": "(request-target) host date digest x-a",
        },
        "line break",
    ),
    "12 data": ({"parameters": {"keyId": "data:application/json,x"}}, "keyId"),
    "12 file": ({"parameters": {"keyId": "file:///etc/passwd"}}, "keyId"),
    "12 relative": ({"parameters": {"keyId": "/users/mei#main-key"}}, "keyId"),
    "12 with a user": ({"parameters": {"keyId": "https://u:p@home.example/u"}}, "keyId"),
    "12 our own host": ({"parameters": {"keyId": "https://Paper.example./u"}}, "own host"),
    "26 both schemes": (
        {"extra": (("Signature-Input", 'sig1=("@method")'),)},
        "Signature header",
    ),
    "other method": ({"method": "PUT", "path": "/ap/inbox"}, ""),
}


@pytest.mark.parametrize(("changes", "reason"), BAD.values(), ids=BAD.keys())
def test_what_is_refused_and_why(
    sealed: Sealed, pair: KeyPair, now: dt.datetime, changes: dict[str, Any], reason: str
) -> None:
    request = sealed(**changes)
    if not reason:  # the signature is good for what was signed, not for what arrives
        request = dataclasses.replace(request, method="POST")
    with pytest.raises(SignatureError, match=reason or "does not match the key"):
        signatures.verify(request, pair.public, now=now, hosts=HOSTS)


NEEDS_THE_KEY = {"8 signed with SHA-1", "8 Ed25519 label", "other method"}


@pytest.mark.parametrize("name", sorted(BAD.keys() - NEEDS_THE_KEY))
def test_20_it_is_refused_before_any_key_is_read(
    sealed: Sealed, now: dt.datetime, name: str
) -> None:
    with pytest.raises(SignatureError):
        signatures.claims(sealed(**BAD[name][0]), now=now, hosts=HOSTS)


@pytest.mark.parametrize(
    ("minutes", "believed"),
    [(-1440, False), (-61, False), (-59, True), (-5, True), (5, True), (59, True), (61, False)],
)
@pytest.mark.parametrize("way", ["date", "created"])
def test_6_clocks_may_be_off_by_an_hour(
    sealed: Sealed, pair: KeyPair, now: dt.datetime, minutes: int, believed: bool, way: str
) -> None:
    if way == "date":
        request = sealed()
    else:
        request = sealed(
            covered="(request-target) host (created) digest",
            parameters={"algorithm": "hs2019", "created": stamp(now)},
        )
    later = now + dt.timedelta(minutes=minutes)
    if believed:
        signatures.verify(request, pair.public, now=later, hosts=HOSTS)
    else:
        with pytest.raises(SignatureError, match="outside the window"):
            signatures.verify(request, pair.public, now=later, hosts=HOSTS)


@pytest.mark.parametrize(
    ("created", "expires", "reason"),
    [
        ("0", "300", None),
        ("0", "2592000", None),
        ("-7200", "2592000", "outside the window"),  # a far expires stretches nothing
        ("0", "-1", "expired"),
        ("7200", "9000", "outside the window"),
        ("x", "300", "no time"),
        ("99999999999999999999", "300", "no time"),
    ],
)
def test_7_created_and_expires(
    sealed: Sealed,
    pair: KeyPair,
    now: dt.datetime,
    created: str,
    expires: str,
    reason: str | None,
) -> None:
    def absolute(text: str) -> str:
        return stamp(now + dt.timedelta(seconds=int(text))) if len(text) < 10 else text

    request = sealed(
        covered="(request-target) host digest (created) (expires)",
        parameters={
            "algorithm": "hs2019",
            "created": '"x"' if created == "x" else absolute(created),
            "expires": absolute(expires),
        },
    )
    if reason is None:
        signatures.verify(request, pair.public, now=now, hosts=HOSTS)
    else:
        with pytest.raises(SignatureError, match=reason):
            signatures.verify(request, pair.public, now=now, hosts=HOSTS)


def test_7_an_expiry_that_is_not_signed_still_counts(sealed: Sealed, now: dt.datetime) -> None:
    request = sealed(parameters={"expires": stamp(now - dt.timedelta(seconds=1))})
    with pytest.raises(SignatureError, match="expired"):
        signatures.claims(request, now=now, hosts=HOSTS)


def test_14_another_key_is_refused(
    sealed: Sealed, other_pair: KeyPair, now: dt.datetime
) -> None:
    with pytest.raises(SignatureError, match="does not match the key"):
        signatures.verify(sealed(), other_pair.public, now=now, hosts=HOSTS)


SPOILT = {
    "path": {"path": "/ap/actors/other/inbox"},
    "query": {"path": "/ap/inbox?x"},
    "method": {"method": "PUT"},
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT.keys())
def test_a_signature_holds_for_one_request_only(
    sealed: Sealed, pair: KeyPair, now: dt.datetime, change: dict[str, Any]
) -> None:
    with pytest.raises(SignatureError, match="does not match the key"):
        signatures.verify(
            dataclasses.replace(sealed(), **change), pair.public, now=now, hosts=HOSTS
        )


def _public(key: Any, form: Any = serialization.PublicFormat.SubjectPublicKeyInfo) -> str:
    pem: bytes = key.public_key().public_bytes(serialization.Encoding.PEM, form)
    return pem.decode()


UNFIT = {
    "9 RSA 1024": lambda: _public(rsa.generate_private_key(65537, 1024)),
    "8 elliptic curve": lambda: _public(ec.generate_private_key(ec.SECP256R1())),
    "1 garbage": lambda: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "1 empty": lambda: "",
    "1 text": lambda: "ключ",
}


@pytest.mark.parametrize("key", UNFIT.values(), ids=UNFIT.keys())
def test_keys_that_are_not_taken(
    sealed: Sealed, now: dt.datetime, key: Callable[[], str]
) -> None:
    with pytest.raises(SignatureError, match="public key"):
        signatures.verify(sealed(), key(), now=now, hosts=HOSTS)


def test_29_keys_in_the_older_form_are_taken(
    sealed: Sealed, pair: KeyPair, now: dt.datetime
) -> None:
    private: Any = serialization.load_pem_private_key(pair.private.encode(), None)
    older = _public(private, serialization.PublicFormat.PKCS1)
    assert older.startswith("-----BEGIN RSA PUBLIC KEY-----")
    signatures.verify(sealed(), older, now=now, hosts=HOSTS)


@pytest.mark.parametrize(
    ("algorithm", "reason"),
    [("hs2019", None), (None, None), ("ed25519", None), ("rsa-sha256", "does not go with")],
)
def test_8_an_ed25519_key_is_checked_as_one_whatever_the_label(
    now: dt.datetime, algorithm: str | None, reason: str | None
) -> None:
    made = keys.generate_ed25519("somebody", now)
    signer = signatures.Signer(key_id="https://home.example/u#k", private=made.private)
    headers = dict(
        signatures.sign("POST", "https://paper.example/ap/inbox", b"{}", signer=signer, now=now)
    )
    label = f'algorithm="{algorithm}",' if algorithm else ""
    headers["Signature"] = headers["Signature"].replace('algorithm="hs2019",', label)
    request = Request(
        method="POST", path="/ap/inbox", headers=tuple(headers.items()), body=b"{}"
    )
    if reason is None:
        signatures.verify(request, made.public, now=now, hosts=HOSTS)
    else:
        with pytest.raises(SignatureError, match=reason):
            signatures.verify(request, made.public, now=now, hosts=HOSTS)


@given(st.text(max_size=80))
def test_59_any_signature_header_is_read_or_refused(header: str) -> None:
    try:
        found = parameters(header)
    except SignatureError:
        return
    assert found


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Host", "Date", "Digest", "Signature", "x"]),
            st.text(max_size=30),
        ),
        max_size=6,
    ),
    st.binary(max_size=20),
)
def test_59_any_request_is_believed_or_refused(
    headers: list[tuple[str, str]], body: bytes
) -> None:
    request = Request(method="POST", path="/ap/inbox", headers=tuple(headers), body=body)
    now = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
    with pytest.raises(SignatureError):
        signatures.claims(request, now=now, hosts=HOSTS)
