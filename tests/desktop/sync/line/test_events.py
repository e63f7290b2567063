"""Lines of a stream, and the versions that they tell."""

import pytest

from desktop.sync.line.events import EventReader


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["event: changed", 'data: {"ver": 7}', ""], [7]),
        (["event:changed", 'data:{"ver":7,"of a newer server":[]}', ""], [7]),
        ([": still here", "event: changed", ":", 'data: {"ver": 7}', "id: 5", "retry: 10", "", ""], [7]),
        (["event: changed", 'data: {"ver": 7}', "", "event: changed", 'data: {"ver": 8}', ""], [7, 8]),
        (["event: changed", 'data: {"ver": 7}'], []),
        (["event: moved", 'data: {"ver": 7}', ""], []),
        (['data: {"ver": 7}', ""], []),
        (["event: changed", "", 'data: {"ver": 7}', ""], []),
        (["event: changed", 'data: {"ver": 7}', 'data: {"ver": 8}', ""], []),
        (["event: changed", 'data: {"ver": "', "", "event: changed", 'data: {"ver": 8}', ""], [8]),
        (["event: changed", 'data: {"ver": -1}', "", "event: changed", "data: [7]", ""], []),
        (["<!doctype html>", "<p>event: changed</p>", "", ""], []),
    ],
)
def test_what_is_told(lines: list[str], told: list[int]) -> None:
    reader = EventReader()
    assert [ver for ver in map(reader.read, lines) if ver is not None] == told
