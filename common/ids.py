"""Identifiers, and the making of idempotency keys."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final, NewType

MerchantId = NewType("MerchantId", uuid.UUID)
StoreId = NewType("StoreId", uuid.UUID)
TillId = NewType("TillId", uuid.UUID)
StaffId = NewType("StaffId", uuid.UUID)
CardId = NewType("CardId", uuid.UUID)
OperationKey = NewType("OperationKey", uuid.UUID)

UUID7_ENTROPY_BYTES: Final = 10

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def uuid7(at: datetime, entropy: bytes) -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits.

    Time and entropy come from the caller, so that a rule or a test that makes a key stays repeatable; that is why
    no library is used, each of them reads its own clock.

    Raises ValueError when `entropy` is not exactly 10 bytes or `at` lies before 1970.
    """
    if len(entropy) != UUID7_ENTROPY_BYTES:
        raise ValueError(f"a UUIDv7 takes {UUID7_ENTROPY_BYTES} bytes of entropy, not {len(entropy)}")
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    if milliseconds < 0:
        raise ValueError("a UUIDv7 cannot carry a time before 1970")
    random_bits = int.from_bytes(entropy, "big")
    rand_a = (random_bits >> 62) & 0xFFF
    rand_b = random_bits & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | _VERSION_7 | (rand_a << 64) | _VARIANT | rand_b)
