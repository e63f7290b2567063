"""A till of the demo, opened as the program opens it, and people who work at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from common.clock import Clock
from common.ids import CardId
from desktop.cashier.engine import By, Till
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import SignedIn
from desktop.cashier.people.sign_in import colleagues, sign_in
from desktop.main import load_secrets, make_exchange, open_till
from desktop.secrets import PLACE_VARIABLE, keep_new
from desktop.settings import Settings, load_settings
from desktop.store.cards import CardView
from desktop.store.identity import SecretsPlace
from desktop.sync.enrol import enrol_till
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import Failure
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Exchanged
from tests.demo.shop import Person

_IN_A_FILE: Final = {PLACE_VARIABLE: SecretsPlace.FILE.value}


class CounterTrouble(Exception):
    """A till of the demo could not do what the demo needs; the demo cannot go on."""


class Counter:
    """One open till with its people. For one thread."""

    def __init__(self, till: Till, settings: Settings) -> None:
        self.till = till
        self._settings = settings
        self._signed_in: dict[str, By] = {}

    def enrol(self, server_url: str, code: str) -> None:
        """Make this the till that `code` was made for. Its secrets go into a file, never into a user's keyring."""
        link = Link(ServerAddress(server_url), None, self.till.clock)
        try:
            done = enrol_till(
                self.till.book,
                link,
                self.till.clock,
                server=ServerAddress(server_url),
                code=code,
                keep_secrets=lambda till_id, secrets: keep_new(till_id, secrets, self._settings.data_dir, _IN_A_FILE),
            )
        finally:
            link.close()
        if not isinstance(done, Enrolled):
            raise CounterTrouble(f"the till could not be enrolled: {done}")
        self.till.secrets = None

    def sync(self) -> Exchanged:
        """One full exchange. Raises CounterTrouble when the server is out of reach."""
        outcome = self.try_sync()
        if not isinstance(outcome, Exchanged):
            raise CounterTrouble(f"the till could not sync: {outcome}")
        return outcome

    def try_sync(self) -> Exchanged | Failure:
        """One full exchange, or why there was none."""
        exchange = make_exchange(self.till, self._settings)
        try:
            return exchange.fully()
        finally:
            exchange.close()

    def by(self, person: Person, approved_by: Person | None = None) -> By:
        """Somebody at work, whose PIN was entered here once."""
        manager = None if approved_by is None else self._enter_pin(approved_by).staff_id
        return By(self._enter_pin(person).staff_id, manager)

    def cards(self) -> list[CardView]:
        """Every card that the server told this till of, by name."""
        with self.till.book.read() as connection:
            rows = connection.execute("SELECT card_id FROM synced_cards ORDER BY name, number").fetchall()
        found = (card_again(self.till, CardId(UUID(card_id))) for (card_id,) in rows)
        return [card for card in found if card is not None]

    def _enter_pin(self, person: Person) -> By:
        if person.name not in self._signed_in:
            load_secrets(self.till, self._settings)
            staff_id = next(one.member.id for one in colleagues(self.till) if one.member.name == person.name)
            answer = sign_in(self.till, staff_id, person.pin)
            if not isinstance(answer, SignedIn):
                raise CounterTrouble(f"{person.name} could not sign in: {answer}")
            self._signed_in[person.name] = By(answer.staff_id)
        return self._signed_in[person.name]


@contextmanager
def open_counter(folder: Path, clock: Clock) -> Iterator[Counter]:
    """The till whose data lies in `folder`. Raises KnownTrouble of the book: another process may hold it."""
    settings = load_settings(folder)
    with open_till(settings, clock) as till:
        yield Counter(till, settings)
