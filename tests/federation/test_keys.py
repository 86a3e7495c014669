"""The keys we make."""

import datetime as dt
from typing import Any

from cryptography.hazmat.primitives import serialization

from bridge.federation import keys


def test_9_a_made_key_is_rsa_2048_in_the_common_forms(now: dt.datetime) -> None:
    pair = keys.generate("tidewater_local", now)
    private: Any = serialization.load_pem_private_key(pair.private.encode(), None)
    assert (pair.actor, pair.created, private.key_size) == ("tidewater_local", now, 2048)
    assert pair.private.startswith("-----BEGIN PRIVATE KEY-----")
    assert pair.public.startswith("-----BEGIN PUBLIC KEY-----")
    assert (
        keys.public_key(pair.public).public_numbers() == private.public_key().public_numbers()
    )


def test_no_two_keys_are_alike(now: dt.datetime) -> None:
    assert keys.generate("a", now).public != keys.generate("a", now).public
