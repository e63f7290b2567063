"""Push: stamps through HTTP and the real server process, beside a service that takes one request for each stamp.

Both are one uvicorn process, on one PostgreSQL whose commits wait for the disk, and take turns: one is measured right
after the other, in every round.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import cycle, islice

from tests.benchmarks.clients import Work, post, seconds_for
from tests.benchmarks.figures import AtLeast, Figure, compare
from tests.benchmarks.hub import hub_with_cards
from tests.benchmarks.queues import TillQueue, make_queues
from tests.benchmarks.server_process import HOST, ServerProcess, free_port, serving
from tests.benchmarks.usual_service import DATABASE_URL, fill
from tests.benchmarks.workshop import Workshop, workshop

TILLS = 8
ROUNDS = 5
CARDS = 90_000
USUAL_CARDS = 10_000
USUAL_REQUESTS = 400
REQUESTS = {1: 160, 10: 96, 100: 64, 500: 16}
"""For each size of a batch: how many are sent in one measurement, by eight tills together; by one till an eighth."""

LIMITED = (100, TILLS)
LIMIT = AtLeast(ratio=20)
STRAW_OPS_PER_S = 150
"""What the usual service must reach at eight tills, else beating it would say nothing."""

_UVICORN = ["-m", "uvicorn", "--factory", "--host", HOST, "--log-level", "warning", "--no-access-log"]


def push_through_http() -> list[Figure]:
    """One figure for each size of a batch, from one till and from eight."""
    rounds: dict[tuple[int, int], list[tuple[float, float]]] = {}
    usual_rates: list[tuple[float, float]] = []
    with workshop() as floor, hub_with_cards(floor, CARDS) as hub, _usual(floor) as (usual, stamps):
        queues = make_queues(hub, TILLS)
        _warm_up(hub.server, queues, usual, stamps)
        for _ in range(ROUNDS):
            for till_count in (1, TILLS):
                usual_rate = _usual_rate(usual, stamps, till_count)
                for batch in REQUESTS:
                    rate = _push_rate(hub.server, queues[:till_count], batch)
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
def _usual(floor: Workshop) -> Iterator[tuple[ServerProcess, Iterator[bytes]]]:
    """The usual service, and the bodies of its stamps, for ever."""
    url, port = floor.foreign_database(), free_port()
    staff_id, tokens = fill(url, USUAL_CARDS)
    bodies = [json.dumps({"token": token, "staff_id": str(staff_id)}).encode() for token in tokens]
    words = [*_UVICORN, "--port", str(port), "tests.benchmarks.usual_service:make_app"]
    with serving(words, {DATABASE_URL: url}, log=floor.folder / "usual.log", port=port) as server:
        yield server, cycle(bodies)


def _warm_up(server: ServerProcess, queues: Sequence[TillQueue], usual: ServerProcess, stamps: Iterator[bytes]) -> None:
    """Connections are opened and statements prepared before anything counts."""
    _usual_rate(usual, stamps, TILLS)
    for batch in (1, 100):
        _push_rate(server, queues, batch)


def _push_rate(server: ServerProcess, queues: Sequence[TillQueue], batch: int) -> float:
    """Operations a second, of tills that each send batch after batch."""
    requests_each = REQUESTS[batch] // TILLS
    with ExitStack() as stack:
        clients: list[list[Work]] = []
        for queue in queues:
            connection = stack.enter_context(closing(server.connect()))
            batches = [queue.next_stamps(batch) for _ in range(requests_each)]
            clients.append([partial(_push, connection, queue, stamps, batch) for stamps in batches])
        return len(queues) * requests_each * batch / seconds_for(clients)


def _push(connection: HTTPConnection, queue: TillQueue, stamps: bytes, count: int) -> None:
    answer = post(connection, "/v1/sync/push", queue.body(stamps), {"Authorization": f"Bearer {queue.till.token}"})
    accepted = answer.count(b'"outcome":"accepted"')
    if accepted != count:
        raise RuntimeError(f"of {count} stamps {accepted} were accepted: {answer[:500]!r}")


def _usual_rate(server: ServerProcess, bodies: Iterator[bytes], till_count: int) -> float:
    requests_each = USUAL_REQUESTS // TILLS
    with ExitStack() as stack:
        clients: list[list[Work]] = []
        for _ in range(till_count):
            connection = stack.enter_context(closing(server.connect()))
            clients.append([partial(_stamp, connection, body) for body in islice(bodies, requests_each)])
        return till_count * requests_each / seconds_for(clients)


def _stamp(connection: HTTPConnection, body: bytes) -> None:
    post(connection, "/stamps", body, {})
