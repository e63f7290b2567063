"""Randomness: what is drawn, and that a context may draw it from elsewhere without anybody else noticing."""

import contextvars
import random
import re

import pytest

from common.entropy import drawn_from, new_uuid, random_below, random_bytes, random_text
from tests.common.builders import NOON
from tests.shape.source import PRODUCT, files, named


def test_what_is_drawn_from_a_source_of_ones_own_is_the_same_again() -> None:
    def draw() -> tuple[object, ...]:
        with drawn_from(random.Random(7).randbytes):
            return random_bytes(17), random_text(32), random_below(1_000_000), new_uuid(NOON)

    assert draw() == draw()
    assert random_bytes(17) != random_bytes(17), "outside, the operating system's again"


def test_another_context_draws_from_the_operating_system() -> None:
    outside = contextvars.copy_context()
    with drawn_from(bytes):
        assert random_bytes(4) == bytes(4)
        assert outside.run(random_bytes, 16) != bytes(16)
        assert contextvars.copy_context().run(random_bytes, 16) == bytes(16), "what is begun inside stays inside"


def test_a_number_below_a_limit_is_drawn_again_until_it_fits() -> None:
    drawn = iter([b"\xff", b"\x03", b"\x06"])
    with drawn_from(lambda _: next(drawn)):
        assert random_below(3) == 2, "3 and 3 are too much; of 6 the lowest two bits are 2"


@pytest.mark.parametrize("limit", [1, 2, 3, 10_000_000])
def test_every_number_below_the_limit_can_be_drawn(limit: int) -> None:
    drawn = [random_below(limit) for _ in range(300)]
    assert all(0 <= number < limit for number in drawn)
    assert len(set(drawn)) >= min(limit, 100)


@pytest.mark.parametrize("limit", [0, -1])
def test_there_is_no_number_below_nothing(limit: int) -> None:
    with pytest.raises(ValueError, match="no number below"):
        random_below(limit)


def test_the_product_itself_never_leaves_the_operating_systems_randomness() -> None:
    entering = [
        named(path) for path in files(*PRODUCT, pattern="*.py") if re.search(r"\bdrawn_from\b", path.read_text())
    ]
    assert entering == ["common/entropy.py"]
