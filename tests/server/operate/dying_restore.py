"""A restore that is killed right before one of its steps: `python -m tests.server.operate.dying_restore …`."""

import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from server.database import Database
from server.operate import restore as steps
from server.operate.restore import restore
from server.settings import Settings
from server.store import migrate
from tests.helpers.clock import ManualClock

STEPS: Final[dict[str, tuple[Any, str]]] = {
    "the new incarnation": (steps, "mint_incarnation"),
    "the data is replaced": (steps, "_replace"),
    "it is brought up to date": (migrate, "upgrade"),
    "the recoveries begin": (steps, "_begin_recoveries"),
    "the note goes": (Path, "unlink"),
}


def main(url: str, data_dir: str, file: str, step: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*STEPS[step], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        restore(Settings(data_dir=Path(data_dir)), Database(url, None), Path(file), ManualClock(), force=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
