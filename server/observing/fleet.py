"""The fleet as figures: read when somebody asks for them, and not more often than every few seconds."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from common.clock import Clock

READ_EVERY_MS: Final = 15_000


@dataclass(frozen=True, slots=True)
class Fleet:
    """How the tills stand, by what each told when it was last in contact.

    Attributes:
        in_contact, silent, silent_with_queue: tills that are not revoked; each is one of these.
        silent_too_long: of those, the ones silent for more than half of their merchant's `offline_days_max`.
        waiting: operations that wait on tills.
        oldest_at: when the oldest of those was done.
        attention: open items, by kind.
        parked: operations that wait for somebody to decide.
    """

    in_contact: int
    silent: int
    silent_with_queue: int
    silent_too_long: int
    waiting: int
    oldest_at: datetime | None
    attention: dict[str, int]
    parked: int


class FleetCollector(Collector):
    """What `read` says. Where it says nothing only that is told: an old figure would look like a good one."""

    def __init__(self, read: Callable[[datetime], Fleet | None], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._read_at_ms: int | None = None
        self._fleet: Fleet | None = None

    def collect(self) -> Iterator[Metric]:
        fleet = self._find()
        yield GaugeMetricFamily(
            "tillstamp_fleet_readable", "Whether the figures of the tills could be read.", value=int(fleet is not None)
        )
        if fleet is not None:
            yield from self._told(fleet)

    def _find(self) -> Fleet | None:
        with self._one_at_a_time:
            now_ms = self._clock.uptime_ms()
            if self._read_at_ms is None or now_ms - self._read_at_ms >= READ_EVERY_MS:
                self._fleet = self._read(self._clock.now())
                self._read_at_ms = now_ms
            return self._fleet

    def _told(self, fleet: Fleet) -> Iterator[Metric]:
        tills = GaugeMetricFamily("tillstamp_tills", "Tills that are not revoked.", labels=("state",))
        for state in ("in_contact", "silent", "silent_with_queue"):
            tills.add_metric([state], getattr(fleet, state))
        yield tills
        yield GaugeMetricFamily(
            "tillstamp_tills_silent_too_long",
            "Tills silent for more than half the days that they may be offline.",
            value=fleet.silent_too_long,
        )
        yield GaugeMetricFamily("tillstamp_operations_waiting", "Operations that wait on tills.", value=fleet.waiting)
        oldest_s = 0.0 if fleet.oldest_at is None else (self._clock.now() - fleet.oldest_at).total_seconds()
        yield GaugeMetricFamily(
            "tillstamp_oldest_waiting_seconds", "How long the oldest of those waits.", value=max(0.0, oldest_s)
        )
        attention = GaugeMetricFamily("tillstamp_attention_open", "Items that a person must look at.", labels=("kind",))
        for kind, items in fleet.attention.items():
            attention.add_metric([kind], items)
        yield attention
        yield GaugeMetricFamily("tillstamp_operations_parked", "Operations to be decided.", value=fleet.parked)
