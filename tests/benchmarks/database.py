"""The database alone: the same batches without HTTP, beside raw rows in one `INSERT … SELECT FROM unnest` each.

Only reported: it says how far from the floor the judging of a batch is.
"""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import psycopg

from common.clock import SystemClock
from common.entropy import new_uuid
from common.wire.problem import ProblemCode
from common.wire.push import Outcome
from server.store.engine import make_engine
from server.sync.intake import read_push
from server.sync.receive import receive
from tests.benchmarks.clients import Work, seconds_for
from tests.benchmarks.figures import Figure, compare
from tests.benchmarks.hub import Hub, hub_with_cards
from tests.benchmarks.queues import TillQueue, make_queues
from tests.benchmarks.workshop import workshop
from tests.helpers.postgres import plain
from tests.helpers.shop import INCARNATION

TILLS = 8
ROUNDS = 5
CARDS = 30_000
BATCHES = {1: 64, 10: 32, 100: 16, 500: 8}
"""For each size of a batch: how many are written in one measurement, by eight tills together."""

_TYPES = {
    **{"merchant_id": "uuid", "key": "uuid", "card_id": "uuid", "store_id": "uuid", "till_id": "uuid"},
    **{"staff_id": "uuid", "kind": "text", "delta": "int", "lifetime_delta": "int", "redemptions_delta": "int"},
    **{"balance_after": "int", "shortfall": "int", "event_time": "timestamptz", "business_date": "date"},
    **{"live": "boolean", "ver": "bigint", "line": "int"},
}
_RAW = (
    f"INSERT INTO raw_transactions ({', '.join(_TYPES)})"
    f" SELECT * FROM unnest({', '.join(f'CAST(%s AS {kind}[])' for kind in _TYPES.values())})"
)


def database_alone() -> list[Figure]:
    """One figure for each size of a batch, from one till and from eight."""
    rounds: dict[tuple[int, int], list[tuple[float, float]]] = {}
    with workshop() as floor, hub_with_cards(floor, CARDS) as hub, ExitStack() as stack:
        queues = make_queues(hub, TILLS)
        engine = make_engine(hub.database_url)
        stack.callback(engine.dispose)
        writers = [stack.enter_context(psycopg.connect(plain(hub.database_url))) for _ in queues]
        writers[0].execute("CREATE TABLE raw_transactions (LIKE transactions INCLUDING ALL)")
        writers[0].commit()
        for _ in range(ROUNDS):
            for till_count in (1, TILLS):
                for batch, count in BATCHES.items():
                    each = count // TILLS
                    judged = [[_receiving(engine, queue, batch) for _ in range(each)] for queue in queues[:till_count]]
                    raw = [[_writing(writer, hub, batch) for _ in range(each)] for writer in writers[:till_count]]
                    operations = till_count * each * batch
                    rates = operations / seconds_for(judged), operations / seconds_for(raw)
                    rounds.setdefault((batch, till_count), []).append(rates)
    return [
        compare(
            f"database alone, batches of {batch}, {till_count} till{'s' if till_count > 1 else ''}",
            "raw INSERT … SELECT FROM unnest",
            rates,
            unit="op/s",
        )
        for (batch, till_count), rates in rounds.items()
    ]


def _receiving(engine: Any, queue: TillQueue, batch: int) -> Work:
    token = hashlib.sha256(queue.till.token.encode()).digest()
    return partial(_receive, engine, queue, token, queue.next_stamps(batch), batch)


def _receive(engine: Any, queue: TillQueue, token: bytes, stamps: bytes, count: int) -> None:
    request = read_push(queue.body(stamps))
    if isinstance(request, ProblemCode):
        raise TypeError(f"the push was answered with {request}")
    answer = receive(engine, token, request, received_at=SystemClock().now(), incarnation=INCARNATION)
    if isinstance(answer, ProblemCode) or len(answer.verdicts) != count:
        raise TypeError(f"the push was answered with {answer}")
    if any(verdict.outcome is not Outcome.ACCEPTED for verdict in answer.verdicts):
        raise RuntimeError(f"a stamp was not accepted: {answer.verdicts[0]}")


def _writing(connection: "psycopg.Connection[Any]", hub: Hub, batch: int) -> Work:
    now = SystemClock().now()
    shop = hub.shop
    same = (shop.stores["gare"], shop.stores["gare"], shop.staff["Ben"], "stamp", 1, 1, 0, 1, 0, now, now.date(), True)
    rows = [(shop.merchant_id, new_uuid(now), hub.cards[line].card_id, *same, 1, line) for line in range(batch)]
    return partial(_write, connection, [list(column) for column in zip(*rows, strict=True)])


def _write(connection: "psycopg.Connection[Any]", columns: Sequence[list[Any]]) -> None:
    connection.execute(_RAW, columns)
    connection.commit()
