"""Secrets that the server hands out once and then knows only by their hash."""

import hashlib
from typing import Final

from common.entropy import random_text

_TOKEN_BYTES: Final = 32


def new_token() -> str:
    """A till's bearer token: 256 bits, so that a plain hash cannot be searched."""
    return random_text(_TOKEN_BYTES)


def sha256(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()
