"""Randomness from the operating system, for the shells; rules are given their entropy."""

import base64
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from common.ids import UUID7_ENTROPY_BYTES, uuid7

Source = Callable[[int], bytes]
"""Gives that many bytes."""

# Of a context, not of the process: whoever draws from another source changes nobody else's keys.
_source: Final[ContextVar[Source]] = ContextVar("entropy", default=secrets.token_bytes)


def random_bytes(count: int) -> bytes:
    """`count` bytes fit for keys and tokens."""
    return _source.get()(count)


def random_below(limit: int) -> int:
    """An integer from 0 up to `limit`, which is left out, each as likely as the other. Raises ValueError below 1."""
    if limit < 1:
        raise ValueError(f"there is no number below {limit}")
    bits = limit.bit_length()
    while True:
        drawn = int.from_bytes(random_bytes((bits + 7) // 8), "big") & ((1 << bits) - 1)
        if drawn < limit:
            return drawn


def new_uuid(at: datetime) -> uuid.UUID:
    """A fresh UUIDv7 for the moment `at`."""
    return uuid7(at, random_bytes(UUID7_ENTROPY_BYTES))


def random_text(byte_count: int) -> str:
    """`byte_count` random bytes as text that fits a URL or a header."""
    return base64.urlsafe_b64encode(random_bytes(byte_count)).rstrip(b"=").decode("ascii")


@contextmanager
def drawn_from(source: Source) -> Iterator[None]:
    """Within this context all entropy comes from `source`, so that a run can be repeated to the byte.

    For a simulation alone: nothing of the product enters it.
    """
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
