"""Which version is newer."""

import pytest

from common.version import VERSION, is_newer


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("0.1.1", "0.1.0", True),
        ("0.10.0", "0.9.1", True),
        ("1", "0.9.9.9", True),
        ("0.1.0", "0.1.0", False),
        ("1.0", "1.0.0", False),
        ("1.0.0", "1.0", False),
        ("0.9.1", "0.10.0", False),
        ("next", "0.1.0", False),
        ("1.0rc1", "0.1.0", False),
        ("1.0\n", "0.1.0", False),
        ("0.2.0", "mine", False),
        ("", "0.1.0", False),
    ],
)
def test_newer_by_the_numbers(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer


def test_than_this_program() -> None:
    assert not is_newer(VERSION)
    assert is_newer("999999999")
