"""What lives beside the database, so that a restore of the database cannot bring an old one back: the incarnation,
which says which life of the database this is, and the key that receipts are sealed with."""

import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.clock import Clock
from common.entropy import new_uuid, random_bytes
from server.trouble import FileTrouble

INCARNATION_FILE: Final = "incarnation"
KEY_FILE: Final = "receipt.key"
_KEY_BYTES: Final = 32

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the database.

    Attributes:
        incarnation: its id.
        receipt_key: seals the receipts of every life; a secret.
    """

    incarnation: str
    receipt_key: bytes


def read_life(data_dir: Path, clock: Clock) -> Life:
    """What the data directory keeps, made at the first start. Raises FileTrouble."""
    if (data_dir / INCARNATION_FILE).exists() and not (data_dir / KEY_FILE).exists():
        _log.warning("a new key for receipts is made: receipts given until now are good no longer")
    # In this order: where there is an incarnation and no key, a key was lost, or never was.
    receipt_key = read_receipt_key(data_dir)
    return Life(read_incarnation(data_dir, clock), receipt_key)


def read_incarnation(data_dir: Path, clock: Clock) -> str:
    """The id of this incarnation, made at the first start. Two processes that start at once agree on one.

    Raises FileTrouble.
    """
    return _read_or_make(data_dir, INCARNATION_FILE, lambda: f"{new_uuid(clock.now())}\n")


def mint_incarnation(data_dir: Path, clock: Clock) -> str:
    """A new incarnation in the place of the one that was: another life begins. Raises FileTrouble."""
    incarnation = str(new_uuid(clock.now()))
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = _written_beside(data_dir / INCARNATION_FILE, f"{incarnation}\n")
        fresh.replace(data_dir / INCARNATION_FILE)
        sync_folder(data_dir)
    except OSError as error:
        raise _trouble(data_dir, error) from error
    return incarnation


def read_receipt_key(data_dir: Path) -> bytes:
    """The key of the receipts, made at the first start.

    Where it was lost a new one is made: the receipts given until then are good no longer, and what a till offers with
    one is judged like any other operation. Raises FileTrouble.
    """
    text = _read_or_make(data_dir, KEY_FILE, lambda: f"{random_bytes(_KEY_BYTES).hex()}\n")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise FileTrouble(
            f"{data_dir / KEY_FILE} does not hold a key for receipts. Put the right file back; or remove it, "
            "and a new key is made: receipts that tills hold are then good no longer."
        )
    return key


def _read_or_make(data_dir: Path, name: str, make: Callable[[], str]) -> str:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        path = data_dir / name
        if not path.exists():
            fresh = _written_beside(path, make())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
            sync_folder(data_dir)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _trouble(data_dir, error) from error


def _written_beside(path: Path, text: str) -> Path:
    """A whole file of our own, readable by its owner alone, for `path` to become."""
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)


def sync_folder(folder: Path) -> None:
    """Let a name that was just given or taken survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _trouble(data_dir: Path, error: OSError | UnicodeDecodeError) -> FileTrouble:
    why = error.strerror if isinstance(error, OSError) else "it is no text"
    return FileTrouble(f"The data directory {data_dir} cannot be used ({why}).")
