"""The digest by which a till and the server find out that their cards differ, although both are at one version.

Each row has a canonical text, each text a hash of 64 bits, and each of 256 buckets the XOR of the hashes of its rows. A
row belongs to the bucket that the last byte of its card's id names.

The text is an expression of SQL that PostgreSQL and SQLite read alike; only how a moment and a day are kept differs,
and is said by each side's `Columns`. So there is one text, and neither side carries a hundred thousand rows into Python
to write it.

What it finds: a row that is missing, one too many, or one that differs in any field that travels. What it does not:
rows whose hashes happen to cancel each other out (once in 2^64), and what has no row here: terms, staff, a till's own
operations, transactions older than `history_since`. It guards against mistakes, not against somebody who wants two
rows to look like one.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

BUCKETS: Final = 256
HASH_BYTES: Final = 8

HISTORY_DAYS: Final = 34
"""Transactions are compared from the beginning of a day 34 days ago. A snapshot brings 35 days of them, so whatever its
hour, every till has all of those; and within a day the digest of a shop in which nothing happens stays the same."""


class DigestKind(StrEnum):
    """What has rows in a digest."""

    CARD = "card"
    ALIAS = "alias"
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Columns:
    """How a side keeps a column: expressions for a moment's microseconds since 1970, and for a day as `2026-11-22`."""

    moment: Callable[[str], str]
    day: Callable[[str], str]


def _plain(name: str, _columns: Columns) -> str:
    return name


def _number(name: str, _columns: Columns) -> str:
    # A truth is 0 or 1: the two databases would write it otherwise.
    return f"CAST({name} AS integer)"


def _perhaps(name: str, _columns: Columns) -> str:
    return f"coalesce(CAST({name} AS text), '-')"


def _said(name: str, _columns: Columns) -> str:
    """A free text stands behind its length, so that no text can look like two."""
    return f"coalesce(length({name}) || ':' || {name}, '-')"


def _moment(name: str, columns: Columns) -> str:
    return f"coalesce(CAST({columns.moment(name)} AS text), '-')"


def _day(name: str, columns: Columns) -> str:
    return columns.day(name)


_FIELDS: Final[dict[DigestKind, dict[str, Callable[[str, Columns], str]]]] = {
    DigestKind.CARD: {
        "card_id": _plain,
        "number": _plain,
        "token": _plain,
        "store_id": _plain,
        "name": _said,
        "phone": _said,
        "email": _said,
        "stamp_count": _plain,
        "lifetime_stamps": _plain,
        "redemptions": _plain,
        "last_stamp_at": _moment,
        "last_redemption_at": _moment,
        "inactive_since": _moment,
        "carried_over": _number,
        "ver": _plain,
    },
    # It lies in the bucket of the merged card.
    DigestKind.ALIAS: {"card_id": _plain, "merged_into": _plain, "ver": _plain},
    DigestKind.TRANSACTION: {
        "key": _plain,
        "card_id": _plain,
        "store_id": _plain,
        "till_id": _perhaps,
        "staff_id": _perhaps,
        "kind": _plain,
        "delta": _plain,
        "balance_after": _plain,
        "original": _perhaps,
        "shortfall": _plain,
        "reward": _said,
        "event_time": _moment,
        "business_date": _day,
        "ver": _plain,
    },
}


def canonical_text(kind: DigestKind, columns: Columns) -> str:
    """The expression for a row's canonical text. Example of a text: `alias|0192…|0193…|17`."""
    fields = [write(name, columns) for name, write in _FIELDS[kind].items()]
    return " || '|' || ".join([f"'{kind.value}'", *fields])


def row_hash(text: bytes) -> int:
    """The first 64 bits of the SHA-256 of a canonical text in UTF-8."""
    return int.from_bytes(hashlib.sha256(text).digest()[:HASH_BYTES], "big")


def history_since(now: datetime) -> datetime:
    """Example: at any time of 22 November 2026 in UTC, the 19th of October, 00:00."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=HISTORY_DAYS)


def pack(buckets: Sequence[int]) -> bytes:
    """The hashes of all buckets as they travel, one after the other."""
    return b"".join(bucket.to_bytes(HASH_BYTES, "big") for bucket in buckets)


def differing(ours: bytes, theirs: bytes) -> list[int]:
    """The buckets in which two digests differ. Raises ValueError for what is no digest."""
    if {len(ours), len(theirs)} != {BUCKETS * HASH_BYTES}:
        raise ValueError(f"a digest has {BUCKETS * HASH_BYTES} bytes, not {len(ours)} and {len(theirs)}")
    return [at // HASH_BYTES for at in range(0, len(ours), HASH_BYTES) if ours[at : at + 8] != theirs[at : at + 8]]
