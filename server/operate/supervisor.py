"""What systemd is told of us (`Type=notify`): that we are ready, that we stop. Any other starter hears nothing."""

import os
import socket
from typing import Final

VARIABLE: Final = "NOTIFY_SOCKET"


def tell_supervisor(state: str) -> None:
    """Send `READY=1` or `STOPPING=1`, in the words of sd_notify(3), where a supervisor listens."""
    address = os.environ.get(VARIABLE, "")
    if not address.startswith(("/", "@")):
        return
    # "@": a name that lies in no folder, which the kernel writes with a null byte.
    name = f"\0{address[1:]}" if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.sendto(state.encode("ascii"), name)
