"""Processes that the trial starts and ends: each by itself, never by name."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from trying.held import DidNotHold

_PATIENCE_S = 60


@contextmanager
def started(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, ends_with: int = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """A process and whatever it starts, until the end of the `with`; what it says lies in `log`."""
    with log.open("ab") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        end(process, ends_with)


def end(process: subprocess.Popen[bytes], ends_with: int = signal.SIGTERM) -> int:
    """Ask it to end, and wait; kill it and its children only if it does not."""
    if process.poll() is None:
        process.send_signal(ends_with)
    try:
        return process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def until_it_says(process: subprocess.Popen[bytes], line: bytes) -> None:
    """Wait for this line on its standard output, a pipe. Raises DidNotHold when it ends without, or says nothing."""
    if process.stdout is None:
        raise ValueError("standard output is no pipe")
    ends_at = time.monotonic() + _PATIENCE_S
    said = b""
    while line + b"\n" not in said:
        readable, _, _ = select.select([process.stdout], [], [], max(ends_at - time.monotonic(), 0))
        part = os.read(process.stdout.fileno(), 4096) if readable else b""
        if not part:
            raise DidNotHold(f"it never said {line.decode()}, but: {said.decode(errors='replace')[-300:]}")
        said += part
