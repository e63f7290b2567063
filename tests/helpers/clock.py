"""A clock that a test moves by hand."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

_BOOT_UPTIME: Final = timedelta(seconds=30)
"""Nothing of ours runs in a machine's first moments: an uptime of 0 would be a shape that no till ever shows."""


class ManualClock:
    """A `common.clock.Clock`: time passes only when the test says so.

    Wall clock and uptime are two things, as on a real machine: `advance` moves both, `jump` the wall clock alone,
    and `reboot` begins a new uptime under a new boot id.
    """

    def __init__(self, now: datetime = START) -> None:
        self._now = now.astimezone(UTC)
        self._uptime = _BOOT_UPTIME
        self._boots = 0

    def now(self) -> datetime:
        return self._now

    def uptime_ms(self) -> int:
        return self._uptime // timedelta(milliseconds=1)

    def boot_id(self) -> str:
        return str(uuid.UUID(int=self._boots))

    def advance(self, passed: timedelta) -> None:
        """Time passes. Raises ValueError when it would run backwards, which only `jump` may."""
        if passed < timedelta(0):
            raise ValueError("time passes forwards; a wall clock that is set back is a jump")
        self._now += passed
        self._uptime += passed

    def jump(self, by: timedelta) -> None:
        """Somebody sets the wall clock, forwards or back; the uptime does not care."""
        self._now += by

    def reboot(self, down: timedelta = timedelta(minutes=1)) -> None:
        """The machine is off for `down` of the wall clock, and starts again."""
        self._now += down
        self._uptime = _BOOT_UPTIME
        self._boots += 1
