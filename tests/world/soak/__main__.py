"""`./run soak`: real processes and real faults for so many minutes; exit 1 where anything was lost or doubled."""

import argparse
import sys

from tests.world.soak.report import report
from tests.world.soak.small_disk import begin_again_with_own_mounts
from tests.world.soak.soak import TILLS, soak


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, metavar="N", help="how long things go wrong (default 2)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which faults, in which order (default 0)")
    parser.add_argument("--tills", type=int, default=TILLS, metavar="T", help=f"how many tills (default {TILLS})")
    parser.add_argument("--without-failover", action="store_true", help="leave out the standby that takes over")
    asked = parser.parse_args()
    outcome = soak(
        asked.minutes * 60,
        asked.seed,
        tills=asked.tills,
        failover=not asked.without_failover,
        tell=lambda line: print(line, flush=True),
    )
    print(f"\n{report(outcome)}")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    begin_again_with_own_mounts("tests.world.soak")
    sys.exit(main())
