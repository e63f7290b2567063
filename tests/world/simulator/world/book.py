"""A book that its till can be killed over."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.store.book import Book
from tests.world.simulator.world.perils import Perils, Point


class MortalBook(Book):
    """The real book, with a place to die before and after each of its steps."""

    perils = Perils(Path())

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        self.perils.reach(Point.BEFORE_WRITING)
        with super().write() as connection:
            yield connection
            self.perils.reach(Point.BEFORE_COMMIT)
        self.perils.reach(Point.AFTER_COMMIT)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        self.perils.reach(Point.BEFORE_READING)
        with super().read() as connection:
            yield connection
