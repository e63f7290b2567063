"""The attention list as people work through it: what is open, in words, and resolving an item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from common.clock import Clock
from server.merchant.names import find_merchant
from server.store.attention import AttentionKind
from server.trouble import NotFound, NotPossible

SHORT_ID_CHARACTERS: Final = 8
"""The end of an item's id. Its beginning is a time, and nearly the same for all."""

_SHORTEST_ID_CHARACTERS: Final = 6
NOTE_CHARACTERS_MAX: Final = 1_000

_LIST: Final = text("""
SELECT a.attention_id, m.slug AS merchant, a.kind, t.name AS till, c.number AS card_number, s.name AS staff, a.key,
       a.detail, a.raised_at, a.resolved_at, a.resolution
  FROM attention a
  JOIN merchants m ON m.merchant_id = a.merchant_id
  LEFT JOIN tills t ON t.merchant_id = a.merchant_id AND t.till_id = a.till_id
  LEFT JOIN cards c ON c.merchant_id = a.merchant_id AND c.card_id = a.card_id
  LEFT JOIN staff s ON s.merchant_id = a.merchant_id AND s.staff_id = a.staff_id
 WHERE (CAST(:merchant_id AS uuid) IS NULL OR a.merchant_id = :merchant_id)
   AND (:resolved_too OR a.resolved_at IS NULL)
 ORDER BY a.raised_at, a.attention_id
""")
_FIND: Final = text("""
SELECT merchant_id, attention_id, resolved_at
  FROM attention
 WHERE right(replace(CAST(attention_id AS text), '-', ''), :length) = :ending
 LIMIT 2
""")
_RESOLVE: Final = text("""
UPDATE attention SET resolved_at = :at, resolution = :resolution
 WHERE merchant_id = :merchant_id AND attention_id = :attention_id AND resolved_at IS NULL
""")

# {name} is filled from the item's detail; a detail that is not there reads as "?".
SENTENCES: Final[Mapping[AttentionKind, str]] = {
    AttentionKind.LOSS: "A reward was handed out that the card did not pay for ({code})",
    AttentionKind.SHORTFALL: "A void found stamps already spent, {shortfall} in all",
    AttentionKind.PARKED: "An operation waits for a decision ({code})",
    AttentionKind.BACKDATED: "An operation is older than the till's last contact with an empty queue",
    AttentionKind.TILL_DIVERGED: (
        "The till sent two operations as number {seq} of epoch {epoch}: {other_key} of {other_at}, and {key} of {at}. "
        "All of both are kept and counted once. If its book was restored from a copy, nothing is left to do. "
        "If two computers work as this till, make an enrolment code with a name of its own for one of them"
    ),
    AttentionKind.CLOCK: "The till's clock is off by {off_s} seconds",
    AttentionKind.REPLACED: "A lost card was replaced: {old_number} became {number}",
    AttentionKind.UNBLOCKED: "A blocked card was unblocked",
    AttentionKind.LOCKOUT: "Locked out after {failures} wrong PINs",
    AttentionKind.CARRIED_OVER: "{count} stamps were carried over from a paper card",
    AttentionKind.KEY_REUSED: "A till used the key of one operation for another",
    AttentionKind.DIVERGED_CARDS: "The till's cards differed from the server's ({rows} rows), and were mended: why?",
    AttentionKind.RECOVERY: "The data went back in time ({cause}); tills bring back what is missing: recovery status",
    AttentionKind.RECOVERED_CARD: "A card came back without its codes: {number} stands in, its own number is {lost}",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a person must look at. `sentence` says what; till, card and staff where they are known."""

    attention_id: UUID
    merchant: str
    kind: str
    sentence: str
    till: str | None
    card_number: str | None
    staff: str | None
    key: UUID | None
    raised_at: datetime
    resolved_at: datetime | None
    resolution: str | None

    @property
    def short_id(self) -> str:
        return self.attention_id.hex[-SHORT_ID_CHARACTERS:]


class _Told(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def list_attention(connection: Connection, merchant: str | None = None, *, resolved_too: bool = False) -> list[Item]:
    """Open items, oldest first; with `resolved_too` all. Raises NotFound for a merchant that is not there."""
    merchant_id = None if merchant is None else find_merchant(connection, merchant)
    rows = connection.execute(_LIST, {"merchant_id": merchant_id, "resolved_too": resolved_too}).mappings()
    return [_item(dict(row)) for row in rows]


def resolve_attention(connection: Connection, ending: str, *, resolution: str | None, clock: Clock) -> UUID:
    """Close the item whose id ends so; returns its whole id.

    Raises NotFound, and NotPossible when several end so, it is resolved already, or the note is too long.
    """
    if resolution is not None and (len(resolution) > NOTE_CHARACTERS_MAX or "\x00" in resolution):
        raise NotPossible(f"A note has at most {NOTE_CHARACTERS_MAX} characters of text.")
    wanted = ending.strip().replace("-", "").lower()
    if len(wanted) < _SHORTEST_ID_CHARACTERS:
        raise NotPossible(
            f'"{ending}" is too short for an item; give at least its last {_SHORTEST_ID_CHARACTERS} signs.'
        )
    found = connection.execute(_FIND, {"ending": wanted, "length": len(wanted)}).all()
    if not found:
        raise NotFound(f'There is no item "{ending}" on the attention list. See: tillstamp-server attention list')
    if len(found) > 1:
        raise NotPossible(f'Several items end with "{ending}"; give more of the id.')
    (item,) = found
    values = {"merchant_id": item.merchant_id, "attention_id": item.attention_id, "resolution": resolution}
    if connection.execute(_RESOLVE, values | {"at": clock.now()}).rowcount == 0:
        raise NotPossible(f'The item "{ending}" is resolved already.')
    return UUID(str(item.attention_id))


def _item(row: dict[str, Any]) -> Item:
    detail = row.pop("detail")
    told = _Told(detail if isinstance(detail, dict) else {})
    known = row["kind"] in set(AttentionKind)
    sentence = SENTENCES[AttentionKind(row["kind"])].format_map(told) if known else row["kind"]
    ticket = told.get("ticket")
    return Item(sentence=f"{sentence}, ticket {ticket}" if ticket else sentence, **row)
