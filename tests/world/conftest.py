"""Merchants of this test's own, tills that push to them at once, and blank books for whole tills."""

import pytest

from desktop.store.book import Book
from tests.helpers.shop_fixtures import clock, engine, open_shop, own_engine, shop

__all__ = ["clock", "engine", "open_shop", "own_engine", "shop"]


@pytest.fixture(scope="session")
def blank_book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A book of nobody yet: making one takes a process and a second."""
    path = tmp_path_factory.mktemp("blank") / "till.db"
    Book.open(path).close()
    return path.read_bytes()
