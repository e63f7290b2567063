"""Intake: a body becomes operations, each read on its own, so that one that is broken harms no other."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pydantic_core
from pydantic import ValidationError

from common.ids import CardId, OperationKey
from common.rules.refusals import RefusalCode
from common.wire.base import INTEGER_MAX, MAX_OPERATIONS, PROTOCOL
from common.wire.operations import KNOWN_KINDS, OPERATION, OperationBase, canonical_content, content_digest, usable_key
from common.wire.problem import ProblemCode
from common.wire.push import Outcome, PushRequest, WireCode
from server.sync.recovery.offered import BESIDE, is_offered

_DEPTH_MAX: Final = 200
"""As many levels as the strict reader takes; messages of protocol 1 have five."""

_DIGITS_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Readable:
    """An operation that says something. `content` is what it says, `digest` tells it from another.

    Attributes:
        beside: of one that comes with a receipt: that, the verdict it is on, and what the till says of the card.
    """

    seq: int
    key: OperationKey
    operation: OperationBase
    content: bytes
    digest: bytes
    beside: Mapping[str, Any] | None = None

    @property
    def card_id(self) -> CardId | None:
        return self.operation.card_id


@dataclass(frozen=True, slots=True)
class Broken:
    """An operation that cannot be judged, kept as it came, with the outcome that this alone decides.

    Attributes:
        seq: None when not even that can be read; judging then stops before it.
        key: None when there is none to read.
        kind: what it claims to be; None for no kind that this server knows.
        card_id: the card that it seems to be about.
        raw: its bytes as they came, where they are known.
    """

    seq: int | None
    key: OperationKey | None
    kind: str | None
    card_id: CardId | None
    content: bytes
    digest: bytes
    outcome: Outcome
    code: str
    problem: str
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unopened:
    """An operation that is kept as bytes alone, because reading or judging it failed in a way that nobody expected.

    Attributes:
        kind, card_id: what it is said to be about.
        digest: of what it says, where somebody could tell; else of its bytes.
        ticket: by which the log tells what failed.
        operation: what it says, where that much worked; only its clocks are looked at.
    """

    seq: int
    key: OperationKey | None
    kind: str | None
    card_id: CardId | None
    raw: bytes
    digest: bytes
    ticket: str
    operation: OperationBase | None = None

    @property
    def content(self) -> bytes:
        """A null stands for what only the bytes say."""
        return b"null"


Incoming = Readable | Broken | Unopened


def read_push(body: bytes) -> PushRequest | ProblemCode:
    """The batch in `body`; a problem only when it is no batch at all."""
    try:
        said = _read_json(body)
        if speaks_another_protocol(said):
            return ProblemCode.UPDATE_NEEDED
        request = PushRequest.model_validate(said)
    except ValueError:
        return ProblemCode.MALFORMED
    if len(request.operations) > MAX_OPERATIONS:
        return ProblemCode.TOO_MANY_OPERATIONS
    return request


def speaks_another_protocol(said: Any) -> bool:
    """Asked before anything else is read, for what else another protocol says is not known here."""
    protocol = said.get("protocol") if isinstance(said, dict) else None
    return type(protocol) is int and protocol != PROTOCOL


def _read_json(body: bytes) -> Any:
    """What a body says. Raises ValueError when it is no JSON, or nested deeper than any message is.

    What only a strict reader refuses, half a surrogate pair or an endless integer, is one operation's fault alone and
    must not stop the others: it is read as a text that no field takes.
    """
    try:
        return pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError:
        pass
    try:
        said = json.loads(body, parse_constant=_refuse, parse_int=_handy)
    except RecursionError:
        raise ValueError("nested too deep") from None
    _refuse_depth(said)
    return said


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _handy(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS_MAX else digits


def _refuse_depth(said: Any) -> None:
    level = [said]
    for _ in range(_DEPTH_MAX):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return
    raise ValueError("nested too deep")


def _parts(whole: Any) -> Iterable[Any]:
    if isinstance(whole, dict):
        return whole.values()
    return whole if isinstance(whole, list) else ()


def read_operations(raws: Iterable[Any]) -> list[Incoming]:
    return [read_operation(raw) for raw in raws]


def read_bytes(raw: bytes, seq: int) -> Incoming:
    """What the bytes of one operation say; it stands under `seq`, whatever they say of that."""
    try:
        said = _read_json(raw)
    except ValueError as error:
        return _broken({"raw": None, "seq": seq}, Outcome.PARKED, WireCode.UNREADABLE, f"no JSON: {error}")
    return read_operation(said | {"seq": seq} if isinstance(said, dict) else said)


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


def read_operation(raw: Any) -> Incoming:
    try:
        operation = OPERATION.validate_python(raw)
    except ValidationError as error:
        return _diagnose(raw, error)
    content = canonical_content(operation)
    beside = {name: raw.get(name) for name in BESIDE} if is_offered(raw) else None
    return Readable(operation.seq, operation.key, operation, content, content_digest(content), beside)


def _diagnose(raw: Any, error: ValidationError) -> Broken:
    """What an operation that cannot be read may still tell, and what becomes of it."""
    if not isinstance(raw, dict):
        return _broken({"raw": raw}, Outcome.PARKED, WireCode.UNREADABLE, "not an object")
    if usable_key(raw.get("key")) is None:
        return _broken(raw, Outcome.PARKED, WireCode.UNREADABLE, "key: not a UUID")
    if _kind(raw) is None:
        return _broken(raw, Outcome.PARKED, WireCode.UNKNOWN_KIND, "kind: unknown")
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    return _broken(raw, Outcome.REJECTED, RefusalCode.INVALID_OPERATION, f"{place}: {first['msg']}")


def _kind(raw: dict[str, Any]) -> str | None:
    kind = raw.get("kind")
    # A list or an object cannot even be looked for among the kinds.
    return kind if isinstance(kind, str) and kind in KNOWN_KINDS else None


def _writable(said: Any) -> Any:
    """The same without infinities, which Python reads in 1e400, and no JSON can say."""
    if isinstance(said, dict):
        return {name: _writable(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_writable(value) for value in said]
    return str(said) if isinstance(said, float) and not math.isfinite(said) else said


def _broken(raw: dict[str, Any], outcome: Outcome, code: str, problem: str) -> Broken:
    seq = raw.get("seq")
    # A true or false is an int to Python, and none to the wire.
    if type(seq) is not int or not 1 <= seq <= INTEGER_MAX:
        seq = None
    card_id = usable_key(raw.get("card_id"))
    left_out = ("seq", *BESIDE) if is_offered(raw) else ("seq",)
    said = {name: value for name, value in raw.items() if name not in left_out}
    content = json.dumps(_writable(said), sort_keys=True, separators=(",", ":")).encode()
    return Broken(
        seq=seq,
        key=usable_key(raw.get("key")),
        kind=_kind(raw),
        card_id=None if card_id is None else CardId(card_id),
        content=content,
        digest=content_digest(content),
        outcome=outcome,
        code=str(code),
        problem=problem,
    )
