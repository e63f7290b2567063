"""`./run simulate`: many runs, the table of what happened in them, and the trace of the first that fails."""

import argparse
import sys
import traceback
from time import monotonic

from server.logs import configure_logs
from tests.world.simulator.campaign import campaign, runs_of, summary
from tests.world.simulator.place import own_place


def main() -> int:
    """The exit status: 0 where everything held."""
    parser = argparse.ArgumentParser(prog="./run simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds (default 100)")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="S", help="the first seed (default 0)")
    parser.add_argument("--without-directed", action="store_true", help="leave the directed runs out")
    parser.add_argument("--failures", type=int, default=1, metavar="N", help="go on until N runs failed (default 1)")
    asked = parser.parse_args()
    # As in a server, so that a run can silence them.
    configure_logs()
    begun = monotonic()
    with own_place() as place:
        runs = runs_of(asked.seeds, asked.first, directed=not asked.without_directed)
        done = campaign(place, runs, failures_max=asked.failures)
    for _, result in done.failed:
        traceback.print_exception(result.failure)
    print(summary(done, monotonic() - begun))
    return 0 if done.holds else 1


if __name__ == "__main__":
    sys.exit(main())
