"""Figures for Prometheus.

With one process they lie in its memory. With several, each process keeps its own in files of one folder, and whichever
is asked adds all of them up (prometheus_client's multiprocess mode): counters of a process that died count on, gauges
of it do not.

Labels have few values, whatever tills send: no merchant, till or card is ever one.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.registry import Collector

from common.rules.refusals import RefusalCode
from common.wire.push import Verdict, WireCode

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Prometheus' own name for it; read when its library is loaded, so whoever starts a process sets it."""

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

ACCEPTED: Final = "none"
OTHER: Final = "other"
CODES: Final = frozenset({*RefusalCode, *WireCode})


class Figures:
    """The figures of one process.

    Attributes:
        requests: how many were answered, by route and status.
        seconds: from a request's head to its answer's, by route.
        operations: first verdicts, by outcome and code. What is decided later, of what was parked, is not among them.
        repeated: operations that came again and got the verdict they have.
        processes: that serve.
        streams: open streams of events.
        deaf: processes that cannot hear what others commit.
        connections: to the database in use, and how many there may be.
    """

    def __init__(self, further: Sequence[Collector] = ()) -> None:
        # When a counter began is nothing that anybody asks; it would double what is told.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's own omission
        self._several = _FOLDER in os.environ
        self._own = CollectorRegistry()
        self._further = further
        own = self._own
        self.requests = Counter("tillstamp_requests", "Requests that were answered.", ("route", "status"), registry=own)
        self.seconds = Histogram(
            "tillstamp_request_seconds",
            "From a request's head to its answer's.",
            ("route",),
            buckets=SECONDS,
            registry=own,
        )
        self.operations = Counter(
            "tillstamp_operations",
            "Operations, by their first verdict and its code.",
            ("outcome", "code"),
            registry=own,
        )
        self.repeated = Counter("tillstamp_operations_repeated", "Operations that came again.", registry=own)
        self.processes = _gauge("tillstamp_processes", "Processes that serve.", own)
        self.streams = _gauge("tillstamp_event_streams", "Tills that listen for events.", own)
        self.deaf = _gauge("tillstamp_deaf_processes", "Processes that do not hear what others commit.", own)
        self.connections = _gauge("tillstamp_database_connections", "Connections to the database in use.", own)
        self.connections_max = _gauge("tillstamp_database_connections_max", "Connections there may be.", own)

    def count_verdicts(self, verdicts: Sequence[Verdict]) -> dict[str, int]:
        """Count what a push was answered. Returns how many of each outcome, and of those that came again."""
        counted: dict[str, int] = {}
        for verdict in verdicts:
            if verdict.replayed:
                self.repeated.inc()
            else:
                code = verdict.code or ACCEPTED
                self.operations.labels(verdict.outcome.value, code if code in CODES | {ACCEPTED} else OTHER).inc()
            outcome = "repeated" if verdict.replayed else verdict.outcome.value
            counted[outcome] = counted.get(outcome, 0) + 1
        return counted

    def text(self) -> bytes:
        """All of it, over all processes, in Prometheus' text format."""
        if self._several:
            shown = CollectorRegistry()
            multiprocess.MultiProcessCollector(shown)  # type: ignore[no-untyped-call]  # the library's own omission
        else:
            shown = self._own
        further = CollectorRegistry()
        for collector in self._further:
            further.register(collector)
        return generate_latest(shown) + generate_latest(further)


def _gauge(name: str, what: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, what, registry=registry, multiprocess_mode="livesum")


@contextmanager
def shared_figures() -> Iterator[Callable[[int], None]]:
    """Let the processes that are started in this block share their figures. Gives what forgets one that died."""
    before = os.environ.get(_FOLDER)
    with tempfile.TemporaryDirectory(prefix="tillstamp-figures-") as folder:
        os.environ[_FOLDER] = folder

        def forget(pid: int) -> None:
            multiprocess.mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]  # the library's own omission

        try:
            yield forget
        finally:
            if before is None:
                del os.environ[_FOLDER]
            else:
                os.environ[_FOLDER] = before
