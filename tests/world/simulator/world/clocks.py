"""Time: one timeline for everybody, and on each till a clock that shows it wrongly."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_BOOTING: Final = timedelta(seconds=30)
_POWERED_ON: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Timeline:
    """What time it is. The server's clock is right: this is a `Clock` too."""

    at: datetime

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self.at

    def uptime_ms(self) -> int:
        return (self.at - _POWERED_ON) // timedelta(milliseconds=1)

    def boot_id(self) -> str:
        return "the server"


class TillClock:
    """A till's clocks: a wall clock that is off and is moved, and an uptime that nobody can move."""

    def __init__(self, timeline: Timeline, machine: int, *, off: timedelta) -> None:
        self._timeline = timeline
        self._machine = machine
        self._boots = 0
        self._booted_at = timeline.at - _BOOTING
        self.off = off

    def now(self) -> datetime:
        return self._timeline.at + self.off

    def uptime_ms(self) -> int:
        return (self._timeline.at - self._booted_at) // timedelta(milliseconds=1)

    def boot_id(self) -> str:
        return str(uuid.UUID(int=self._machine << 64 | self._boots))

    def reboot(self) -> None:
        """The machine starts again: another boot, its uptime from 0."""
        self._boots += 1
        self._booted_at = self._timeline.at
