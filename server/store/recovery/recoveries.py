"""Recoveries: when a merchant's data went back in time, and which tills were, or are, awaited to bring it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from common.entropy import new_uuid
from common.ids import MerchantId, TillId

VERSIONS_SKIPPED: Final = 1_000_000
TERMS_SKIPPED: Final = 1_000
"""So far the counters move on: nothing that is numbered from now on has a number that the lost time gave."""

LATELY: Final = timedelta(hours=24)
"""Of the tills that were in contact so shortly before the data ends, each is likely to have been so afterwards too."""

LONGEST: Final = timedelta(hours=24)


class Cause(StrEnum):
    """How the server came to know."""

    RESTORED = "restored"
    FELL_BEHIND = "fell_behind"


class EndedBy(StrEnum):
    """What ended a recovery."""

    ALL_REPORTED = "all_reported"
    MANAGER = "manager"
    TIME = "time"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Recovery:
    recovery_id: UUID
    begun_at: datetime


# The newest decides what the merchant's data is called (`told_incarnation`), the open one what is judged.
_LOCK_OPEN = text("""
SELECT recovery_id, begun_at FROM recoveries WHERE merchant_id = :merchant_id AND ended_at IS NULL FOR SHARE
""")
_LOCK_OPEN_ALONE = text("""
SELECT recovery_id, begun_at FROM recoveries WHERE merchant_id = :merchant_id AND ended_at IS NULL FOR NO KEY UPDATE
""")

_SKIP_AHEAD = text("""
UPDATE merchant_versions
   SET ver = ver + :versions,
       terms_from = greatest(terms_from, (SELECT coalesce(max(t.version), 0) + 1 FROM terms t
                                           WHERE t.merchant_id = merchant_versions.merchant_id)) + :terms
 WHERE merchant_id = :merchant_id
RETURNING ver
""")
_END_OLDER = text("""
UPDATE recoveries SET ended_at = :now, ended_by = :ended_by WHERE merchant_id = :merchant_id AND ended_at IS NULL
""")
_BEGIN = text("""
INSERT INTO recoveries (merchant_id, recovery_id, cause, begun_at, first_ver, incarnation_before)
VALUES (:merchant_id, :recovery_id, :cause, :now, :first_ver, :incarnation_before)
""")
_AWAIT_LATELY_SEEN = text("""
INSERT INTO recovery_tills (merchant_id, recovery_id, till_id)
SELECT t.merchant_id, :recovery_id, t.till_id
  FROM tills t
 WHERE t.merchant_id = :merchant_id AND t.revoked_at IS NULL
   AND t.last_contact_at >= (SELECT max(n.last_contact_at) FROM tills n WHERE n.merchant_id = :merchant_id)
                            - CAST(:lately AS interval)
""")
_LIVES_BEFORE = text("SELECT incarnation_before FROM recoveries WHERE merchant_id = :merchant_id")
_LATEST = text("SELECT max(recovery_id::text)::uuid FROM recoveries WHERE merchant_id = :merchant_id")
_NOTE = text("""
INSERT INTO recovery_tills (merchant_id, recovery_id, till_id, reported_at)
VALUES (:merchant_id, :recovery_id, :till_id, :reported_at)
ON CONFLICT (merchant_id, recovery_id, till_id) DO UPDATE SET reported_at = EXCLUDED.reported_at
""")
_SOMEBODY_IS_AWAITED = text("""
SELECT EXISTS (
    SELECT FROM recovery_tills r
      JOIN tills t ON t.merchant_id = r.merchant_id AND t.till_id = r.till_id
     WHERE r.merchant_id = :merchant_id AND r.recovery_id = :recovery_id AND r.reported_at IS NULL
       AND t.revoked_at IS NULL)
""")
_END = text("""
UPDATE recoveries SET ended_at = :now, ended_by = :ended_by, replayed = :replayed, judged = :judged
 WHERE merchant_id = :merchant_id AND recovery_id = :recovery_id
""")


def told_incarnation(incarnation: str, recovery_id: UUID | None) -> str:
    """What tills are told of the life of their merchant's data. Each recovery begins another, whatever its cause."""
    return incarnation if recovery_id is None else f"{incarnation}+{recovery_id}"


def latest(connection: Connection, merchant_id: MerchantId) -> UUID | None:
    """The merchant's latest recovery, under way or ended."""
    found: UUID | None = connection.execute(_LATEST, {"merchant_id": merchant_id}).scalar_one()
    return found


def lock_open(connection: Connection, merchant_id: MerchantId, *, alone: bool = False) -> Recovery | None:
    """The recovery under way, kept from ending until the end of this transaction; `alone`: to end it."""
    found = connection.execute(_LOCK_OPEN_ALONE if alone else _LOCK_OPEN, {"merchant_id": merchant_id}).first()
    return None if found is None else Recovery(found.recovery_id, found.begun_at)


def begin(
    connection: Connection, merchant_id: MerchantId, cause: Cause, *, now: datetime, incarnation_before: str
) -> Recovery:
    """Begin a recovery in the place of any older one: counters move on, and who was lately seen is awaited.

    `incarnation_before` is what tills were told until now. A life of the data ends once: somebody else who notices it
    at this moment is a unique violation. Try again, and find the recovery under way.
    """
    recovery = Recovery(new_uuid(now), now)
    of_it = {"merchant_id": merchant_id, "recovery_id": recovery.recovery_id}
    skipped = {"merchant_id": merchant_id, "versions": VERSIONS_SKIPPED, "terms": TERMS_SKIPPED}
    first_ver = connection.execute(_SKIP_AHEAD, skipped).scalar_one()
    connection.execute(_END_OLDER, {"merchant_id": merchant_id, "now": now, "ended_by": EndedBy.RESTORED})
    begun = {"cause": cause, "now": now, "first_ver": first_ver, "incarnation_before": incarnation_before}
    connection.execute(_BEGIN, of_it | begun)
    connection.execute(_AWAIT_LATELY_SEEN, of_it | {"lately": LATELY})
    return recovery


def lives_before(connection: Connection, merchant_id: MerchantId) -> set[str]:
    """What tills were told in the lives that ended: what those lost was, or is being, recovered."""
    return set(connection.execute(_LIVES_BEFORE, {"merchant_id": merchant_id}).scalars())


def note_till(
    connection: Connection,
    merchant_id: MerchantId,
    recovery: Recovery,
    till_id: TillId,
    *,
    reported_at: datetime | None,
) -> None:
    """A till made contact; `reported_at` None while it still has something that is lost here."""
    noted = {"merchant_id": merchant_id, "recovery_id": recovery.recovery_id, "till_id": till_id}
    connection.execute(_NOTE, noted | {"reported_at": reported_at})


def somebody_is_awaited(connection: Connection, merchant_id: MerchantId, recovery: Recovery) -> bool:
    asked = {"merchant_id": merchant_id, "recovery_id": recovery.recovery_id}
    return bool(connection.execute(_SOMEBODY_IS_AWAITED, asked).scalar_one())


def end(connection: Connection, merchant_id: MerchantId, recovery: Recovery, ended_by: EndedBy, **said: Any) -> None:
    """`said`: now, and how many operations were replayed and judged."""
    ended = {"merchant_id": merchant_id, "recovery_id": recovery.recovery_id, "ended_by": ended_by}
    connection.execute(_END, ended | said)


@dataclass(frozen=True, slots=True)
class Standing:
    """A recovery as people look at it.

    Attributes:
        waiting: operations that wait for its end, with receipts and without.
        awaited: store and name of each till that has not reported, and its last contact.
    """

    merchant_id: UUID
    merchant: str
    recovery_id: UUID
    cause: str
    begun_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    with_receipt: int
    without_receipt: int
    awaited: Sequence[dict[str, Any]]


_STANDINGS = text("""
SELECT m.merchant_id, m.slug AS merchant, r.recovery_id, r.cause, r.begun_at, r.ended_at, r.ended_by,
       CASE WHEN r.ended_at IS NULL THEN w.with_receipt ELSE coalesce(r.replayed, 0) END AS with_receipt,
       CASE WHEN r.ended_at IS NULL THEN w.without_receipt ELSE coalesce(r.judged, 0) END AS without_receipt,
       coalesce(a.awaited, '[]') AS awaited
  FROM recoveries r
  JOIN merchants m ON m.merchant_id = r.merchant_id
 CROSS JOIN LATERAL (
       SELECT count(v.receipted) AS with_receipt, count(*) - count(v.receipted) AS without_receipt FROM verdicts v
        WHERE v.merchant_id = r.merchant_id AND v.outcome = 'parked' AND v.code = 'awaiting_recovery') w
  LEFT JOIN LATERAL (
       SELECT json_agg(json_build_object('store', s.slug, 'till', t.name, 'last_contact_at', t.last_contact_at)
                       ORDER BY s.slug, t.name) AS awaited
         FROM recovery_tills rt
         JOIN tills t ON t.merchant_id = rt.merchant_id AND t.till_id = rt.till_id
         JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
        WHERE rt.merchant_id = r.merchant_id AND rt.recovery_id = r.recovery_id AND rt.reported_at IS NULL
          AND t.revoked_at IS NULL AND r.ended_at IS NULL) a ON true
 WHERE (CAST(:merchant_id AS uuid) IS NULL OR r.merchant_id = :merchant_id)
 ORDER BY m.slug, r.recovery_id
""")


def standings(connection: Connection, merchant_id: MerchantId | None) -> list[Standing]:
    """Every recovery there was, of one merchant or of all; the oldest first."""
    return [Standing(**row) for row in connection.execute(_STANDINGS, {"merchant_id": merchant_id}).mappings()]
