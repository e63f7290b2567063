"""Where the shells get their time. Rules may not import this: they are told when something happened."""

import ctypes
import sys
import time
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

_LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """The time of day, which people and networks change, and the uptime, which nobody can."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC, to the microsecond."""
        ...

    def uptime_ms(self) -> int:
        """Milliseconds since this machine started, sleep included."""
        ...

    def boot_id(self) -> str:
        """What tells this boot of the machine from every other."""
        ...


class SystemClock:
    """The operating system's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that may ask

    def uptime_ms(self) -> int:
        return _uptime_ms()

    def boot_id(self) -> str:
        return boot_id_from(_LINUX_BOOT_ID)


if sys.platform == "win32":  # pragma: no cover - tried on Windows only

    def _uptime_ms() -> int:
        tick_count = ctypes.windll.kernel32.GetTickCount64
        tick_count.restype = ctypes.c_uint64
        return int(tick_count())
else:

    def _uptime_ms() -> int:
        # Linux stops CLOCK_MONOTONIC during sleep, a Mac does not: BOOTTIME is the one that goes on where it exists.
        return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


@cache
def boot_id_from(source: Path) -> str:
    """The boot's id as the system tells it in the file `source`, or one of this process where there is no such file."""
    if source.exists():
        return source.read_text(encoding="ascii").strip()
    # Windows and macOS name no boot. A fresh id per process is the safe stand-in: uptimes of two processes are then
    # never compared, and event times fall back to the wall clock corrected at the next contact.
    return str(uuid.uuid4())  # noqa: TID251 - an id of this process alone
