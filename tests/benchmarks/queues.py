"""Tills that have much to send: their operations are made beforehand, so that measuring costs the client little."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from common.clock import SystemClock
from common.entropy import new_uuid
from common.times import to_wire
from tests.benchmarks.hub import Hub
from tests.helpers.shop import WireTill


@dataclass(slots=True)
class TillQueue:
    """A till that stamps one card after another; several may draw from the same cards."""

    till: WireTill
    staff_id: uuid.UUID
    card_ids: Iterator[uuid.UUID]
    clock: SystemClock = field(default_factory=SystemClock)

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
            for seq, card_id in enumerate(islice(self.card_ids, count), first)
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


def make_queues(hub: Hub, till_count: int) -> list[TillQueue]:
    """Enrols tills. Each card is stamped once before any is stamped again."""
    card_ids = cycle([card.card_id for card in hub.cards])
    return [TillQueue(hub.shop.till(name=f"till {n}"), hub.shop.staff["Ben"], card_ids) for n in range(till_count)]
