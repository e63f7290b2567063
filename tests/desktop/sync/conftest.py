"""Books, enrolled and not, on a real disk; clocks that the test may or may not turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from desktop.store.book import Book
from tests.helpers.books import TestTill, copy_book


@pytest.fixture
def empty_till(empty_book: Path, tmp_path: Path) -> Iterator[TestTill]:
    """A till that belongs to no shop yet."""
    with Book.open(copy_book(empty_book, tmp_path)) as book:
        yield TestTill(book, SystemClock())


@pytest.fixture
def till(empty_till: TestTill) -> TestTill:
    """An enrolled till with an empty queue, which has never pulled."""
    empty_till.enrol()
    return empty_till
