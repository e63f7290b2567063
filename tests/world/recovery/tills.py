"""A till that lives through a drill: its book, its line to whichever server runs, and what it did."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from common.clock import SystemClock
from common.ids import CardId, OperationKey, TillId
from desktop.cashier.engine import By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded, SignedIn
from desktop.cashier.people.sign_in import colleagues, sign_in
from desktop.cashier.stamp import stamp
from desktop.secrets import FileSecrets, TillSecrets
from desktop.store import identity, operations
from desktop.store.book import Book
from desktop.store.identity import SecretsPlace
from desktop.sync.connect import connect
from desktop.sync.enrol import enrol_till
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Exchanged
from tests.helpers.real_hub import RealHub

CLOCK = SystemClock()


@dataclass
class OneTill:
    till: Till
    exchange: Exchange
    keys: list[OperationKey] = field(default_factory=list)

    @property
    def ana(self) -> By:
        member = next(one.member for one in colleagues(self.till) if one.member.name == "Ana")
        signed = sign_in(self.till, member.id, "4821")
        assert isinstance(signed, SignedIn)
        return By(signed.staff_id)

    def did(self, done: object) -> Recorded:
        assert isinstance(done, Recorded), done
        self.keys.append(done.key)
        return done

    def enrols(self, token: str) -> CardId:
        return self.did(enrol(self.till, self.ana, token)).card.card_id

    def stamps(self, card_id: CardId) -> OperationKey:
        return self.did(stamp(self.till, self.ana, card_id)).key

    def syncs(self) -> None:
        outcome = self.exchange.fully()
        assert isinstance(outcome, Exchanged), outcome

    def balances(self, cards: list[CardId]) -> list[int | None]:
        found = [card_again(self.till, card_id) for card_id in cards]
        return [None if card is None else card.balance for card in found]

    def verdicts(self) -> list[object]:
        said: list[object] = []
        with self.till.book.read() as connection:
            for key in self.keys:
                found = operations.find(connection, key)
                assert found is not None
                assert found.verdict is not None
                said.append(found.verdict.model_dump(exclude={"ver", "seq", "replayed", "receipt"}))
        return said

    def opened(self) -> int:
        with self.till.book.read() as connection:
            count: int = connection.execute("SELECT count(*) FROM operations WHERE open = 1").fetchone()[0]
        return count


def open_till(stack: ExitStack, hub: RealHub, blank_book: bytes, folder: Path, store: str) -> OneTill:
    """A till of its own folder, enrolled and synced; closed with `stack`."""
    folder.mkdir()
    (folder / "till.db").write_bytes(blank_book)
    book = stack.enter_context(Book.open(folder / "till.db"))
    secrets = FileSecrets(folder)

    def keep(till_id: TillId, kept: TillSecrets) -> SecretsPlace:
        secrets.save(till_id, kept)
        return SecretsPlace.FILE

    link = Link(ServerAddress(hub.url), None, CLOCK)
    enrolled = enrol_till(
        book, link, CLOCK, server=ServerAddress(hub.url), code=hub.code(store, store), keep_secrets=keep
    )
    link.close()
    assert isinstance(enrolled, Enrolled), enrolled
    with book.read() as connection:
        kept = secrets.load(identity.load(connection).till_id)
    exchange = connect(book, kept.token, CLOCK)
    stack.callback(exchange.close)
    one = OneTill(Till(book, CLOCK, secrets=kept), exchange)
    one.syncs()
    return one
