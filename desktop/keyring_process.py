"""`python -m desktop.keyring_process load|save TILL_ID`: the system's keyring, in a process of its own.

The one module that imports `keyring`. `desktop.secrets` starts it; the till itself never loads the library, which takes
longer to import than a book to open, and is never blocked by a keyring that does not answer.

Nothing may prompt: a password window would stand before a queue of customers. The Secret Service is therefore asked
whether it is locked before anything else, a Mac is told that nobody is there to answer, and backends that are known to
ask (KWallet, libsecret, chains of several) or to keep nothing are not used.

Standard output: what was kept. Exit: 0 done, 10 out of reach, 11 nothing kept; the reason on standard error.
"""

import ctypes
import sys
from contextlib import closing
from typing import Final

import keyring.core
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

if sys.platform == "linux":
    import secretstorage

OUT_OF_REACH: Final = 10
NOTHING_KEPT: Final = 11

_SERVICE: Final = "tillstamp"
_NATIVE: Final = {
    "linux": "keyring.backends.SecretService.Keyring",
    "win32": "keyring.backends.Windows.WinVaultKeyring",
    "darwin": "keyring.backends.macOS.Keyring",
}
_NEVER: Final = frozenset(f"keyring.backends.{name}" for name in ("kwallet", "libsecret", "chainer", "null", "fail"))
"""Backends that ask for a password in a window whenever they like, or that keep nothing."""


class OutOfReach(Exception):
    """There is no keyring here that answers without asking."""


def usable_backend() -> KeyringBackend:
    """The keyring that this user configured for Python, else the system's own. Raises OutOfReach."""
    try:
        backend = keyring.core.load_env() or keyring.core.load_config()
        if backend is None:
            backend = keyring.core.load_keyring(_NATIVE.get(sys.platform, "keyring.backends.fail.Keyring"))
    except (ImportError, AttributeError, RuntimeError) as error:
        raise OutOfReach(str(error)) from error
    module = type(backend).__module__
    if module in _NEVER:
        raise OutOfReach(f"{module} may ask for a password at any moment, or keeps nothing")
    if module == "keyring.backends.SecretService":
        _require_unlocked()
    if module.startswith("keyring.backends.macOS"):
        _forbid_prompts()
    return backend


def main(arguments: list[str]) -> int:
    """The exit status for `load TILL_ID` or `save TILL_ID` (with the secret on standard input)."""
    verb, till_id = arguments
    name = f"till-{till_id}"
    try:
        backend = usable_backend()
        if verb == "save":
            backend.set_password(_SERVICE, name, sys.stdin.read())
            return 0
        kept = backend.get_password(_SERVICE, name)
    except (OutOfReach, KeyringError, OSError, EOFError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return OUT_OF_REACH
    if kept is None:
        sys.stderr.write(f"the keyring holds nothing named {name}\n")
        return NOTHING_KEPT
    sys.stdout.write(kept)
    return 0


def _require_unlocked() -> None:
    """Never `get_default_collection`, as keyring itself does: it prompts to make a collection where there is none."""
    if sys.platform != "linux":
        return
    try:
        with closing(secretstorage.dbus_init()) as bus:
            locked = secretstorage.Collection(bus).is_locked()
    except secretstorage.exceptions.SecretStorageException as error:
        raise OutOfReach(str(error)) from error
    if locked:
        raise OutOfReach("the keyring is locked")


def _forbid_prompts() -> None:  # pragma: no cover - on a Mac only
    """Tell the Keychain that nobody is there: what would need a password or a click is an error then."""
    security = ctypes.CDLL("/System/Library/Frameworks/Security.framework/Security")
    security.SecKeychainSetUserInteractionAllowed(ctypes.c_ubyte(0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
