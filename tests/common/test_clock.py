"""The operating system's clocks, and the tests' own, which must be one as well."""

import uuid
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from common.clock import Clock, SystemClock, boot_id_from
from common.version import VERSION
from tests.helpers.clock import START, ManualClock


def test_the_wall_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_uptime_goes_on_and_only_forward() -> None:
    clock = SystemClock()
    readings = [clock.uptime_ms() for _ in range(100)]
    assert readings[0] > 0
    assert readings == sorted(readings)


def test_the_boot_is_the_same_while_the_process_lives() -> None:
    assert SystemClock().boot_id() == SystemClock().boot_id() != ""


def test_the_boots_id_is_the_systems(tmp_path: Path) -> None:
    source = tmp_path / "boot_id"
    source.write_text("9b1f9c5e-54a4-4c1c-8d0b-7a2f0d6f6b1e\n", encoding="ascii")
    assert boot_id_from(source) == "9b1f9c5e-54a4-4c1c-8d0b-7a2f0d6f6b1e"


def test_where_the_system_names_no_boot_the_process_is_one(tmp_path: Path) -> None:
    one, other = boot_id_from(tmp_path / "one"), boot_id_from(tmp_path / "other")
    assert boot_id_from(tmp_path / "one") == one
    assert uuid.UUID(one) != uuid.UUID(other)


def test_the_version_has_three_numbers() -> None:
    assert [part.isdigit() for part in VERSION.split(".")] == [True, True, True]


class TestManualClock:
    def test_it_stands_still(self) -> None:
        clock: Clock = ManualClock()
        assert (clock.now(), clock.uptime_ms()) == (START, clock.uptime_ms())
        assert clock.now().tzinfo is UTC

    def test_time_passes_on_both_clocks(self) -> None:
        clock = ManualClock()
        before = clock.uptime_ms()
        clock.advance(timedelta(minutes=5))
        assert clock.now() == START + timedelta(minutes=5)
        assert clock.uptime_ms() == before + 300_000

    def test_time_never_passes_backwards(self) -> None:
        with pytest.raises(ValueError, match="jump"):
            ManualClock().advance(-timedelta(seconds=1))

    def test_a_jump_moves_the_wall_clock_alone(self) -> None:
        clock = ManualClock()
        before, boot = clock.uptime_ms(), clock.boot_id()
        clock.jump(-timedelta(days=365))
        assert clock.now() == START - timedelta(days=365)
        assert (clock.uptime_ms(), clock.boot_id()) == (before, boot)

    def test_a_reboot_begins_another_uptime(self) -> None:
        clock = ManualClock()
        boot, fresh = clock.boot_id(), clock.uptime_ms()
        clock.advance(timedelta(hours=3))
        clock.reboot(down=timedelta(minutes=2))
        assert clock.boot_id() != boot
        assert clock.uptime_ms() == fresh
        assert clock.now() == START + timedelta(hours=3, minutes=2)
