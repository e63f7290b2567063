"""`python -m desktop`, installed as `tillstamp`.

Each loads what it needs and nothing of the others, because a cashier waits for it: typer, HTTP and QR codes take half a
second that no window needs, and the till takes another that no look for a display does.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from common.arguments import problem_of
from desktop import own_process
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
    run_window: Callable[[Path | None], int] = importlib.import_module("desktop.main").run_window
    try:
        return run_window(data_dir)
    except KnownTrouble as trouble:
        sentence: Callable[[KnownTrouble], str] = importlib.import_module("desktop.present.sentences").trouble_sentence
        # Windows gives a program that was started by a click no standard error; a window has said it there.
        if sys.stderr is not None:
            sys.stderr.write(f"{sentence(trouble)}\n")
        return 1


if __name__ == "__main__":
    main()
