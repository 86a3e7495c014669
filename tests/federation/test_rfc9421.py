"""RFC 9421: whose word is believed (security nos. 1 to 12, 20, 25, 26, 29)."""

import base64
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SignatureError
from bridge.federation import signatures
from bridge.federation.signatures import fields
from bridge.model import KeyPair, Request

HOSTS = ("paper.example",)
KEY_ID = "https://home.example/users/mei#main-key"
BODY = b'{"type":"Follow"}'
COVERED = '"@method" "@target-uri" "content-digest"'


def digest(body: bytes, name: str = "sha-256") -> str:
    made = hashlib.new(name.replace("-", ""), body).digest()
    return f"{name}=:{base64.b64encode(made).decode()}:"


@lru_cache
def loaded(pem: str) -> Any:
    return serialization.load_pem_private_key(pem.encode(), None)


Sealed = Callable[..., Request]


@pytest.fixture
def sealed9421(pair: KeyPair, now: dt.datetime) -> Sealed:
    """Sign a request by hand, word by word as the RFC has it.

    `values` replaces what is signed for a component, `sent` and `spoil` body and headers after
    signing, `given` the whole Signature-Input and `made` the Signature.
    """

    def seal(
        *,
        covered: str = COVERED,
        parameters: str | None = None,
        values: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        spoil: dict[str, str | None] | None = None,
        extra: tuple[tuple[str, str], ...] = (),
        sent: bytes | None = None,
        given: str | None = None,
        made: str | None = None,
        path: str = "/ap/inbox",
        method: str = "POST",
        body: bytes = BODY,
    ) -> Request:
        created = int(now.timestamp())
        told = f';created={created};keyid="{KEY_ID}"' if parameters is None else parameters
        base = {"Host": "paper.example", "Content-Type": "application/activity+json"}
        own = base | {"Content-Digest": digest(body)} | (headers or {})
        known = {name.lower(): value for name, value in own.items()} | {
            "@method": method,
            "@target-uri": f"https://paper.example{path}",
            "@authority": "paper.example",
            "@scheme": "https",
            "@request-target": path,
            "@path": path.partition("?")[0],
            "@query": "?" + path.partition("?")[2],
        }
        known |= values or {}
        names = [name.strip('"') for name in covered.split()]
        lines = [f'"{name}": {known.get(name, "")}' for name in names]
        lines.append(f'"@signature-params": ({covered}){told}')
        signature = loaded(pair.private).sign(
            "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        own["Signature-Input"] = given or f"sig1=({covered}){told}"
        own["Signature"] = made or f"sig1=:{base64.b64encode(signature).decode()}:"
        kept: dict[str, str | None] = {**own, **(spoil or {})}
        return Request(
            method=method,
            path=path,
            headers=(*((k, v) for k, v in kept.items() if v is not None), *extra),
            body=body if sent is None else sent,
        )

    return seal


def believe(request: Request, pair: KeyPair, now: dt.datetime) -> signatures.Claims:
    return signatures.verify(request, pair.public, now=now, hosts=HOSTS)


STAMP = int(dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC).timestamp())
PLAIN = f';created={STAMP};keyid="{KEY_ID}"'

GOOD: dict[str, dict[str, Any]] = {
    "plain": {},
    "alg": {"parameters": f'{PLAIN};alg="rsa-v1_5-sha256"'},
    "nonce and tag": {"parameters": f'{PLAIN};nonce="a\\"b";tag="x"'},
    "expires": {"parameters": f"{PLAIN};expires={STAMP + 300}"},
    "a far expires": {"parameters": f"{PLAIN};expires={STAMP + 9_000_000}"},
    "authority and path": {"covered": '"@method" "@authority" "@path" "content-digest"'},
    "authority and request target": {
        "covered": '"@method" "@authority" "@request-target" "content-digest"',
        "path": "/ap/inbox?a=b",
    },
    "authority, path and query": {
        "covered": '"@method" "@authority" "@path" "@query" "content-digest"',
        "path": "/ap/inbox?a=b",
    },
    "an empty query": {
        "covered": '"@method" "@authority" "@path" "@query" "content-digest" "@scheme"'
    },
    "as Fedify has it": {
        "covered": '"@method" "@target-uri" "@authority" "host" "date" "content-digest"',
        "headers": {"Date": "Sun, 01 Mar 2026 04:00:00 GMT"},
    },
    "SHA-512": {"headers": {"Content-Digest": digest(BODY, "sha-512")}},
    "two digests": {
        "headers": {"Content-Digest": f"{digest(BODY)}, {digest(BODY, 'sha-512')}"}
    },
    "a digest of an unknown kind beside it": {
        "headers": {"Content-Digest": f"{digest(BODY)}, md5=:AAAA:"}
    },
    "another label": {
        "given": f"Ab=({COVERED}){PLAIN}".replace("Ab", "a.b_*-"),
        "relabel": "a.b_*-",
    },
    "query": {"path": "/ap/inbox?a=b"},
    "host with the default port": {"spoil": {"Host": "PAPER.example:443"}},
    "a GET without a body": {
        "method": "GET",
        "body": b"",
        "covered": '"@method" "@target-uri"',
        "path": "/ap/o/x",
    },
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD.keys())
def test_29_honest_variants_are_believed(
    sealed9421: Sealed, pair: KeyPair, now: dt.datetime, changes: dict[str, Any]
) -> None:
    wanted = dict(changes)
    label = wanted.pop("relabel", None)
    request = sealed9421(**wanted)
    if label:
        headers = tuple(
            (k, v.replace("sig1=", f"{label}=") if k == "Signature" else v)
            for k, v in request.headers
        )
        request = dataclasses.replace(request, headers=headers)
    assert believe(request, pair, now).key_id == KEY_ID


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "1 no Signature": ({"spoil": {"Signature": None}}, "Signature header is missing"),
    "1 garbage": ({"given": "sig1=garbage"}, "cannot be read"),
    "1 unfinished": ({"given": 'sig1=("@method"'}, "cannot be read"),
    "1 nothing": ({"given": "sig1"}, "cannot be read"),
    "1 not base64": ({"made": "sig1=:!!:"}, "cannot be read"),
    "1 bad padding": ({"made": "sig1=:AAA:"}, "cannot be read"),
    "1 a cavage signature": ({"made": 'keyId="https://home.example/u"'}, "cannot be read"),
    "1 too long": ({"parameters": f'{PLAIN};tag="{"x" * 9000}"'}, "too long"),
    "1 too many members": ({"made": ", ".join(f"s{n}=:AA==:" for n in range(40))}, "too long"),
    "2 no method": ({"covered": '"@target-uri" "content-digest"'}, "cover enough"),
    "2 no target": ({"covered": '"@method" "content-digest"'}, "cover enough"),
    "2 a path alone": ({"covered": '"@method" "@path" "content-digest"'}, "cover enough"),
    "2 an authority alone": (
        {"covered": '"@method" "@authority" "content-digest"'},
        "cover enough",
    ),
    "2 no query": (
        {"covered": '"@method" "@authority" "@path" "content-digest"', "path": "/ap/inbox?a=b"},
        "cover enough",
    ),
    "2 no digest": ({"covered": '"@method" "@target-uri"'}, "cover enough"),
    "25 nothing covered": ({"covered": ""}, "cover enough"),
    "25 covered twice": ({"covered": f'{COVERED} "@method"'}, "doubled"),
    "25 unknown component": ({"covered": f'{COVERED} "@status"'}, "unknown component"),
    "25 a component with a parameter": (
        {"given": f'sig1=("@method" "@target-uri" "content-digest";sf){PLAIN}'},
        "cannot be read",
    ),
    "25 a component in capitals": (
        {"covered": f'{COVERED} "Content-Type"', "values": {"Content-Type": "x"}},
        "was not sent",
    ),
    "25 no created": ({"parameters": f';keyid="{KEY_ID}"'}, "when it was created"),
    "25 created as text": ({"parameters": f';created="1";keyid="{KEY_ID}"'}, "when it was"),
    "25 created as a decimal": ({"parameters": ';created=1.5;keyid="x"'}, "cannot be read"),
    "25 no keyid": ({"parameters": f";created={STAMP}"}, "lacks its keyid"),
    "25 keyid as a number": ({"parameters": f";created={STAMP};keyid=1"}, "lacks its keyid"),
    "25 a parameter twice": ({"parameters": f"{PLAIN};created={STAMP}"}, "doubled"),
    "25 labels do not match": ({"made": "sig2=:AAAA:"}, "exactly one signature"),
    "26 two signatures": (
        {
            "given": f"sig1=({COVERED}){PLAIN}, sig2=({COVERED}){PLAIN}",
            "made": "sig1=:AAAA:, sig2=:AAAA:",
        },
        "exactly one signature",
    ),
    "26 one label twice": (
        {"given": f"sig1=({COVERED}){PLAIN}, sig1=({COVERED}){PLAIN}"},
        "twice",
    ),
    "3 no digest sent": ({"spoil": {"Content-Digest": None}}, "Content-Digest header is"),
    "3 no host": ({"spoil": {"Host": None}}, "Host header is missing"),
    "4 other body": ({"sent": b"{}"}, "does not match its digest"),
    "4 weak digest only": ({"headers": {"Content-Digest": "md5=:AAAA:"}}, "needs a SHA-256"),
    "4 one of two digests is wrong": (
        {"headers": {"Content-Digest": f"{digest(BODY)}, {digest(b'x', 'sha-512')}"}},
        "does not match its digest",
    ),
    "4 a digest twice": (
        {"headers": {"Content-Digest": f"{digest(BODY)}, {digest(BODY)}"}},
        "twice",
    ),
    "4 an old digest": (
        {"headers": {"Content-Digest": "SHA-256=AAAA"}},
        "cannot be read",
    ),
    "5 other host": ({"headers": {"Host": "other.example"}}, "names another server"),
    "6 date outside the window": (
        {
            "covered": f'{COVERED} "date"',
            "headers": {"Date": "Sat, 28 Feb 2026 02:00:00 GMT"},
        },
        "outside the window",
    ),
    "7 expired": ({"parameters": f"{PLAIN};expires={STAMP - 1}"}, "expired"),
    "7 expires as text": ({"parameters": f'{PLAIN};expires="9"'}, "expired"),
    "7 no such time": (
        {"parameters": f';created=999999999999999;keyid="{KEY_ID}"'},
        "no time",
    ),
    "8 HMAC": ({"parameters": f'{PLAIN};alg="hmac-sha256"'}, "not taken"),
    "8 PSS": ({"parameters": f'{PLAIN};alg="rsa-pss-sha512"'}, "not taken"),
    "8 alg as a number": ({"parameters": f"{PLAIN};alg=1"}, "not taken"),
    "8 another kind of key": ({"parameters": f'{PLAIN};alg="ed25519"'}, "go with the key"),
    "10 Signature twice": ({"extra": (("signature", "sig1=:AAAA:"),)}, "sent 2 times"),
    "10 Signature-Input twice": ({"extra": (("signature-input", "s=()"),)}, "sent 2 times"),
    "10 Content-Digest twice": ({"extra": (("content-digest", "x=:AA==:"),)}, "sent 2 times"),
    "10 Host twice": ({"extra": (("host", "paper.example"),)}, "sent 2 times"),
    "11 covered but absent": ({"covered": f'{COVERED} "x-own"'}, "was not sent"),
    "11 line break in a header": (
        {"covered": f'{COVERED} "x-own"', "headers": {"X-Own": "1\n2"}},
        "line break",
    ),
    "12 our own host": (
        {"parameters": f';created={STAMP};keyid="https://paper.example/u"'},
        "own host",
    ),
    "12 data": ({"parameters": f';created={STAMP};keyid="data:x"'}, "keyId"),
    "signed for another target": (
        {"values": {"@target-uri": "https://paper.example/ap/other"}},
        "does not match the key",
    ),
    "signed for plain http": (
        {"values": {"@target-uri": "http://paper.example/ap/inbox"}},
        "does not match the key",
    ),
}
NEEDS_THE_KEY = {"8 another kind of key", "signed for another target", "signed for plain http"}


@pytest.mark.parametrize(("changes", "reason"), BAD.values(), ids=BAD.keys())
def test_what_is_refused_and_why(
    sealed9421: Sealed, pair: KeyPair, now: dt.datetime, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SignatureError, match=reason):
        believe(sealed9421(**changes), pair, now)


@pytest.mark.parametrize("name", sorted(BAD.keys() - NEEDS_THE_KEY))
def test_20_it_is_refused_before_any_key_is_read(
    sealed9421: Sealed, now: dt.datetime, name: str
) -> None:
    with pytest.raises(SignatureError):
        signatures.claims(sealed9421(**BAD[name][0]), now=now, hosts=HOSTS)


@pytest.mark.parametrize(("minutes", "believed"), [(-61, False), (-59, True), (61, False)])
def test_6_clocks_may_be_off_by_an_hour(
    sealed9421: Sealed, pair: KeyPair, now: dt.datetime, minutes: int, believed: bool
) -> None:
    later = now + dt.timedelta(minutes=minutes)
    if believed:
        believe(sealed9421(), pair, later)
    else:
        with pytest.raises(SignatureError, match="outside the window"):
            believe(sealed9421(), pair, later)


def test_behind_plain_http_the_target_is_plain_http_too(
    sealed9421: Sealed, pair: KeyPair, now: dt.datetime
) -> None:
    request = sealed9421(values={"@target-uri": "http://paper.example/ap/inbox"})
    signatures.verify(request, pair.public, now=now, hosts=HOSTS, url_scheme="http")


@pytest.mark.parametrize(
    "change", [{"path": "/ap/other"}, {"path": "/ap/inbox?x"}, {"method": "PUT"}]
)
def test_a_signature_holds_for_one_request_only(
    sealed9421: Sealed, pair: KeyPair, now: dt.datetime, change: dict[str, Any]
) -> None:
    with pytest.raises(SignatureError, match="does not match the key"):
        believe(dataclasses.replace(sealed9421(), **change), pair, now)


@given(st.binary(max_size=200), st.sampled_from(["/", "/inbox", "/a%20b?c=d&e", "/%E6%8A%A5"]))
def test_what_we_sign_we_believe(pair: KeyPair, body: bytes, path: str) -> None:
    now = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)
    signer = signatures.Signer(key_id=KEY_ID, private=pair.private)
    headers = signatures.sign(
        "POST", f"https://paper.example{path}", body, signer=signer, now=now, scheme="rfc9421"
    )
    request = Request(method="POST", path=path, headers=headers, body=body)
    assert believe(request, pair, now).algorithm == "rsa-v1_5-sha256"


@given(st.text(max_size=80))
def test_59_any_field_is_read_or_refused(header: str) -> None:
    for read in (fields.read_inputs, fields.read_bytes):
        try:
            found = read(header, "Own")
        except SignatureError:
            continue
        assert found


@given(
    st.dictionaries(
        st.from_regex(r"[a-z*][a-z0-9_.*-]{0,8}", fullmatch=True),
        st.integers(-(10**15) + 1, 10**15 - 1)
        | st.text(
            st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=20
        ),
        max_size=4,
    ),
    st.lists(st.from_regex(r"[a-z@-]{1,10}", fullmatch=True), max_size=4),
)
def test_what_is_written_reads_back(
    parameters: dict[str, str | int], components: list[str]
) -> None:
    made = fields.Input(components=tuple(components), parameters=parameters)
    assert fields.read_inputs(f"sig1={made}", "Own") == {"sig1": made}


def test_9_a_small_key_is_refused(sealed9421: Sealed, now: dt.datetime) -> None:
    small = rsa.generate_private_key(65537, 1024).public_key()
    pem = small.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(SignatureError, match="unfit size"):
        signatures.verify(sealed9421(), pem.decode(), now=now, hosts=HOSTS)
