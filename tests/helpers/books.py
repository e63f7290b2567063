"""Books for tests of the exchange: an enrolled till with operations in its queue, no cashier needed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from common.clock import Clock
from common.entropy import new_uuid
from common.ids import CardId, MerchantId, OperationKey, StoreId, TillId
from common.rules.asks import Kind
from common.times import to_wire
from common.wire.enrol import EnrolledMerchant, EnrolledStore, EnrolledTill, EnrolResponse
from common.wire.operations import StampOperation
from desktop.store import identity, operations
from desktop.store.book import Book
from desktop.store.contact import Contact
from desktop.store.identity import Identity, SecretsPlace
from desktop.store.operations import QueueCounts, State, Trace
from desktop.store.recovery import numbering

MERCHANT = MerchantId(uuid.UUID(int=1))
CARD = CardId(uuid.UUID(int=9))


def enrolment(epoch: int = 1, merchant: MerchantId = MERCHANT, till: int = 3) -> EnrolResponse:
    """What a server answers to an enrolment."""
    return EnrolResponse(
        till=EnrolledTill(id=TillId(uuid.UUID(int=till)), name="Front", number=17),
        store=EnrolledStore(id=StoreId(uuid.UUID(int=2)), name="Gare"),
        merchant=EnrolledMerchant(id=merchant, name="Roast & Co"),
        token="till-token",  # noqa: S106 - a test's
        pin_key=b"k" * 32,
        epoch=epoch,
        incarnation="one",
        server_time=datetime.fromisoformat("2026-11-22T10:00:00Z"),
    )


def enrolment_json(answer: EnrolResponse) -> dict[str, object]:
    return {**answer.model_dump(mode="json"), "server_time": to_wire(answer.server_time)}


@dataclass(frozen=True, slots=True)
class TestTill:
    """A book, with what a test wants to know of it in a word."""

    __test__ = False

    book: Book
    clock: Clock

    def enrol(self, epoch: int = 1) -> None:
        answer = enrolment(epoch)
        with self.book.write() as connection:
            identity.save_enrolment(
                connection,
                answer,
                server_url="http://127.0.0.1:1",
                secrets_place=SecretsPlace.FILE,
                contact=Contact.made(answer.server_time, self.clock),
            )
            numbering.renumber(connection, epoch)

    def stamp(self, times: int = 1) -> list[OperationKey]:
        """Put stamps into the queue, without asking any rule."""
        keys = []
        with self.book.write() as connection:
            for _ in range(times):
                operation = StampOperation(
                    key=OperationKey(new_uuid(self.clock.now())),
                    seq=identity.load(connection).next_seq,
                    card_id=CARD,
                    terms_version=1,
                    occurred_at=self.clock.now(),
                    boot_id=self.clock.boot_id(),
                    uptime_ms=self.clock.uptime_ms(),
                )
                operations.append(connection, operation, Kind.STAMP, self.clock.now(), Trace(stamps=1))
                keys.append(operation.key)
        return keys

    def identity(self) -> Identity:
        with self.book.read() as connection:
            return identity.load(connection)

    def counts(self) -> QueueCounts:
        with self.book.read() as connection:
            return operations.counts(connection)

    def waiting(self) -> list[tuple[int, OperationKey]]:
        with self.book.read() as connection:
            return [(queued.seq, queued.key) for queued in operations.waiting(connection, 10_000, 10**9)]

    def state(self, key: OperationKey) -> State:
        with self.book.read() as connection:
            found = operations.find(connection, key)
        assert found is not None
        return found.state


def copy_book(template: Path, folder: Path) -> Path:
    """A book of a test's own, without the second that making one takes."""
    path = folder / "till.db"
    path.write_bytes(template.read_bytes())
    return path
