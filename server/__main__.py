"""`python -m server`, installed as `tillstamp-server`."""

import sys

from common.arguments import problem_of
from server.cli import app


def main() -> None:
    if problem := problem_of(sys.argv[1:]):
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
    app(prog_name="tillstamp-server")


if __name__ == "__main__":
    main()
