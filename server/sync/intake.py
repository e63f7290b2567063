"""Intake: a body becomes operations, each read on its own, so that one that is broken harms no other."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pydantic_core
from pydantic import ValidationError

from common.ids import CardId, OperationKey
from common.rules.refusals import RefusalCode
from common.wire.base import INTEGER_MAX, MAX_OPERATIONS, PROTOCOL
from common.wire.operations import KNOWN_KINDS, OPERATION, OperationBase, canonical_content, content_digest, usable_key
from common.wire.problem import ProblemCode
from common.wire.push import Outcome, PushRequest, WireCode


@dataclass(frozen=True, slots=True)
class Readable:
    """An operation that says something. `content` is what it says, `digest` tells it from another."""

    seq: int
    key: OperationKey
    operation: OperationBase
    content: bytes
    digest: bytes

    @property
    def card_id(self) -> CardId | None:
        return self.operation.card_id


@dataclass(frozen=True, slots=True)
class Broken:
    """An operation that cannot be judged, kept as it came, with the outcome that this alone decides.

    Attributes:
        seq: None when not even that can be read; judging then stops before it.
        key: None when there is none to read.
        card_id: the card that it seems to be about.
    """

    seq: int | None
    key: OperationKey | None
    card_id: CardId | None
    content: bytes
    digest: bytes
    outcome: Outcome
    code: str
    problem: str


Incoming = Readable | Broken


def read_push(body: bytes) -> PushRequest | ProblemCode:
    """The batch in `body`; a problem only when it is no batch at all."""
    try:
        request = PushRequest.model_validate(_read_json(body))
    except (ValueError, RecursionError):
        # RecursionError: lists within lists without end.
        return ProblemCode.MALFORMED
    if request.protocol != PROTOCOL:
        return ProblemCode.UPDATE_NEEDED
    if len(request.operations) > MAX_OPERATIONS:
        return ProblemCode.TOO_MANY_OPERATIONS
    return request


def _read_json(body: bytes) -> Any:
    try:
        return pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError:
        # Half a surrogate pair in one note is that operation's fault alone; the standard library lets it pass.
        return json.loads(body)


def read_operations(raws: Iterable[Any]) -> list[Incoming]:
    return [_read_operation(raw) for raw in raws]


def in_sequence(incoming: Iterable[Incoming], have_seq: int) -> Iterator[tuple[int, Incoming]]:
    """The operations that may be judged now, with their seqs: up to the first gap, or unreadable seq."""
    previous: int | None = None
    for item in incoming:
        if item.seq is None:
            return
        if item.seq > have_seq + 1 if previous is None else item.seq != previous + 1:
            return
        previous = item.seq
        yield item.seq, item


def _read_operation(raw: Any) -> Incoming:
    if not isinstance(raw, dict):
        return _broken({"raw": raw}, Outcome.PARKED, WireCode.UNREADABLE, "not an object")
    key = usable_key(raw.get("key"))
    if key is None:
        return _broken(raw, Outcome.PARKED, WireCode.UNREADABLE, "key: not a UUID")
    kind = raw.get("kind")
    # A list or an object cannot even be looked for among the kinds.
    if not isinstance(kind, str) or kind not in KNOWN_KINDS:
        return _broken(raw, Outcome.PARKED, WireCode.UNKNOWN_KIND, "kind: unknown")
    try:
        operation = OPERATION.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        return _broken(raw, Outcome.REJECTED, RefusalCode.INVALID_OPERATION, f"{place}: {first['msg']}")
    content = canonical_content(operation)
    return Readable(operation.seq, operation.key, operation, content, content_digest(content))


def _broken(raw: dict[str, Any], outcome: Outcome, code: str, problem: str) -> Broken:
    seq = raw.get("seq")
    # A true or false is an int to Python, and none to the wire.
    if type(seq) is not int or not 1 <= seq <= INTEGER_MAX:
        seq = None
    card_id = usable_key(raw.get("card_id"))
    said = {name: value for name, value in raw.items() if name != "seq"}
    content = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return Broken(
        seq=seq,
        key=usable_key(raw.get("key")),
        card_id=None if card_id is None else CardId(card_id),
        content=content,
        digest=content_digest(content),
        outcome=outcome,
        code=str(code),
        problem=problem,
    )
