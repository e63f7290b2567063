"""`python packaging/trying/fill.py DATA_DIR COUNT`: operations in a till's book, as fast as its disk takes them.

By the acts that window and command line call, in one process: a thousand starts of a command would take half an hour.
"""

import sys
from pathlib import Path

from common.clock import SystemClock
from desktop.cashier.engine import NOBODY
from desktop.cashier.enrol import enrol
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.main import open_till
from desktop.settings import load_settings


def main(data_dir: Path, count: int) -> None:
    """New cards, each with a stamp: two operations a card."""
    with open_till(load_settings(data_dir), SystemClock()) as till:
        for _ in range(count // 2):
            card = _recorded(enrol(till, NOBODY))
            _recorded(stamp(till, NOBODY, card.card.card_id))


def _recorded(done: object) -> Recorded:
    if not isinstance(done, Recorded):
        raise TypeError(f"this was to be recorded: {done}")
    return done


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
