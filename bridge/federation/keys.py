"""RSA keys: made, and parsed once, since parsing a private one costs sixty signatures."""

import datetime as dt
import threading
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bridge.errors import SignatureError
from bridge.model import KeyPair

BITS = 2048
"""What every server of the fediverse verifies; smaller keys are refused (security no. 9)."""
MOST_BITS = 8192
"""A larger key only serves to burn our time."""

_parsing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: the id of the key, and the key itself as PEM."""

    key_id: str
    private: str

    def __repr__(self) -> str:
        """Hide the key from logs and tracebacks (security no. 86)."""
        return f"Signer(key_id={self.key_id!r})"


def generate(actor: str, now: dt.datetime) -> KeyPair:
    """Make the key of one of our actors, given by name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(actor=actor, private=private.decode(), public=public.decode(), created=now)


def private_key(pem: str) -> rsa.RSAPrivateKey:
    """Return one of our keys ready to sign with; parsed once per process."""
    with _parsing:
        return _private_key(pem)


def private_keys_parsed() -> int:
    """Return how many private keys this process has parsed."""
    return _private_key.cache_info().misses


@lru_cache(maxsize=1024)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SignatureError("the private key is not RSA")
    return key


@lru_cache(maxsize=4096)
def public_key(pem: str) -> rsa.RSAPublicKey:
    """Return another server's key, as SPKI or PKCS#1 PEM.

    Raises SignatureError when it is not RSA or not of a size that can be trusted.
    """
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("the public key cannot be read") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignatureError("the public key is not RSA")
    if not BITS <= key.key_size <= MOST_BITS:
        raise SignatureError(
            "the public key has an unfit size", why=f"{key.key_size} bits, not {BITS} or more"
        )
    return key
