"""Books, enrolled and not, on a real disk; clocks that the test may or may not turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from desktop.store.book import Book
from tests.desktop.sync.books import TestTill, copy_book


@pytest.fixture(scope="session")
def book_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty book of the current version."""
    path = tmp_path_factory.mktemp("template") / "till.db"
    Book.open(path).close()
    return path


@pytest.fixture
def empty_till(book_template: Path, tmp_path: Path) -> Iterator[TestTill]:
    """A till that belongs to no shop yet."""
    with Book.open(copy_book(book_template, tmp_path)) as book:
        yield TestTill(book, SystemClock())


@pytest.fixture
def till(empty_till: TestTill) -> TestTill:
    """An enrolled till with an empty queue, which has never pulled."""
    empty_till.enrol()
    return empty_till
