"""`python -m desktop`, installed as `tillstamp`.

Without a verb it opens the window, and then loads nothing of the command line: typer, HTTP and QR codes together take
half a second that a cashier would wait for.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from common.arguments import problem_of
from desktop import own_process
from desktop.main import run_window
from desktop.present.sentences import trouble_sentence
from desktop.trouble import KnownTrouble


def main() -> None:
    """Be the till, or a part of it that runs in a process of its own. Ends with SystemExit."""
    if problem := problem_of(sys.argv[1:]):
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
    match sys.argv[1:]:
        case [own_process.RUN_OPTION, *arguments]:
            own_process.run(arguments)
        case []:
            sys.exit(_window(None))
        case ["--data-dir", folder]:
            sys.exit(_window(Path(folder)))
        case arguments:
            run: Callable[[list[str]], int] = importlib.import_module("desktop.cli.app").run
            sys.exit(run(arguments))


def _window(data_dir: Path | None) -> int:
    try:
        return run_window(data_dir)
    except KnownTrouble as trouble:
        sys.stderr.write(f"{trouble_sentence(trouble)}\n")
        return 1


if __name__ == "__main__":
    main()
