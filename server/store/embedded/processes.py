"""Which process is whose, asked of Linux.

A process id alone proves nothing: after a crash the same number soon names somebody else's process, and a file that
holds it would keep the database from starting, or have a stranger stopped. So a process counts as ours only by its
command line, which anybody may read, also root in a container that may not trace.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Account:
    """The system user under which PostgreSQL runs when we are root."""

    name: str
    uid: int
    gid: int


def run(
    command: Sequence[str | Path], *, account: Account | None, cwd: Path, timeout_s: float = 600
) -> subprocess.CompletedProcess[str]:
    """Runs a command as `account` (None: as ourselves) and returns how it ended, whatever that was.

    PG* variables of our own environment stay out: the server reads them too, and dies of a PGPORT it cannot read.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        [os.fspath(word) for word in command],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        env=environment | {"LC_ALL": "C", "TZ": "UTC"},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
        umask=0o077,
    )


def command_line(pid: int) -> list[str]:
    """The words of a process's command line; empty when it is gone or dead and not yet reaped."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return os.fsdecode(raw).rstrip("\0").split("\0") if raw else []


def find(belongs: Callable[[list[str]], bool]) -> list[int]:
    """The ids of all processes whose command line `belongs`."""
    ids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in ids if belongs(command_line(pid))]


def end(pids: Sequence[int], *, patience_s: float) -> None:
    """Ends processes: SIGQUIT, and SIGKILL for those still there after `patience_s`. Returns when all are gone."""
    handles = []
    for pid in pids:
        with suppress(ProcessLookupError):
            handles.append(os.pidfd_open(pid))
    try:
        for order in (signal.SIGQUIT, signal.SIGKILL):
            for handle in handles:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, order)
            if _all_gone(handles, patience_s):
                return
    finally:
        for handle in handles:
            os.close(handle)


def _all_gone(handles: Sequence[int], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    for handle in handles:
        remaining_ms = max(0, int((deadline - time.monotonic()) * 1000))
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        if not poll.poll(remaining_ms):
            return False
    return True
