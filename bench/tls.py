"""The second half of target 2: the first contact with a server over HTTPS.

The sink closes each connection after its answer, so every delivery pays for a handshake. The
certificates trusted are the ordinary bundle and the sink's own: a default Session reads all of
them for each connection.
"""

import datetime as dt
import ipaddress
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import requests.utils
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench import house
from bench.delivery import THREADS, sink
from bench.harness import Plan, Row, at_least, at_most, compare, start
from bridge.model.social import SHARDS


def first_contact(plan: Plan) -> Iterator[Row]:
    """Yield our cost beside urllib3 with one shared context, and beside a default Session."""
    count = plan.count(192, 64)
    own, bundle = plan.folder / "own.pem", plan.folder / "bundle.pem"
    chain = _certificate()
    own.write_bytes(chain)
    ordinary = Path(requests.utils.DEFAULT_CA_BUNDLE_PATH).read_bytes()
    bundle.write_bytes(ordinary + b"\n" + chain[chain.index(b"-----BEGIN CERTIFICATE") :])
    with ExitStack() as stack:
        hosts = sink(stack, SHARDS, own)
        ours = start(stack, "delivery", plan.folder / "tls", hosts, str(own))
        bare = start(stack, "baselines.post", hosts, THREADS, str(bundle))
        shared, default = compare(
            plan,
            ours.cost("post", count=count),
            bare.cost("urllib3", count=count),
            bare.cost("default_session", count=plan.count(64, 16)),
        )
    yield shared.costs(2, "HTTPS first contact", at_most(1.2), "urllib3, shared context")
    yield default.speed(2, "HTTPS first contact", at_least(8), "default Session")


def _certificate() -> bytes:
    """Return a key and a certificate that signs itself, for every address of the sink."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink.example")])
    addresses = [
        ipaddress.ip_address(f"127.0.{n // 250 + 1}.{n % 250 + 1}") for n in range(250)
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(house.NOW - dt.timedelta(days=3650))
        .not_valid_after(house.NOW + dt.timedelta(days=3650))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(address) for address in addresses]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
