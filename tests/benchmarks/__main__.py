"""`python -m tests.benchmarks`: measures, prints the table, writes bench-out/bench.json; exit 1 if a limit fails."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.benchmarks.act import local_act
from tests.benchmarks.audit import audit
from tests.benchmarks.cashier import cashier
from tests.benchmarks.database import database_alone
from tests.benchmarks.digest import digest
from tests.benchmarks.figures import Figure
from tests.benchmarks.premises import Premises
from tests.benchmarks.push import push_through_http
from tests.benchmarks.search import search
from tests.benchmarks.snapshot import snapshot
from tests.benchmarks.table import as_text, write_json
from tests.benchmarks.wake import wake
from tests.benchmarks.window import window

BENCHMARKS: Final[dict[str, Callable[[Premises], list[Figure]]]] = {
    "snapshot": snapshot,
    "digest": digest,
    "act": local_act,
    "search": search,
    "window": window,
    "cashier": cashier,
    "wake": lambda _premises: wake(),
    "push": lambda _premises: push_through_http(),
    "audit": lambda _premises: audit(),
    "database": lambda _premises: database_alone(),
}
OUT: Final = Path("bench-out") / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measures, each figure beside its limit.")
    parser.add_argument("--only", choices=list(BENCHMARKS), help="measure this alone")
    only: str | None = parser.parse_args().only
    figures: list[Figure] = []
    with Premises() as premises:
        for name, measure in BENCHMARKS.items():
            if only in (None, name):
                print(f"measuring {name} …", end=" ", file=sys.stderr, flush=True)
                started = time.perf_counter()
                figures += measure(premises)
                print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    print(as_text(figures))
    write_json(figures, OUT)
    failing = [figure.what for figure in figures if not figure.holds]
    print(f"\nWritten to {OUT}. " + (f"DOES NOT HOLD: {', '.join(failing)}." if failing else "Every limit holds."))
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
