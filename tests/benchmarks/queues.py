"""Tills that have much to send: their operations are made beforehand, so that measuring costs the client little."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from common.clock import SystemClock
from common.entropy import new_uuid
from common.times import to_wire
from tests.helpers.shop import Shop, WireTill

TERMS = "cooldown_minutes = 0\ndaily_limit = 1000"
"""Terms under which each stamp of a benchmark is accepted."""

_ENROL_BATCH = 500


@dataclass(slots=True)
class TillQueue:
    """A till with cards of its own, each of which it stamps in turn."""

    till: WireTill
    staff_id: uuid.UUID
    card_ids: list[uuid.UUID]
    clock: SystemClock = field(default_factory=SystemClock)
    _cards: Iterator[uuid.UUID] = field(init=False)

    def __post_init__(self) -> None:
        self._cards = cycle(self.card_ids)

    def next_stamps(self, count: int) -> bytes:
        """The next operations in seq order, as the JSON of a list: each a stamp on a card of its own."""
        now, uptime_ms, boot_id = self.clock.now(), self.clock.uptime_ms(), self.clock.boot_id()
        told = (
            f'"staff_id":"{self.staff_id}","approved_by":null,"terms_version":1,"occurred_at":"{to_wire(now)}",'
            f'"boot_id":"{boot_id}","uptime_ms":{uptime_ms},"notes":null,"count":1'
        )
        first = self.till.seq + 1
        self.till.seq += count
        stamps = (
            f'{{"key":"{new_uuid(now)}","seq":{seq},"kind":"stamp","card_id":"{card_id}",{told}}}'
            for seq, card_id in enumerate(islice(self._cards, count), first)
        )
        return f"[{','.join(stamps)}]".encode()

    def body(self, stamps: bytes) -> bytes:
        """The push that brings `stamps`, sent now."""
        now = self.clock.now()
        head = (
            f'{{"protocol":1,"nonce":"{new_uuid(now)}","epoch":{self.till.epoch},"clock":{{"sent_at":"{to_wire(now)}",'
            f'"boot_id":"{self.clock.boot_id()}","uptime_ms":{self.clock.uptime_ms()}}},"acked":null,"pending":0,'
            f'"oldest_pending_at":null,"app_version":"0.1.0","operations":'
        )
        return head.encode() + stamps + b"}"


def make_queues(shop: Shop, till_count: int, cards_each: int) -> list[TillQueue]:
    """Enrols tills, and by their pushes the cards of each."""
    queues = []
    for number in range(till_count):
        till = shop.till(name=f"till {number}")
        enrols = [till.enrol_card() for _ in range(cards_each)]
        for start in range(0, cards_each, _ENROL_BATCH):
            till.push(*enrols[start : start + _ENROL_BATCH])
        card_ids = [uuid.UUID(enrol["card_id"]) for enrol in enrols]
        queues.append(TillQueue(till, shop.staff["Ben"], card_ids))
    return queues
