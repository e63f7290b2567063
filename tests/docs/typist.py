"""`python -m tests.docs.typist`: runs commands, each in a process of its own, without importing everything each time.

It imports what the two programs consist of, then forks for each request: the child is the program from its `main` on,
with its own arguments, input and output, and ends as any process does. A request is a line of JSON on standard input,
{"module": …, "words": […], "in": FILE, "out": FILE, "err": FILE}; the answer is a line with the exit status.
"""

import importlib
import json
import os
import runpy
import sys
from typing import Any, Final

PARTS: Final = ("server.cli.app", "server.operate.restore", "server.merchant.apply", "desktop.cli.app")


def main() -> None:
    """Answer requests until there are no more."""
    for part in PARTS:
        importlib.import_module(part)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(request: dict[str, Any]) -> None:
    """Be the program. Ends as it does."""
    for number, name, flags in ((0, "in", os.O_RDONLY), (1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        os.dup2(os.open(request[name], flags | (os.O_CREAT | os.O_TRUNC if number else 0)), number)
    # The old one has read ahead, of what is not ours.
    sys.stdin = os.fdopen(0)
    sys.argv = [request["module"], *request["words"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
