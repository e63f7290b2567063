"""Is the key there that receipts are sealed with, and is it a secret?"""

import stat
from pathlib import Path

from server.incarnation import INCARNATION_FILE, KEY_FILE, read_receipt_key
from server.operate.doctor.finding import Finding, bad, fine, warn
from server.trouble import FileTrouble


def check_receipt_key(data_dir: Path) -> Finding:
    """Without it, or with another, what tills bring back after a restore is judged anew."""
    file = data_dir / KEY_FILE
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        if (data_dir / INCARNATION_FILE).exists():
            return bad(
                "receipts",
                f"{file} is gone: receipts that tills hold are good no longer.",
                "Put your copy of it back before you start the server, which would make a new one.",
            )
        return warn("receipts", f"{file} is not there yet.", "It is made when the server first starts. Keep a copy.")
    except OSError as error:
        return bad("receipts", f"{file} cannot be looked at ({error.strerror}).", "Ask as the server's user.")
    try:
        read_receipt_key(data_dir)
    except FileTrouble as trouble:
        return bad("receipts", str(trouble))
    if mode & 0o077:
        return bad("receipts", f"{file} may be read by others than the server (mode {mode:04o}).", f"chmod 600 {file}")
    return fine("receipts", f"{file} is there, for the server alone. Is there a copy of it elsewhere?")
