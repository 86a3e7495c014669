"""Keys: made, parsed once, and written as PEM or as Multikey.

RSA is what every server reads; the Ed25519 key stands beside it for those that know FEP-521a
(https://w3id.org/fep/521a). Parsing a private RSA key costs sixty signatures, hence the caches.
"""

import datetime as dt
import threading
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from bridge.errors import SignatureError
from bridge.model import KeyKind, KeyPair

BITS = 2048
"""What every server of the fediverse verifies; smaller keys are refused (security no. 9)."""
MOST_BITS = 8192
"""A larger key only serves to burn our time."""

MULTICODEC: dict[KeyKind, bytes] = {"rsa": b"\x85\x24", "ed25519": b"\xed\x01"}
"""What stands before the bytes of a public key in a Multikey, by its kind."""
LONGEST_MULTIKEY = 2048

NAMES: dict[KeyKind, str] = {"rsa": "main-key", "ed25519": "ed25519-key"}
"""The fragment of the first key's id; a later one has a number behind it."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_parsing = threading.Lock()

PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey
PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: the id of the key, and the key itself as PEM."""

    key_id: str
    private: str

    def __repr__(self) -> str:
        """Hide the key from logs and tracebacks (security no. 86)."""
        return f"Signer(key_id={self.key_id!r})"

    @property
    def kind(self) -> KeyKind:
        """Return the kind of the key."""
        return kind_of(private_key(self.private))

    def sign(self, text: bytes) -> bytes:
        """Return the signature of some bytes."""
        key = private_key(self.private)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return key.sign(text)


def generate(actor: str, now: dt.datetime) -> KeyPair:
    """Make the RSA key of one of our actors, given by name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return _pair(actor, "rsa", key, now)


def generate_ed25519(actor: str, now: dt.datetime) -> KeyPair:
    """Make the Ed25519 key of one of our actors, given by name."""
    return _pair(actor, "ed25519", ed25519.Ed25519PrivateKey.generate(), now)


def name(kind: KeyKind, number: int) -> str:
    """Return the name of the key that an actor gets after so many others of its kind."""
    return NAMES[kind] if number == 0 else f"{NAMES[kind]}-{number + 1}"


def private_key(pem: str) -> PrivateKey:
    """Return one of our keys ready to sign with; parsed once per process."""
    with _parsing:
        return _private_key(pem)


def private_keys_parsed() -> int:
    """Return how many private keys this process has parsed."""
    return _private_key.cache_info().misses


@lru_cache(maxsize=1024)
def _private_key(pem: str) -> PrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, PrivateKey):
        raise SignatureError("the private key is neither RSA nor Ed25519")
    return key


@lru_cache(maxsize=4096)
def public_key(pem: str) -> PublicKey:
    """Return another server's key, as SPKI or PKCS#1 PEM.

    Raises SignatureError when it is neither RSA of a size that can be trusted nor Ed25519.
    """
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("the public key cannot be read") from error
    return _fit(key)


def kind_of(key: PublicKey | PrivateKey) -> KeyKind:
    """Return the kind of a key."""
    return "rsa" if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey) else "ed25519"


def fits(key: PublicKey, signature: bytes, text: bytes) -> bool:
    """Say whether a signature was made over some bytes with a key's other half."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def multikey(pem: str) -> str:
    """Return a public key (PEM) as a `publicKeyMultibase` has it: base58 after a `z`."""
    key = public_key(pem)
    if isinstance(key, rsa.RSAPublicKey):
        data = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    else:
        data = key.public_bytes_raw()
    return f"z{_to_base58(MULTICODEC[kind_of(key)] + data)}"


def from_multikey(text: str) -> str:
    """Return the PEM of a `publicKeyMultibase`; SignatureError for what is not taken."""
    if not text.startswith("z") or len(text) > LONGEST_MULTIKEY:
        raise SignatureError("the public key is no Multikey in base58")
    data = _from_base58(text[1:])
    try:
        if data.startswith(MULTICODEC["ed25519"]):
            return _pem(ed25519.Ed25519PublicKey.from_public_bytes(data[2:]))
        if data.startswith(MULTICODEC["rsa"]):
            return _pem(_fit(serialization.load_der_public_key(data[2:])))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("the public key cannot be read") from error
    raise SignatureError("the Multikey is neither RSA nor Ed25519")


def _pair(actor: str, kind: KeyKind, key: PrivateKey, now: dt.datetime) -> KeyPair:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return KeyPair(
        actor=actor,
        name=NAMES[kind],
        kind=kind,
        private=private.decode(),
        public=_pem(key.public_key()),
        created=now,
    )


def _fit(key: object) -> PublicKey:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if not isinstance(key, rsa.RSAPublicKey):
        raise SignatureError("the public key is neither RSA nor Ed25519")
    if not BITS <= key.key_size <= MOST_BITS:
        raise SignatureError(
            "the public key has an unfit size", why=f"{key.key_size} bits, not {BITS} or more"
        )
    return key


def _pem(key: PublicKey) -> str:
    pem: bytes = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


def _to_base58(data: bytes) -> str:
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return _BASE58[0] * zeros + digits


def _from_base58(text: str) -> bytes:
    number = 0
    for character in text:
        digit = _BASE58.find(character)
        if digit < 0:
            raise SignatureError("the Multikey is not base58")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(_BASE58[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
