"""PINs: one slow hash on the server, and for each till a verifier that its own key alone can check.

The server keeps Argon2id of a PIN. A till is given `HMAC-SHA256(till_pin_key, argon2id)` with salt and cost; its key
lives in the system keyring, so that a stolen book alone cannot be searched, although a PIN has only 4 to 6 digits.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw

SALT_BYTES: Final = 16
PIN_KEY_BYTES: Final = 32
_HASH_BYTES: Final = 32
_PIN: Final = re.compile(r"[0-9]{4,6}")


@dataclass(frozen=True, slots=True)
class PinCost:
    """Argon2id's cost. The default is the second choice of RFC 9106, section 4, for machines with little memory."""

    time_cost: int = 3
    memory_kib: int = 65_536
    parallelism: int = 4


def is_pin(text: str) -> bool:
    """Whether `text` is 4 to 6 digits."""
    return _PIN.fullmatch(text) is not None


def hash_pin(pin: str, salt: bytes, cost: PinCost) -> bytes:
    """Argon2id of a PIN, 32 bytes. Takes tens of milliseconds by design: never on a thread that paints.

    Raises ValueError when `pin` is not 4 to 6 digits.
    """
    if not is_pin(pin):
        raise ValueError("a PIN has 4 to 6 digits")
    return hash_secret_raw(
        pin.encode("ascii"),
        salt,
        time_cost=cost.time_cost,
        memory_cost=cost.memory_kib,
        parallelism=cost.parallelism,
        hash_len=_HASH_BYTES,
        type=Type.ID,
    )


def verifier(pin_key: bytes, pin_hash: bytes) -> bytes:
    """What a till is given to check a PIN with, useless without its key."""
    return hmac.new(pin_key, pin_hash, hashlib.sha256).digest()


def matches(pin: str, *, salt: bytes, cost: PinCost, pin_key: bytes, expected: bytes) -> bool:
    """Whether `pin` is the one behind the verifier `expected`. Text that is no PIN never matches."""
    return is_pin(pin) and hmac.compare_digest(verifier(pin_key, hash_pin(pin, salt, cost)), expected)
