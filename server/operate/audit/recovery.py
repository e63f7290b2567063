"""Checks of what was brought back after the data went back in time: it is what its receipts say."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text

from common.ledger import TransactionKind
from server.operate.audit.card_history import CardHistory, Line
from server.operate.audit.findings import Check

NOTHING_AWAITS_WHAT_ENDED: Final = Check(
    7,
    "nothing_awaits_a_recovery_that_ended",
    "operation",
    text("""
SELECT v.merchant_id, v.key AS id FROM verdicts v
 WHERE v.outcome = 'parked' AND v.code = 'awaiting_recovery'
   AND NOT EXISTS (SELECT 1 FROM recoveries r WHERE r.merchant_id = v.merchant_id AND r.ended_at IS NULL)
"""),
    "it awaits the end of a recovery, and none is under way",
)

REPLAYS_KEPT_THEIR_VERDICT: Final = Check(
    2,
    "replays_kept_their_verdict",
    "operation",
    text("""
SELECT v.merchant_id, v.key AS id, h.verdict ->> 'outcome' AS had, v.outcome AS has
  FROM verdicts v
 CROSS JOIN LATERAL (SELECT v.receipted -> 'verdict' AS verdict) h
 WHERE v.outcome <> 'parked' AND v.receipted IS NOT NULL
   AND (v.outcome, v.code, v.event_time, v.balance_after, v.detail)
       IS DISTINCT FROM (h.verdict ->> 'outcome', h.verdict ->> 'code', CAST(h.verdict ->> 'event_time' AS timestamptz),
                         CAST(h.verdict ->> 'balance_after' AS int), CAST(h.verdict ->> 'detail' AS jsonb))
"""),
    "it came with the verdict {had}, and was not brought back as that: {has}",
)

CHECKS: Final = (NOTHING_AWAITS_WHAT_ENDED, REPLAYS_KEPT_THEIR_VERDICT)


def replays_are_what_was_said(history: CardHistory) -> Iterator[tuple[Line, str]]:
    """Each replayed line moves what its verdict says; what the card did not have for it is its shortfall."""
    for line in history.lines:
        if not line.replayed or line.content is None:
            continue
        moved, said = _moved_and_said(line)
        if moved != said:
            yield line, f"its verdict moved {said} stamps, and the replay moved {moved}"


def _moved_and_said(line: Line) -> tuple[int, int]:
    if line.kind is TransactionKind.REDEEM:
        asked = -line.delta + line.shortfall
        return asked, line.answer.get("spent", asked)
    if line.kind is TransactionKind.VOID:
        said = sum(line.answer.get(name) or 0 for name in ("taken", "returned", "shortfall"))
        return abs(line.delta) + line.shortfall, said
    return line.delta, line.content.get("count") or 0 if line.content is not None else 0
