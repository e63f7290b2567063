"""`python -m tests.guards`: takes out each guard in turn; exit 1 where the tests that name it do not notice."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.guards.table import GUARDS, Guard
from tests.guards.trial import Verdict, copy_tree, named_by, run_tests, try_guard

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run test-the-tests", description="Takes out each guard in turn: the tests that name it must fail."
    )
    parser.add_argument("--only", choices=[guard.name for guard in GUARDS], help="this guard alone")
    only: str | None = parser.parse_args().only
    return try_all([guard for guard in GUARDS if only in (None, guard.name)])


def try_all(guards: Sequence[Guard]) -> int:
    """Prints a line for each guard as it comes, and returns the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tillstamp-guards-") as folder:
        tree = copy_tree(ROOT, Path(folder))
        files = named_by(tree / "tests")
        whole = run_tests(
            tree,
            sorted({file for guard in guards for file in files.get(guard.name, [])}),
            [guard.name for guard in guards],
        )
        red = {**whole.failed, **whole.broken}
        for test, said in sorted(red.items()):
            print(f"with every guard in its place, {test} fails: {said}")
        print(f"{len(whole.passed)} tests pass with every guard in its place ({time.monotonic() - began:.0f} s)\n")
        print(f"{'taken out':<28} {'noticed by':>10} {'seconds':>8}")
        verdicts = [_tried(tree, guard, files.get(guard.name, [])) for guard in guards]
    failing = [verdict.guard for verdict in verdicts if verdict.problem]
    unknown = sorted(files.keys() - {guard.name for guard in GUARDS})
    for name in unknown:
        print(f"a test names the guard '{name}', and there is no such guard")
    print(f"\n{time.monotonic() - began:.0f} s. ", end="")
    print(f"NOT NOTICED: {', '.join(failing)}." if failing else "Every guard that is taken out is noticed.")
    return 1 if failing or red or unknown else 0


def _tried(tree: Path, guard: Guard, files: Sequence[Path]) -> Verdict:
    verdict = try_guard(tree, guard, files)
    print(f"{guard.name:<28} {verdict.tests:>10} {verdict.seconds:>8.0f}", flush=True)
    if verdict.problem:
        print(f"    {verdict.problem}")
    return verdict


if __name__ == "__main__":
    sys.exit(main())
