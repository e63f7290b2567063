"""Apart: a batch that fails as a whole is judged in parts, until the one operation that fails is found and parked.

Prefixes, in seq order, each in a transaction of its own: half of what failed, twice of what went well. So one bad
operation among 500 costs some twenty transactions, and 500 bad ones two each.
"""

import base64
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from common.entropy import random_bytes
from common.ids import CardId
from common.wire.base import INTEGER_MAX
from common.wire.operations import KNOWN_KINDS, content_digest, usable_key
from common.wire.problem import ProblemCode
from common.wire.push import PushResponse, Verdict
from server.store.engine import DatabaseBusy
from server.sync.intake import Broken, Incoming, Readable, Unopened, read_operation
from server.sync.parking.spans import operation_bytes

_TICKET_BYTES: Final = 5

PARKED_MOST: Final = 50
"""So many failures take some ten seconds. What lies behind them is not judged: the till goes on with it in its next
push, before it would give this one up."""

_log = logging.getLogger(__name__)

Judge = Callable[[Sequence[Incoming], int], PushResponse | ProblemCode]
"""Judges and records operations in one transaction; the number says how many of the batch came before them."""


def new_ticket() -> str:
    """Eight signs by which a parked operation is found in the log."""
    return base64.b32encode(random_bytes(_TICKET_BYTES)).decode("ascii")


def judge_apart(operations: Sequence[Any], body: bytes | None, judge: Judge) -> PushResponse | ProblemCode:
    """The answer to a batch that could not be judged as a whole: every operation of it has its verdict, or so many
    failed that the rest must come again.

    Raises DatabaseBusy, and whatever keeps an operation from even being parked; what was judged until then stays.
    """
    raws = _raws(operations, body)
    waiting = list(_consecutive(read_warily(said, raw) for said, raw in zip(operations, raws, strict=True)))
    if not waiting:
        return judge((), 0)
    done = 0
    answer: PushResponse | ProblemCode = ProblemCode.INTERNAL
    verdicts: list[Verdict] = []
    size, failed = max(1, len(waiting) // 2), 0
    while done < len(waiting) and failed < PARKED_MOST:
        part = waiting[done : done + size]
        try:
            answer = judge(part, done)
        except DatabaseBusy:
            raise
        except Exception as error:
            if len(part) > 1:
                size = len(part) // 2
                continue
            failed += 1
            answer = judge([unopened(part[0], raws[done], error)], done)
        else:
            size *= 2
        if isinstance(answer, ProblemCode):
            return answer
        verdicts += answer.verdicts
        if len(answer.verdicts) < len(part):
            break
        done += len(part)
    return answer if isinstance(answer, ProblemCode) else answer.model_copy(update={"verdicts": verdicts})


def with_bytes(incoming: list[Incoming], body: bytes | None) -> list[Incoming]:
    """The same, and broken ones with their bytes as they came."""
    if body is None or not any(isinstance(item, Broken) for item in incoming):
        return incoming
    try:
        raws = operation_bytes(body)
    except ValueError:
        # A reader that is more lenient than ours took it. What it read is kept.
        return incoming
    if len(raws) != len(incoming):
        return incoming
    return [
        replace(item, raw=raw) if isinstance(item, Broken) else item for item, raw in zip(incoming, raws, strict=True)
    ]


def _raws(operations: Sequence[Any], body: bytes | None) -> list[bytes]:
    try:
        raws = [] if body is None else operation_bytes(body)
    except ValueError:
        raws = []
    return raws if len(raws) == len(operations) else [json.dumps(said).encode() for said in operations]


def _consecutive(incoming: Iterable[Incoming]) -> Iterator[Incoming]:
    """Up to the first gap: parts of a batch must not be judged where the whole would stop."""
    previous: int | None = None
    for item in incoming:
        if item.seq is None or (previous is not None and item.seq != previous + 1):
            return
        previous = item.seq
        yield item


def read_warily(said: Any, raw: bytes) -> Incoming:
    """An operation, or its bytes alone where reading it fails in a way that nobody expected."""
    try:
        item = read_operation(said)
    except Exception as error:
        seq = said.get("seq") if isinstance(said, dict) else None
        if type(seq) is not int or not 1 <= seq <= INTEGER_MAX:
            raise
        card_id, kind = usable_key(said.get("card_id")), said.get("kind")
        return Unopened(
            seq=seq,
            key=usable_key(said.get("key")),
            kind=kind if isinstance(kind, str) and kind in KNOWN_KINDS else None,
            card_id=None if card_id is None else CardId(card_id),
            raw=raw,
            digest=content_digest(raw),
            ticket=_told(error),
        )
    return replace(item, raw=raw) if isinstance(item, Broken) else item


def unopened(item: Incoming, raw: bytes, error: Exception) -> Unopened:
    """An operation that the server failed over, as it is parked. Raises `error` for one that was parked so already."""
    if isinstance(item, Unopened):
        raise error
    if item.seq is None:
        raise ValueError("what has no seq is not judged") from error
    operation = item.operation if isinstance(item, Readable) else None
    return Unopened(
        seq=item.seq,
        key=item.key,
        kind=str(operation.kind) if operation is not None else item.kind if isinstance(item, Broken) else None,
        card_id=item.card_id,
        raw=raw,
        digest=item.digest,
        ticket=_told(error),
        operation=operation,
    )


def _told(error: Exception) -> str:
    """Log what failed; the ticket by which it is found again."""
    ticket = new_ticket()
    _log.error("an operation is parked, ticket %s: the server failed over it", ticket, exc_info=error)
    return ticket
