"""How often somebody may ask: a bucket of tokens each, filled at a steady rate, that a burst may empty.

The buckets are this process's own, so several processes allow several times as much; that bounds what a till gone wild
can do to the others, and needs no database. What must be counted exactly is counted there (attempts.py).
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

BUCKETS_MAX: Final = 20_000
"""Buckets kept. Of more, the one that rested longest is forgotten: it is the fullest, and a full one says nothing."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_s` requests a second for ever, and `burst` at once after a rest.

    Example: 50 a second with a burst of 500: whoever asks 100 times a second begins to wait after ten seconds.
    """

    per_s: float
    burst: int


class Buckets:
    """One bucket for each who asks. For one thread."""

    def __init__(self, rate: Rate, most: int = BUCKETS_MAX) -> None:
        self._rate = rate
        self._most = most
        self._buckets: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: Hashable, now_ms: int) -> float:
        """Seconds until `who` may ask again; 0 when this request may pass, and is counted. `now_ms` is an uptime."""
        rate = self._rate
        tokens, since_ms = self._buckets.pop(who, (float(rate.burst), now_ms))
        tokens = min(rate.burst, tokens + max(0, now_ms - since_ms) / 1_000 * rate.per_s)
        wait_s = 0.0 if tokens >= 1 else (1 - tokens) / rate.per_s
        self._buckets[who] = (tokens if wait_s else tokens - 1, now_ms)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return wait_s
