"""The guards, and how each is taken out: in which file, and which text by which other."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that keeps a promise, and that nobody would miss on a quiet day.

    Attributes:
        name: by which tests name it: `@pytest.mark.guards(name="row lock")`.
        file: where it stands.
        taken_out: pairs of the text as it is, once in the file, and the text without the guard.
    """

    name: str
    file: str
    taken_out: tuple[tuple[str, str], ...]


_LOCKED: Final = "    cards = {row.card_id: Card.of(row) for row in lock_cards(connection, merchant_id, wanted)}\n"
_READ: Final = "    for stamp in read_live_stamps(connection, merchant_id, _spans(history, batch)):\n"
_READ_EARLY: Final = """\
    times = [timed.event_time for timed in batch]
    spans = [Span(card_id, min(times) - timedelta(9), max(times) + timedelta(9)) for card_id in wanted if times]
    early = read_live_stamps(connection, merchant_id, spans)
"""
_RAISED: Final = "    ver = next_version(connection, till.merchant_id)\n"

GUARDS: Final = (
    Guard(
        "row lock",
        "server/store/cards.py",
        ((" ORDER BY card_id\n   FOR NO KEY UPDATE\n", " ORDER BY card_id\n"),),
    ),
    Guard(
        "second neighbour",
        "common/rules/cooldown.py",
        (("abs(case.at - stamp.at) < nearest_allowed", "case.at - nearest_allowed < stamp.at <= case.at"),),
    ),
    Guard(
        "fresh read after the lock",
        "server/sync/history.py",
        (
            (_LOCKED, _READ_EARLY + _LOCKED),
            (_READ, "    for stamp in early:\n"),
            ("from datetime import datetime\n", "from datetime import datetime, timedelta\n"),
        ),
    ),
    Guard("synchronous=FULL", "desktop/store/book.py", (("PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),)),
    Guard(
        "counter last",
        "server/sync/record.py",
        (
            (f"{_RAISED}    with", "    with"),
            (
                "    with in_one_flight(connection):\n        insert_attention(",
                f"{_RAISED}    with in_one_flight(connection):\n        insert_attention(",
            ),
        ),
    ),
    Guard(
        "open until ver",
        "desktop/store/operations.py",
        (("AND verdict_ver <= (SELECT synced_ver FROM book)\n", "AND verdict_ver IS NOT NULL\n"),),
    ),
    Guard(
        "open until the card's row",
        "desktop/store/operations.py",
        (
            (
                "WHERE card.card_id = coalesce(operations.merged_into, operations.card_id)\n",
                "WHERE card.card_id IS NULL\n",
            ),
        ),
    ),
    Guard(
        "receipt check",
        "server/sync/recovery/receipt.py",
        (
            (
                "return incarnation if hmac.compare_digest(expected, seal) else None",
                "return incarnation if expected else seal",
            ),
        ),
    ),
    Guard(
        "dependency parking",
        "server/sync/reconcile.py",
        (("if answer.code in _WAITS_BEHIND_PARKED and ", "if answer.code not in RefusalCode and "),),
    ),
    Guard(
        "idempotency lookup",
        "server/sync/known.py",
        (("for key, row in read_known(connection, till, keys).items()}", "for key, row in dict[Any, Any]().items()}"),),
    ),
)
