"""Parts of this program that run in a process of their own: started by `command`, entered by `run`.

For libraries that a window should not carry all day (Alembic), that may block or ask (the keyring), or that may end
the process (Qt on a display that is none). `subprocess`, not `multiprocessing`: a spawned child of multiprocessing
imports the parent's main module again, which is a window; a command line says all that the child needs. A frozen
program has no `python -m`: it starts itself with the hidden option RUN_OPTION, which `desktop.__main__` hands to `run`
before it looks at anything else.
"""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Final

RUN_OPTION: Final = "--run-own-module"

UPGRADE: Final = "desktop.store.migrations"
KEYRING: Final = "desktop.keyring_process"
DISPLAY: Final = "desktop.ui.display_probe"

_MODULES: Final = frozenset({UPGRADE, KEYRING, DISPLAY})
_SOURCES: Final = Path(__file__).resolve().parents[1]


def is_frozen() -> bool:
    """Whether this program is one file, made by a packager."""
    return bool(getattr(sys, "frozen", False))


def command(module: str, *arguments: str, frozen: bool) -> list[str]:
    """The command line that runs `module` of ours, by absolute path."""
    start = [RUN_OPTION, module] if frozen else ["-m", module]
    return [sys.executable, *start, *arguments]


def run(arguments: list[str]) -> None:
    """Be the process that `command(…, frozen=True)` started; `arguments` follow RUN_OPTION. Ends with SystemExit.

    Raises ValueError for a module that has no business in a process of its own.
    """
    module, *rest = arguments
    if module not in _MODULES:
        raise ValueError(f"{module} is not run on its own")
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__")


def ask(module: str, *arguments: str, said: str = "", timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run `module` to its end, with `said` on its standard input and without a terminal to ask anybody at.

    Raises OSError when it cannot be started, subprocess.TimeoutExpired after `timeout_s`; it is killed then.
    """
    frozen = is_frozen()
    return subprocess.run(
        command(module, *arguments, frozen=frozen),
        # Where `python -m` finds us, whatever folder the till was started in.
        cwd=None if frozen else _SOURCES,
        input=said,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        # A session of its own has no terminal: a library that wants a password typed gets an error instead.
        start_new_session=True,
    )
