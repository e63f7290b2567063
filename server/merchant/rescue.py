"""The rescue file: what `tillstamp export` wrote on a dying till, brought to the server by a person."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, Engine, Row, text

from common.clock import Clock
from common.ids import MerchantId, TillId
from common.wire.base import PROTOCOL
from common.wire.operations import usable_key
from server.sync.known import Answer
from server.sync.parking.rescue import Rescue, receive_rescued
from server.sync.parking.spans import operation_bytes
from server.trouble import FileTrouble, NotFound

FILE_BYTES_MAX: Final = 256 * 1024 * 1024
"""A till that nobody reached for years has some hundred thousand operations, of 600 bytes each."""

_FORMAT: Final = 1

_TILL: Final = text("""
SELECT m.slug AS merchant, s.slug AS store, t.name AS till, t.revoked_at
  FROM tills t
  JOIN merchants m ON m.merchant_id = t.merchant_id
  JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
 WHERE t.merchant_id = :merchant_id AND t.till_id = :till_id
""")


class _Named(BaseModel):
    id: UUID
    name: Annotated[str, Field(max_length=200)] = "?"


class _File(BaseModel):
    """What a rescue file says, beside its operations, which are read one by one."""

    # Enrolments hold names and phone numbers, and a complaint is printed.
    model_config = ConfigDict(hide_input_in_errors=True)

    tillstamp_queue: int
    protocol: int
    till: _Named
    merchant: _Named
    operations: list[Any]


@dataclass(frozen=True, slots=True)
class Brought:
    """One operation of the file. `known`: the server had it already, with this verdict."""

    key: UUID
    kind: str
    outcome: str
    code: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    merchant: str
    store: str
    till: str
    operations: tuple[Brought, ...]


def import_rescue_file(engine: Engine, file: Path, clock: Clock) -> Imported:
    """Judge the operations of a rescue file as its till's. The same file again changes nothing.

    Raises FileTrouble for a file that is not what a till exports, and NotFound for one of another server's; nothing of
    it was imported then. Raises DatabaseBusy; what was imported until then stays, and the file may be imported again.
    """
    rescue = _read(file)
    with engine.connect() as connection:
        found = _find(connection, rescue, file)
    answers = receive_rescued(engine, rescue, received_at=clock.now())
    brought = (_brought(said, answer) for (said, _), answer in zip(rescue.operations, answers, strict=True))
    return Imported(found.merchant, found.store, found.till, tuple(brought))


def _read(file: Path) -> Rescue:
    try:
        with file.open("rb") as opened:
            # Not asked for its size: that of a pipe or a device says nothing.
            content = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise FileTrouble(f"{file} cannot be read ({error.strerror}).") from error
    if len(content) > FILE_BYTES_MAX:
        raise FileTrouble(f"{file} is too large for a rescue file. Nothing was imported.")
    said = _parse(file, content)
    if said.tillstamp_queue != _FORMAT or said.protocol != PROTOCOL:
        raise FileTrouble(f"{file} was written by a newer Tillstamp. Update this server, and import it then.")
    raws = operation_bytes(content)
    operations = []
    for place, (operation, raw) in enumerate(zip(said.operations, raws, strict=True), 1):
        if not isinstance(operation, dict) or usable_key(operation.get("key")) is None:
            raise _not_one(file, f"operation {place} of {len(raws)} has no key")
        operations.append((operation, raw))
    return Rescue(MerchantId(said.merchant.id), TillId(said.till.id), operations)


def _parse(file: Path, content: bytes) -> _File:
    try:
        return _File.model_validate(json.loads(content))
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in wrong["loc"]) or "all of it"
        raise _not_one(file, f"{place}: {wrong['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _not_one(file, "it is no JSON, or not all of it is there") from error


def _not_one(file: Path, problem: str) -> FileTrouble:
    return FileTrouble(
        f"{file} is not what a till exports: {problem}. Nothing was imported. "
        "A whole one is written on the till with: tillstamp export FILE"
    )


def _find(connection: Connection, rescue: Rescue, file: Path) -> Row[Any]:
    asked = {"merchant_id": rescue.merchant_id, "till_id": rescue.till_id}
    found = connection.execute(_TILL, asked).first()
    if found is None:
        raise NotFound(f"{file} is of a till that this server does not know. Is it another server's?")
    return found


def _brought(said: dict[str, Any], answer: Answer) -> Brought:
    kind = said.get("kind")
    row = answer.row
    return Brought(
        UUID(said["key"]), kind if isinstance(kind, str) else "?", str(row.outcome), row.code, answer.replayed
    )
