"""Randomness from the operating system, for the shells; rules are given their entropy."""

import secrets
import uuid
from datetime import datetime

from common.ids import UUID7_ENTROPY_BYTES, uuid7


def random_bytes(count: int) -> bytes:
    """`count` bytes fit for keys and tokens."""
    return secrets.token_bytes(count)


def new_uuid(at: datetime) -> uuid.UUID:
    """A fresh UUIDv7 for the moment `at`."""
    return uuid7(at, random_bytes(UUID7_ENTROPY_BYTES))


def random_text(byte_count: int) -> str:
    """`byte_count` random bytes as text that fits a URL or a header."""
    return secrets.token_urlsafe(byte_count)
