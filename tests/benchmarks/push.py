"""Push: stamps through HTTP and the real server process, beside a service that takes one request for each stamp.

Both run as one uvicorn process with the same settings, on one PostgreSQL whose commits wait for the disk, and take
turns: one is measured right after the other, in every round.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import cycle, islice

from common.clock import SystemClock
from server.store.engine import make_engine
from tests.benchmarks.clients import Send, post, seconds_for
from tests.benchmarks.figures import AtLeast, Figure, compare
from tests.benchmarks.queues import TERMS, TillQueue, make_queues
from tests.benchmarks.server_process import ServerProcess, free_port, serving
from tests.benchmarks.usual_service import DATABASE_URL, fill
from tests.benchmarks.workshop import Workshop, workshop
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop

TILLS = 8
ROUNDS = 5
CARDS_EACH = 4_000
USUAL_REQUESTS = 480
REQUESTS = {1: 320, 10: 160, 100: 96, 500: 32}
"""For each size of a batch: how many are sent in one measurement, by all tills together. A second's work or two."""

LIMITED = (100, TILLS)
LIMIT = AtLeast(ratio=20)
STRAW_OPS_PER_S = 150
"""What the usual service must reach at eight tills, else beating it would say nothing."""

_UVICORN = ["-m", "uvicorn", "--factory", "--host", "127.0.0.1", "--log-level", "warning", "--no-access-log"]


def push_through_http() -> list[Figure]:
    """One figure for each size of a batch, from one till and from eight."""
    rounds: dict[tuple[int, int], list[tuple[float, float]]] = {}
    usual_rates: list[tuple[float, float]] = []
    with workshop() as shop_floor, _hub(shop_floor) as (hub, queues), _usual(shop_floor) as (usual, stamps):
        for _ in range(ROUNDS):
            for till_count in (1, TILLS):
                usual_rate = _usual_rate(usual, stamps, till_count)
                for batch in REQUESTS:
                    rate = _push_rate(hub, queues[:till_count], batch)
                    rounds.setdefault((batch, till_count), []).append((rate, usual_rate))
            usual_rates.append((usual_rate, STRAW_OPS_PER_S))
    figures = [
        compare(
            f"push, batches of {batch}, {_tills(till_count)}",
            "one request and ORM transaction a stamp",
            rates,
            unit="op/s",
            limit=LIMIT if (batch, till_count) == LIMITED else None,
        )
        for (batch, till_count), rates in rounds.items()
    ]
    straw = compare(
        f"the usual service itself, {_tills(TILLS)}",
        "what it must reach",
        usual_rates,
        unit="op/s",
        limit=AtLeast(ratio=1),
    )
    return [*figures, straw]


def _tills(count: int) -> str:
    return "1 till" if count == 1 else f"{count} tills"


@contextmanager
def _hub(floor: Workshop) -> Iterator[tuple[ServerProcess, list[TillQueue]]]:
    """Our server, and tills that are enrolled there."""
    url, port = floor.database(), free_port()
    engine = make_engine(url)
    shop = Shop.open(engine, ManualClock(SystemClock().now()), terms=TERMS)
    queues = make_queues(shop, TILLS, CARDS_EACH)
    engine.dispose()
    settings = {"TILLSTAMP_DATABASE_URL": url, "TILLSTAMP_DATA_DIR": str(floor.folder / "hub")}
    words = [*_UVICORN, "--port", str(port), "tests.benchmarks.hub:make_app"]
    with serving(words, settings, log=floor.folder / "hub.log", port=port) as server:
        yield server, queues


@contextmanager
def _usual(floor: Workshop) -> Iterator[tuple[ServerProcess, Iterator[bytes]]]:
    """The usual service, and the bodies of its stamps, for ever."""
    url, port = floor.foreign_database(), free_port()
    staff_id, tokens = fill(url, TILLS * CARDS_EACH)
    bodies = [json.dumps({"token": token, "staff_id": str(staff_id)}).encode() for token in tokens]
    words = [*_UVICORN, "--port", str(port), "tests.benchmarks.usual_service:make_app"]
    with serving(words, {DATABASE_URL: url}, log=floor.folder / "usual.log", port=port) as server:
        yield server, cycle(bodies)


def _push_rate(server: ServerProcess, queues: Sequence[TillQueue], batch: int) -> float:
    """Operations a second, of tills that each send batch after batch."""
    requests_each = max(1, REQUESTS[batch] // TILLS)
    clients: list[list[Send]] = [
        [partial(_push, queue, queue.next_stamps(batch), batch) for _ in range(requests_each)] for queue in queues
    ]
    return len(queues) * requests_each * batch / seconds_for(server, clients)


def _push(queue: TillQueue, stamps: bytes, count: int, connection: HTTPConnection) -> None:
    answer = post(connection, "/v1/sync/push", queue.body(stamps), {"Authorization": f"Bearer {queue.till.token}"})
    accepted = answer.count(b'"outcome":"accepted"')
    if accepted != count:
        raise RuntimeError(f"of {count} stamps {accepted} were accepted: {answer[:500]!r}")


def _usual_rate(server: ServerProcess, bodies: Iterator[bytes], till_count: int) -> float:
    requests_each = USUAL_REQUESTS // TILLS
    clients: list[list[Send]] = [
        [partial(_stamp, body) for body in islice(bodies, requests_each)] for _ in range(till_count)
    ]
    return till_count * requests_each / seconds_for(server, clients)


def _stamp(body: bytes, connection: HTTPConnection) -> None:
    post(connection, "/stamps", body, {})
