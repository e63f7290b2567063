"""Several worker processes behind one address, over a real database: readiness, deaths, figures, and the end."""

import json
import os
import select
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from server.incarnation import read_life
from server.store import migrate
from tests.helpers.served_hub import PATIENCE_S, ServedHub

WORKERS = 2


@pytest.fixture
def hub(fresh_database: Callable[..., str], tmp_path: Path) -> Iterator[ServedHub]:
    running = ServedHub(fresh_database(migrate.upgrade), tmp_path, "--workers", str(WORKERS))
    yield running
    running.stop()


def test_workers_serve_together_and_one_that_dies_is_replaced(hub: ServedHub) -> None:
    began = hub.workers()
    assert len(began) == WORKERS
    # Readiness was told when all of them served, and each adds itself to the same figures.
    assert hub.figure("tillstamp_processes") == WORKERS
    for _ in range(20):
        hub.answer("/readyz")
    counted = 'tillstamp_requests_total{route="/readyz",status="200"}'
    assert hub.figure(counted) == 20

    os.kill(began[0], signal.SIGKILL)
    told = json.loads(hub.next_line())
    assert (told["event"], told["process"], told["status"]) == ("a server process died and is replaced", began[0], -9)
    # The others serve on meanwhile; what the dead one counted is not forgotten, and that it serves is.
    while hub.figure("tillstamp_processes") != WORKERS:
        hub.answer("/healthz")
    assert began[0] not in hub.workers()
    assert hub.figure(counted) == 20

    assert hub.stop() == (0, "")
    assert not any(Path(f"/proc/{worker}").exists() for worker in began)


def test_no_worker_outlives_who_looks_after_it(hub: ServedHub) -> None:
    watched = [os.pidfd_open(worker) for worker in hub.workers()]
    hub.process.kill()
    for worker in watched:
        # Readable once the process has ended.
        assert select.select([worker], [], [], PATIENCE_S)[0] == [worker]
        os.close(worker)
    with pytest.raises(OSError, match="refused"):
        hub.answer("/healthz")


def test_a_worker_that_cannot_serve_is_told_before_any_is_started(
    fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    read_life(tmp_path, SystemClock())
    (tmp_path / "receipt.key").write_text("no key")
    with pytest.raises(AssertionError, match=r"receipt\.key does not hold a key"):
        ServedHub(fresh_database(migrate.upgrade), tmp_path, "--workers", str(WORKERS))
