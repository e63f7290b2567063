"""What a till shows: the ledger as far as its card's row has come, and its own operations that are not in it."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from common.ids import CardId
from desktop.cashier.engine import Till
from desktop.store import cards, identity
from tests.world.simulator.checks.facts import LedgerLine, ShopFacts, Violation
from tests.world.simulator.world.observer import Seen

_OWN: Final = """
SELECT key, kind, state, card_id, content, original FROM operations
 WHERE kind IN ('stamp', 'redeem', 'void', 'carry_over') ORDER BY position
"""
_SYNCED: Final = "SELECT card_id, stamp_count, ver FROM synced_cards ORDER BY card_id"


@dataclass(frozen=True, slots=True)
class Own:
    """An operation of the book's own, by what it says."""

    key: str
    kind: str
    state: str
    card_id: str
    content: dict[str, Any]


def view_is_right(till: Till, seen: Seen, shop: ShopFacts, incarnation: str) -> None:
    """Every card that the till knows shows what it must, at this very moment. Raises Violation."""
    with till.book.read() as connection:
        who = identity.load(connection)
        if who.incarnation != incarnation or who.synced_ver == 0:
            # A book that has not heard of this life of the server shows the last one's.
            return
        own = [_own(row) for row in connection.execute(_OWN)]
        aliases = _aliases(connection)
        for card_id, stamp_count, ver in connection.execute(_SYNCED).fetchall():
            lines = [line for line in seen.ledger.get(card_id, ()) if line.place[0] <= ver]
            if sum(line.delta for line in lines) != stamp_count:
                raise Violation(f"{card_id} has {stamp_count} stamps as of {ver}, and its ledger does not")
            here = [one for one in own if aliases.get(one.card_id, one.card_id) == card_id]
            due = _due(lines, here, {one.key: one for one in own}, seen, shop)
            shown = cards.read(connection, CardId(UUID(card_id)), who.store_id)
            balance = None if shown is None else shown.balance
            if balance != max(0, due):
                told = ", ".join(f"{one.kind} {one.key[-6:]} {one.state}" for one in here)
                raise Violation(f"the till shows {balance} stamps on {card_id}, and it must be {due} (own: {told})")


def _due(lines: list[LedgerLine], here: list[Own], own: dict[str, Own], seen: Seen, shop: ShopFacts) -> int:
    booked = {line.key for line in lines}
    balance = sum(line.delta for line in lines)
    for one in here:
        if one.key in booked or one.state == "rejected":
            continue
        said = one.content
        if one.kind == "redeem":
            balance -= _target(one, shop)
        elif one.kind != "void":
            balance += said["count"]
        elif said.get("original") is None:
            balance -= min(said["count"], max(balance, 0))
        else:
            balance = _take_back(balance, said["original"], own, seen, shop)
    return balance


def _take_back(balance: int, original: str, own: dict[str, Own], seen: Seen, shop: ShopFacts) -> int:
    """What is left when a void of that original is open."""
    known = own.get(original)
    if known is not None and known.state == "rejected":
        return balance
    if known is not None:
        kind, stamps = known.kind, _target(known, shop) if known.kind == "redeem" else known.content["count"]
    else:
        line = next(line for lines in seen.ledger.values() for line in lines if line.key == original)
        kind, stamps = line.kind, abs(line.delta)
    return balance + stamps if kind == "redeem" else balance - min(stamps, max(balance, 0))


def _target(redemption: Own, shop: ShopFacts) -> int:
    target: int = shop.terms[redemption.content["terms_version"]]["stamps_target"]
    return target


def _own(row: tuple[Any, ...]) -> Own:
    key, kind, state, card_id, content, _ = row
    return Own(key, kind, state, card_id, json.loads(content))


def _aliases(connection: sqlite3.Connection) -> dict[str, str]:
    known = connection.execute("SELECT card_id, merged_into FROM synced_aliases").fetchall()
    told = connection.execute("SELECT card_id, merged_into FROM operations WHERE merged_into IS NOT NULL").fetchall()
    return dict(told) | dict(known)
