"""`python -m tests.benchmarks`: measures, prints the table, writes bench-out/bench.json; exit 1 if a limit fails."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Figure
from tests.benchmarks.push import push_through_http
from tests.benchmarks.table import as_text, write_json

BENCHMARKS: Final[dict[str, Callable[[], list[Figure]]]] = {
    "push": push_through_http,
}
OUT: Final = Path("bench-out") / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measures, each figure beside its limit.")
    parser.add_argument("--only", choices=list(BENCHMARKS), help="measure this alone")
    only = parser.parse_args().only
    figures: list[Figure] = []
    for name, measure in BENCHMARKS.items():
        if only in (None, name):
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            figures += measure()
    print(as_text(figures))
    write_json(figures, OUT)
    failing = [figure for figure in figures if not figure.holds]
    print(f"\nwritten to {OUT}; " + (f"{len(failing)} limit(s) do not hold" if failing else "every limit holds"))
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
