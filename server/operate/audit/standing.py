"""Checks of a card's standing: its codes, whether it is blocked and since when, as its operations leave it.

Operations of one version have no order that the tables tell, once several tills' are decided together. Where the order
matters, whatever one of them leads to is right.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from server.operate.audit.findings import stream

_DEEDS: Final = text("""
SELECT c.merchant_id, c.card_id, c.number, c.token, c.store_id, c.name, c.phone, c.email, c.inactive_since,
       c.inactive_reason, c.status_changed_at,
       v.receipted IS NOT NULL AS replayed, o.kind,
       v.event_time, v.ver, v.number AS given_number, o.store_id AS at_store, CAST(o.content AS text) AS content
  FROM verdicts v
  JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key
  JOIN cards c ON c.merchant_id = v.merchant_id AND c.card_id = v.card_id
 WHERE v.outcome = 'accepted' AND v.merged_into IS NULL AND o.kind IN ('enrol', 'replace', 'block', 'unblock')
 ORDER BY c.merchant_id, c.card_id, v.ver
""")


@dataclass(frozen=True, slots=True)
class Deed:
    """An accepted operation that says what a card is, or whether it is in use."""

    kind: str
    at: datetime
    ver: int
    said: Mapping[str, Any]
    number: str | None
    store_id: UUID
    replayed: bool


@dataclass(frozen=True, slots=True)
class CardStory:
    """A card as it is written, and all that made it so."""

    merchant_id: UUID
    card_id: UUID
    written: Mapping[str, Any]
    deeds: Sequence[Deed]


def card_stories(connection: Connection) -> Iterator[CardStory]:
    """The story of every card that was enrolled. One is held in memory at a time."""
    for (merchant_id, card_id), rows in groupby(stream(connection, _DEEDS), key=itemgetter("merchant_id", "card_id")):
        told = list(rows)
        yield CardStory(merchant_id, card_id, told[0], tuple(_deed(row) for row in told))


def _deed(row: Mapping[str, Any]) -> Deed:
    said = json.loads(row["content"])
    number = row["given_number"] or said.get("number")
    return Deed(row["kind"], row["event_time"], row["ver"], said, number, row["at_store"], row["replayed"])


def cards_are_as_enrolled(story: CardStory) -> Iterator[str]:
    """Where and for whom a card was enrolled stays as it was said, but of one that something stood in for."""
    for deed in story.deeds:
        if deed.kind != "enrol" or deed.replayed:
            continue
        wanted = {"store_id": deed.store_id, **{name: deed.said.get(name) for name in ("name", "phone", "email")}}
        for name, value in wanted.items():
            if story.written[name] != value:
                yield f"its {name} is not what it was enrolled with"


def codes_are_the_last_given(story: CardStory) -> Iterator[str]:
    """Number and token are those of its enrolment, or of the replacement that came last."""
    given = [deed for deed in story.deeds if deed.kind in ("enrol", "replace")]
    last = [deed for deed in given if deed.ver == given[-1].ver]
    replaced = [deed for deed in last if deed.kind == "replace"]
    codes = {(deed.number, deed.said.get("token")) for deed in replaced or last}
    if given and (story.written["number"], story.written["token"]) not in codes:
        yield "its number and token are not those that it was given last"


def blocks_act_in_event_time_order(story: CardStory) -> Iterator[str]:
    """The latest block or unblock decides, by event time; one that is older changes nothing."""
    blocks = [deed for deed in story.deeds if deed.kind in ("block", "unblock")]
    written = story.written
    latest_at = max((deed.at for deed in blocks), default=None)
    if written["status_changed_at"] != latest_at:
        yield f"its status changed at {written['status_changed_at']}, and its last block or unblock was at {latest_at}"
    since, reason = written["inactive_since"], written["inactive_reason"]
    deciding = [deed for deed in blocks if deed.at == latest_at]
    kinds = {deed.kind for deed in deciding} or {"unblock"}
    if since is None:
        if "unblock" not in kinds:
            yield "it is active, and its last word was a block"
        if reason is not None:
            yield "it is active, and says why it is not"
    elif "block" not in kinds:
        yield f"it is blocked since {since}, and its last word was no block"
    else:
        if since not in {deed.at for deed in blocks if deed.kind == "block"}:
            yield f"it is blocked since {since}, and no block was at that time"
        if reason not in {deed.said.get("reason") for deed in deciding if deed.kind == "block"}:
            yield "it is blocked for another reason than was given"


STORY_CHECKS: Final[tuple[tuple[int, Callable[[CardStory], Iterator[str]]], ...]] = (
    (2, cards_are_as_enrolled),
    (2, codes_are_the_last_given),
    (2, blocks_act_in_event_time_order),
)
