"""Digests: what a till's cards must amount to, worked out for one till at a time and kept while nothing changes.

At 100,000 cards PostgreSQL is busy with a digest for about a second. So each process works out one at a time, and a
till that comes meanwhile gets none and asks again with its next pull: in the morning, when every till of a shop asks at
once, the first one's answer is there for the others.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from common.ids import MerchantId
from server.store.agreement.digest import read_digest
from server.store.tills import Till

_MERCHANTS_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class _Kept:
    ver: int
    history_since: datetime
    buckets: bytes


class Digests:
    """The last digest of each merchant. For all threads of one process."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._kept: OrderedDict[MerchantId, _Kept] = OrderedDict()

    def find(self, connection: Connection, till: Till, *, ver: int, history_since: datetime) -> bytes | None:
        """The digest at `ver`, which is the head that `connection` sees; None while another is worked out."""
        if not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            kept = self._kept.get(till.merchant_id)
            if kept is None or (kept.ver, kept.history_since) != (ver, history_since):
                kept = _Kept(ver, history_since, read_digest(connection, till, history_since=history_since))
                self._kept[till.merchant_id] = kept
            self._kept.move_to_end(till.merchant_id)
            if len(self._kept) > _MERCHANTS_KEPT:
                self._kept.popitem(last=False)
            return kept.buckets
        finally:
            self._one_at_a_time.release()
