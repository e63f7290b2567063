"""`python -m server`, installed as `tillstamp-server`."""

import sys
from multiprocessing import freeze_support

from common.arguments import problem_of
from server.cli import app


def main() -> None:
    # In a folder that brings its own Python a worker is this program again; here it is told from a command.
    freeze_support()
    if problem := problem_of(sys.argv[1:]):
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
    app(prog_name="tillstamp-server")


if __name__ == "__main__":
    main()
