"""Rescue: the unsent queue as one JSON file, for people and for a server's operator, also while a window is open."""

import errno
import json
import os
from pathlib import Path
from typing import Any, Final

from common.clock import Clock
from common.times import to_wire
from common.version import VERSION
from common.wire.base import PROTOCOL
from desktop.store import identity, operations
from desktop.store.book import Book
from desktop.trouble import KnownTrouble

_EVERYTHING: Final = 2**53


class ExportUnwritable(KnownTrouble):
    """The file cannot be written. `cause` is the system's own words."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


def export_queue(book: Book, file: Path, clock: Clock) -> int:
    """Write every operation without a verdict to `file`, and return how many they are.

    The file is whole or not there; an older one of the name is replaced. Only this user may read it: enrolments hold
    names and phone numbers. It holds no secret of the till. The queue itself stays as it is.

    Raises NotEnrolled, ExportUnwritable, and KnownTrouble of the book.
    """
    with book.read() as connection:
        till = identity.load(connection)
        waiting = operations.waiting(connection, limit=_EVERYTHING, max_bytes=_EVERYTHING)
    content = {
        "tillstamp_queue": 1,
        "exported_at": to_wire(clock.now()),
        "app_version": VERSION,
        "protocol": PROTOCOL,
        "till": {"id": str(till.till_id), "name": till.till_name, "number": till.till_number},
        "store": {"id": str(till.store_id), "name": till.store_name},
        "merchant": {"id": str(till.merchant_id), "name": till.merchant_name},
        "epoch": till.epoch,
        "operations": [queued.wire() for queued in waiting],
    }
    try:
        _write_whole(file.absolute(), content)
    except OSError as error:
        raise ExportUnwritable(file, error.strerror or str(error)) from error
    return len(waiting)


def _write_whole(file: Path, content: dict[str, Any]) -> None:
    if file.exists() and not file.is_file():
        # It would be replaced, and as root even a device of the system's.
        raise FileExistsError(errno.EEXIST, "there is something that is no file")
    unfinished = file.with_name(f".{file.name}.part")
    unfinished.unlink(missing_ok=True)
    # Made with its rights, never opened wide and narrowed afterwards.
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False, indent=2)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
