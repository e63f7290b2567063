"""Books on a real disk, one made by the real upgrade and copied for each test; and the real server to speak to."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from desktop.cashier.engine import Till
from desktop.store.book import Book
from server.store.migrate import upgrade
from tests.desktop.shop import open_shop
from tests.helpers.clock import ManualClock
from tests.helpers.real_hub import RealHub, running_hub


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty book of the current version, to be copied and never opened."""
    path = tmp_path_factory.mktemp("empty") / "till.db"
    Book.open(path).close()
    return path


@pytest.fixture
def book_path(empty_book: Path, tmp_path: Path) -> Path:
    """A test's own empty book, closed."""
    path = tmp_path / "till.db"
    shutil.copyfile(empty_book, path)
    return path


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def open_till(book_path: Path, clock: ManualClock) -> Iterator[Callable[..., Till]]:
    """`open_till(terms=…, cards=…, transactions=…)`: a till of the Gare store that has had its first snapshot."""
    tills: list[Till] = []

    def make(**shop: object) -> Till:
        tills.append(open_shop(book_path, clock, **shop))  # type: ignore[arg-type]  # handed on as they came
        return tills[-1]

    yield make
    for till in tills:
        till.book.close()


@pytest.fixture
def hub(fresh_database: Callable[..., str], tmp_path: Path) -> Iterator[RealHub]:
    """The real server with one shop, on this machine's own clock."""
    with running_hub(fresh_database(upgrade), tmp_path / "hub", SystemClock()) as hub:
        hub.open_shop()
        yield hub
