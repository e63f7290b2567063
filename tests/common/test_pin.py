"""PINs: a verifier answers to one PIN, one salt, one cost and one till's key, and to nothing else."""

import base64
import hashlib
import hmac

import pytest
from argon2.low_level import Type, verify_secret
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common.pin import PIN_KEY_BYTES, SALT_BYTES, PinCost, hash_pin, is_pin, matches, verifier

CHEAP = PinCost(time_cost=1, memory_kib=8, parallelism=1)
SALT = bytes(range(SALT_BYTES))
KEY = bytes(range(PIN_KEY_BYTES))

pins = st.from_regex(r"[0-9]{4,6}", fullmatch=True)
salts = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)
pin_keys = st.binary(min_size=PIN_KEY_BYTES, max_size=PIN_KEY_BYTES)


def _matches(pin: str, expected: bytes, salt: bytes = SALT, cost: PinCost = CHEAP, pin_key: bytes = KEY) -> bool:
    return matches(pin, salt=salt, cost=cost, pin_key=pin_key, expected=expected)


@settings(max_examples=50)
@given(pin=pins, salt=salts, pin_key=pin_keys)
def test_the_right_pin_matches(pin: str, salt: bytes, pin_key: bytes) -> None:
    assert _matches(pin, verifier(pin_key, hash_pin(pin, salt, CHEAP)), salt, pin_key=pin_key)


@settings(max_examples=50)
@given(pin=pins, other=pins)
def test_another_pin_never_matches(pin: str, other: str) -> None:
    assume(pin != other)
    assert not _matches(other, verifier(KEY, hash_pin(pin, SALT, CHEAP)))


@settings(max_examples=50)
@given(pin=pins, pin_key=pin_keys, other=pin_keys)
def test_another_tills_key_never_matches(pin: str, pin_key: bytes, other: bytes) -> None:
    assume(pin_key != other)
    assert not _matches(pin, verifier(pin_key, hash_pin(pin, SALT, CHEAP)), pin_key=other)


def test_another_salt_or_cost_never_matches() -> None:
    expected = verifier(KEY, hash_pin("4821", SALT, CHEAP))
    assert _matches("4821", expected)
    assert not _matches("4821", expected, salt=bytes(SALT_BYTES))
    for cost in (PinCost(2, 8, 1), PinCost(1, 16, 1), PinCost(1, 16, 2)):
        assert not _matches("4821", expected, cost=cost)


@pytest.mark.parametrize("expected", [b"", bytes(32), KEY])
def test_no_other_octets_match(expected: bytes) -> None:
    assert not _matches("4821", expected)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("482", False),
        ("4821", True),
        ("48213", True),
        ("482135", True),
        ("4821357", False),
        ("", False),
        ("48a1", False),
        ("4821\n", False),
        ("٤٨٢١", False),
        ("-482", False),
    ],
)
def test_a_pin_has_4_to_6_digits(text: str, good: bool) -> None:
    assert is_pin(text) is good
    if good:
        assert len(hash_pin(text, SALT, CHEAP)) == 32
    else:
        with pytest.raises(ValueError, match="4 to 6 digits"):
            hash_pin(text, SALT, CHEAP)


@given(st.text(max_size=12).filter(lambda text: not is_pin(text)))
def test_what_is_no_pin_never_matches(text: str) -> None:
    assert not _matches(text, bytes(32))


def test_the_verifier_is_an_hmac_of_the_hash_and_not_the_hash() -> None:
    pin_hash = hash_pin("4821", SALT, CHEAP)
    assert verifier(KEY, pin_hash) == hmac.digest(KEY, pin_hash, hashlib.sha256)
    assert not _matches("4821", pin_hash)


def test_the_hash_is_argon2id_in_version_19_with_this_cost() -> None:
    salt = b"0123456789abcdef"
    pin_hash = hash_pin("4821", salt, CHEAP)
    # Frozen: a hash that changed would lock everybody out whose PIN the server keeps.
    assert pin_hash.hex() == "8d4fc90aa0bdbd1cc2da62d3ff16e180ea0fba4015ea9136cb05df5718cca3b0"
    parts = (base64.b64encode(part).decode("ascii").rstrip("=") for part in (salt, pin_hash))
    standard_form = "$argon2id$v=19$m=8,t=1,p=1$" + "$".join(parts)
    assert verify_secret(standard_form.encode("ascii"), b"4821", Type.ID)


def test_the_cost_is_rfc_9106s_second_choice() -> None:
    assert PinCost() == PinCost(time_cost=3, memory_kib=64 * 1024, parallelism=4)
    assert len(hash_pin("4821", SALT, PinCost())) == 32
