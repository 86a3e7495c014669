"""The keys we make, and the two forms in which keys are written."""

import datetime as dt
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SignatureError
from bridge.federation import keys
from bridge.model import KeyPair


def test_9_a_made_key_is_rsa_2048_in_the_common_forms(now: dt.datetime) -> None:
    pair = keys.generate("tidewater_local", now)
    private: Any = serialization.load_pem_private_key(pair.private.encode(), None)
    assert (pair.actor, pair.name, pair.kind) == ("tidewater_local", "main-key", "rsa")
    assert (pair.created, pair.retires, private.key_size) == (now, None, 2048)
    assert pair.private.startswith("-----BEGIN PRIVATE KEY-----")
    assert pair.public.startswith("-----BEGIN PUBLIC KEY-----")
    public: Any = keys.public_key(pair.public)
    assert public.public_numbers() == private.public_key().public_numbers()


def test_no_two_keys_are_alike(now: dt.datetime) -> None:
    assert keys.generate("a", now).public != keys.generate("a", now).public
    assert keys.generate_ed25519("a", now).public != keys.generate_ed25519("a", now).public


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_signature_fits_its_key_and_its_text_only(
    kind: str, pair: KeyPair, now: dt.datetime
) -> None:
    made = pair if kind == "rsa" else keys.generate_ed25519("x", now)
    signer = keys.Signer(key_id="x", private=made.private)
    public = keys.public_key(made.public)
    signature = signer.sign(b"text")
    assert (signer.kind, keys.kind_of(public)) == (kind, kind)
    assert keys.fits(public, signature, b"text")
    assert not keys.fits(public, signature, b"texts")
    other = keys.generate_ed25519("y", now)
    assert not keys.fits(keys.public_key(other.public), signature, b"text")


def test_names_of_keys_are_never_given_twice() -> None:
    assert [keys.name("rsa", number) for number in range(3)] == [
        "main-key",
        "main-key-2",
        "main-key-3",
    ]
    assert keys.name("ed25519", 1) == "ed25519-key-2"


def test_a_multikey_as_the_standard_has_it() -> None:
    """The Ed25519 example of the W3C's "Controlled Identifiers", Multikey."""
    text = "z6MkmM42vxfqZQsv4ehtTjFFxQ4sQKS2w6WR7emozFAn5cxu"
    pem = keys.from_multikey(text)
    assert keys.kind_of(keys.public_key(pem)) == "ed25519"
    assert keys.multikey(pem) == text


def test_both_kinds_of_keys_come_back_from_a_multikey(pair: KeyPair, now: dt.datetime) -> None:
    for made in (pair, keys.generate_ed25519("x", now)):
        assert keys.from_multikey(keys.multikey(made.public)) == made.public
    assert keys.multikey(pair.public).startswith("z4MX"), "as every RSA key of 2048 bits does"


def _small() -> str:
    key = rsa.generate_private_key(65537, 1024).public_key()
    form = serialization.PublicFormat.PKCS1
    data = key.public_bytes(serialization.Encoding.DER, form)
    return f"z{keys._to_base58(keys.MULTICODEC['rsa'] + data)}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "base58"),
        ("u7QEB", "base58"),
        ("z0OIl", "base58"),
        ("z" + "1" * 3000, "base58"),
        ("z", "neither RSA nor Ed25519"),
        ("z6Mk", "cannot be read|neither"),
        ("zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "neither RSA nor Ed25519"),
        (_small(), "unfit size"),
        (f"z{keys._to_base58(keys.MULTICODEC['rsa'] + b'junk')}", "cannot be read"),
    ],
)
def test_what_is_no_multikey_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        keys.from_multikey(text)


@given(st.binary(max_size=60))
def test_base58_gives_back_what_it_got(data: bytes) -> None:
    assert keys._from_base58(keys._to_base58(data)) == data


def test_8_other_curves_are_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(SignatureError, match="neither RSA nor Ed25519"):
        keys.public_key(pem.decode())
