"""What the till's benchmarks share, made when the first of them asks: a hub with 100,000 cards, and a till's book."""

import shutil
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.settings import Settings
from desktop.store.book import Book
from tests.benchmarks.cards import MadeCard
from tests.benchmarks.hub import Hub, hub_with_cards
from tests.benchmarks.till import new_till, pull_all, stamp_or_fail
from tests.benchmarks.workshop import Workshop, workshop

NOBODY_ANSWERS = "http://127.0.0.1:1"
CARDS = 100_000
OPEN_OPERATIONS = 10_000


class Premises:
    """A hub and a book, for one run of the benchmarks."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    @cached_property
    def floor(self) -> Workshop:
        return self._stack.enter_context(workshop())

    @cached_property
    def hub(self) -> Hub:
        return self._stack.enter_context(hub_with_cards(self.floor, CARDS))

    @cached_property
    def data_dir(self) -> Path:
        """A till's data: a book of 100,000 cards and 10,000 open operations, closed."""
        folder = self.floor.folder / "full"
        with new_till(self.hub, folder) as (till, exchange):
            pull_all(exchange)
            for card in self.hub.cards[:OPEN_OPERATIONS]:
                stamp_or_fail(till, self.hub, card.token)
        return folder

    def out_of_reach(self, name: str) -> Path:
        """The same data once more, of a till whose server is out of reach: its queue stays as long as it is."""
        folder = self.floor.folder / name
        shutil.copytree(self.data_dir, folder)
        with Book.open(Settings(folder).book_path) as book, book.write() as connection:
            connection.execute("UPDATE book SET server_url = ?", (NOBODY_ANSWERS,))
        return folder

    @property
    def fresh_cards(self) -> list[MadeCard]:
        """Those that no open operation is about."""
        return self.hub.cards[OPEN_OPERATIONS:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
