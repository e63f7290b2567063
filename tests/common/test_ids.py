"""Keys: UUIDv7 from a time and entropy that the caller brings."""

import re
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.entropy import new_uuid, random_bytes, random_text
from common.ids import uuid7
from tests.common.builders import NOON
from tests.common.strategies import moments

_entropy = st.binary(min_size=10, max_size=10)
MILLISECOND = timedelta(milliseconds=1)


@given(at=moments, entropy=_entropy)
def test_version_variant_and_time_stand_where_rfc_9562_puts_them(at: datetime, entropy: bytes) -> None:
    key = uuid7(at, entropy)
    assert key.version == 7
    assert key.variant == uuid.RFC_4122
    assert key.int >> 80 == (at - datetime(1970, 1, 1, tzinfo=UTC)) // MILLISECOND


@given(at=moments, other=moments, entropies=st.tuples(_entropy, _entropy))
def test_keys_sort_by_time(at: datetime, other: datetime, entropies: tuple[bytes, bytes]) -> None:
    earlier, later = sorted([at, other])
    one, two = uuid7(earlier, entropies[0]), uuid7(later, entropies[1])
    if one.int >> 80 != two.int >> 80:
        assert one < two
        assert str(one) < str(two)


def test_the_example_of_rfc_9562() -> None:
    # Appendix A.6: 2022-02-22 14:22:22 -05:00, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    at = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
    entropy = ((0xCC3 << 62) | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert uuid7(at, entropy) == uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


def test_74_bits_of_the_entropy_are_used() -> None:
    keys = {uuid7(NOON, (1 << bit).to_bytes(10, "big")) for bit in range(74)}
    assert len(keys) == 74
    assert uuid7(NOON, bytes(10)) not in keys


def test_the_same_time_and_entropy_make_the_same_key() -> None:
    assert uuid7(NOON, b"0123456789") == uuid7(NOON, b"0123456789")


@pytest.mark.parametrize("length", [0, 9, 11])
def test_it_takes_10_bytes(length: int) -> None:
    with pytest.raises(ValueError, match=f"10 bytes of entropy, not {length}"):
        uuid7(NOON, bytes(length))


def test_a_time_before_1970_is_no_keys() -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert uuid7(epoch, bytes(10)).int >> 80 == 0
    with pytest.raises(ValueError, match="before 1970"):
        uuid7(epoch - timedelta(microseconds=1), bytes(10))


def test_fresh_ids_differ_and_carry_their_time() -> None:
    one, other = new_uuid(NOON), new_uuid(NOON)
    assert one != other
    assert one.version == 7
    assert one.int >> 80 == other.int >> 80 == uuid7(NOON, bytes(10)).int >> 80


def test_random_bytes_are_as_many_as_asked_for_and_never_the_same() -> None:
    assert len(random_bytes(17)) == 17
    assert random_bytes(16) != random_bytes(16)


def test_random_text_fits_a_header_and_is_never_the_same() -> None:
    text = random_text(32)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", text)
    assert text != random_text(32)
