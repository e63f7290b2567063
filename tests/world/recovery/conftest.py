"""A book of a till that belongs to no shop yet."""

from tests.desktop.conftest import empty_book

__all__ = ["empty_book"]
