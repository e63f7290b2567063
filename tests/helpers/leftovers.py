"""Guards over what a test leaves behind: threads that still run, and log lines that nobody expected."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A thread that was told to stop may need a moment for its last step; one that was not told never ends.
PATIENCE_S = 5.0


@contextmanager
def no_leaked_threads() -> Iterator[None]:
    """Fails when a thread that was begun inside still runs a while after the end."""
    before = set(threading.enumerate())
    yield
    begun = [thread for thread in threading.enumerate() if thread not in before and not _foreign(thread)]
    for thread in begun:
        thread.join(PATIENCE_S)
    leaked = sorted(thread.name for thread in begun if thread.is_alive())
    assert not leaked, f"threads left running: {', '.join(leaked)}"


def _foreign(thread: threading.Thread) -> bool:
    """Whether Python only met this thread and did not begin it (Qt's own): it can neither be joined nor told to end."""
    return thread.name.startswith("Dummy-")


class LogGuard(logging.Handler):
    """Remembers every record at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def no_stray_logs(*, expected: bool) -> Iterator[None]:
    """Fails when something was logged at WARNING or above, unless the test says that it is `expected`.

    A test that expects it and in which nothing is logged fails too: the marker would hide the next stray line.
    """
    guard = LogGuard()
    root = logging.getLogger()
    root.addHandler(guard)
    try:
        yield
    finally:
        root.removeHandler(guard)
    lines = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in guard.records]
    if expected:
        assert lines, "marked `logs`, but nothing was logged at WARNING or above"
    else:
        assert not lines, "logged without being expected:\n" + "\n".join(lines)
