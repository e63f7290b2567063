"""`python -m tests.demo.hub.tied PARENT MODULE…` becomes `python -m MODULE…`, and ends when the process PARENT does.

However the demo ends, by `kill -9` too, the kernel then tells its server to stop, and the server stops its database.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    _, parent, *module = sys.argv
    # Set by hand: Python has no name for it. It stays over the exec below.
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    # Whoever started this may have ended before the line above.
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execv(sys.executable, [sys.executable, "-m", *module])  # noqa: S606 - no shell is wanted
